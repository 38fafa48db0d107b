"""The last step before a box's command: it starts only when nothing can make it outlive the lab.

Bubblewrap's monitor dies with the lab, and the box's pid 1 with the monitor, but pid 1 asks for that only when the box
is set up. A lab or monitor that is killed before would leave a box that nobody supervises. So the box's first program
waits for a word from the lab, on stdin; the lab gives it when pid 1 has loaded its system-call filter, which it does just
after asking. If the lab is gone, stdin ends, and so does the box.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path

from autolab.errors import SandboxError
from autolab.sandbox import reap

STDIN = "/etc/stdin"
"""Where a box that is given its input at once finds it."""

_WAIT = 'read -r go || exit 125; exec "$@"'
_WAIT_AND_OPEN = 'read -r go || exit 125; input=$1; shift; exec "$@" < "$input"'
_EVERY_S = 0.0005
_LONGEST_S = 60.0


def waiting(command: list[str], *, talk: bool, has_input: bool) -> list[str]:
    """The command, once the gate is open. Without `talk` its stdin is then the box's input, or empty."""
    if talk:
        return ["/usr/bin/sh", "-c", _WAIT, "box", *command]
    return ["/usr/bin/sh", "-c", _WAIT_AND_OPEN, "box", STDIN if has_input else "/dev/null", *command]


class Report:
    """What bubblewrap writes to its status pipe: its pid 1, and how the command ended."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._text = b""

    def look(self) -> dict[str, int]:
        """`child-pid`, and `exit-code` only if the command was started; what is known by now."""
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._descriptor, 4096):
                self._text += data
        known: dict[str, int] = {}
        for line in self._text.splitlines():
            with contextlib.suppress(ValueError):  # cut off by a kill
                known.update(json.loads(line))
        return known

    def close(self) -> None:
        """Lets go of the pipe."""
        os.close(self._descriptor)


def open_when_safe(process: "subprocess.Popen[bytes]", report: Report, *, talk: bool) -> None:
    """Waits until the box is set up, then lets its command start. Returns at once if the box ended meanwhile."""
    deadline = time.monotonic() + _LONGEST_S
    handle = os.pidfd_open(process.pid)
    try:
        while not _set_up(report):
            if _ended(handle):
                return
            if time.monotonic() > deadline:
                raise SandboxError(f"a box was not set up within {_LONGEST_S:.0f} s; the machine may be overloaded")
            time.sleep(_EVERY_S)
        if _ended(handle):
            return
    finally:
        os.close(handle)
    stdin = process.stdin
    assert stdin is not None
    with contextlib.suppress(BrokenPipeError):
        stdin.write(b"go\n")
        stdin.flush()
    if not talk:
        with contextlib.suppress(BrokenPipeError):
            stdin.close()


def abandon(process: "subprocess.Popen[bytes]", report: Report) -> None:
    """Ends a box that nobody supervises, at any moment of its start, and lets go of everything."""
    deadline = time.monotonic() + reap.DYING_S
    handle = os.pidfd_open(process.pid)
    try:  # a monitor that is killed before it names its pid 1 leaves it behind
        while "child-pid" not in report.look() and not _ended(handle) and time.monotonic() < deadline:
            time.sleep(_EVERY_S)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)
    with process:
        pass
    child = report.look().get("child-pid")
    if child is not None:
        reap.init(child)
    report.close()


def _ended(handle: int) -> bool:
    """Whether the process of a pidfd has ended."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(0))


def _set_up(report: Report) -> bool:
    """Whether the box's pid 1 has loaded its filter."""
    child = report.look().get("child-pid")
    if child is None:
        return False
    try:
        return "\nSeccomp:\t2\n" in Path(f"/proc/{child}/status").read_text(errors="replace")
    except OSError:
        return False
