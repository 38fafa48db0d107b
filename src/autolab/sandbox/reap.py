"""Waits for the last process of a box, and reads its CPU time.

Bubblewrap's monitor ends as soon as the box's command does, before the box's pid 1 is reaped, so its own resource usage
says nothing about the box. This process therefore adopts orphans (PR_SET_CHILD_SUBREAPER): the box's pid 1 becomes its
child and can be waited for. The kernel ends every process of a pid namespace before its pid 1 is reaped: after that
wait nothing of the box is left, and the resource usage of pid 1 holds all the CPU time of the box's processes.
"""

import contextlib
import ctypes
import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

from autolab.errors import SandboxError

_PR_SET_CHILD_SUBREAPER = 36
DYING_S = 30.0
_MOST_SETUP_S = 0.05  # ten times what is seen: a program that makes pid 1 work for it gains no more than this


@dataclass(frozen=True)
class Cpu:
    """CPU seconds of a box's own processes, and of its pid 1, which is bubblewrap's and sets the box up."""

    box: float
    setup: float


def adopt_orphans() -> None:
    """Makes this process the parent of orphaned descendants. Orphans of other programs stay until it ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise SandboxError(f"prctl(PR_SET_CHILD_SUBREAPER) failed: {os.strerror(ctypes.get_errno())}")


def monitor(pid: int) -> float:
    """Reaps bubblewrap's monitor, which has ended; its CPU seconds, with those of anything it reaped itself."""
    _, _, use = os.wait4(pid, 0)
    return use.ru_utime + use.ru_stime


def init(pid: int) -> Cpu | None:
    """Kills and reaps the box's pid 1 once its monitor is gone. None if the monitor had reaped it."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
    except ChildProcessError:
        return None  # not our child: the number may belong to another process by now
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _await_end(pid)
    own = _own_seconds(pid)
    _, _, use = os.wait4(pid, 0)
    whole = use.ru_utime + use.ru_stime
    setup = min(own, whole, _MOST_SETUP_S)
    return Cpu(box=whole - setup, setup=setup)


def _await_end(pid: int) -> None:
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        if not poll.poll(DYING_S * 1000):
            raise SandboxError(f"processes of a box do not end after SIGKILL (its pid 1 is {pid}); look at them with ps")
    finally:
        os.close(handle)


def _own_seconds(pid: int) -> float:
    """What a process that ended, but is not reaped, used itself, without its children."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:  # a kernel without schedstat: set-up then counts as the box's, about 2 ms
        return 0.0
