"""Holding a running box still while something is timed: SIGSTOP to every process of it, then SIGCONT.

Signals and not the freezer of control groups: processes in a frozen v1 group cannot be killed, and a stopped process can,
so that a lab that dies leaves nothing behind. Bubblewrap's own two processes go on; they only wait.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

from autolab.sandbox import tree

_SETTLE_S = 2.0  # to stop at the most; what is not still by then waits in the kernel
_EVERY_S = 0.001


class Freezer:
    """Freezes the box that it is given to `Sandbox.run` with. Safe to use from any thread; before and after, it does nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._launcher: int | None = None
        self._lost = 0.0
        self._since: float | None = None

    def attach(self, launcher: int) -> None:
        """For the sandbox: the box runs below this process."""
        with self._lock:
            self._launcher = launcher

    def detach(self) -> None:
        """For the sandbox, before the process is reaped."""
        with self._lock:
            self._launcher = None

    def lost_s(self) -> float:
        """Seconds that the box was frozen so far; they do not count for its wall limit."""
        since = self._since
        return self._lost + (time.monotonic() - since if since is not None else 0.0)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """No process of the box runs inside the `with`, but those that wait in the kernel. Not to be nested."""
        self._since = time.monotonic()
        stopped: dict[int, int] = {}
        try:
            with self._lock:
                if self._launcher is not None:
                    _stop(self._launcher, stopped)
            yield
        finally:
            _continue(stopped)
            self._lost += time.monotonic() - self._since
            self._since = None


def _stop(launcher: int, stopped: dict[int, int]) -> None:
    """Stops all below the box's pid 1, again and again until no new process appears. `stopped`: pid to pidfd, parents first."""
    known: set[int] = set()
    end = time.monotonic() + _SETTLE_S
    while time.monotonic() < end:
        found = [pid for init in tree.children(launcher) for pid in tree.descendants(init)]
        new = [pid for pid in found if pid not in known]
        for pid in new:
            known.add(pid)
            if (handle := _stopped(pid, launcher)) is not None:
                stopped[pid] = handle
        if not new and all(tree.is_still(pid) for pid in found):
            return
        if not new:
            time.sleep(_EVERY_S)


def _stopped(pid: int, launcher: int) -> int | None:
    """Stops a process and gives its pidfd; None for one that is gone, or that had been stopped in the box itself."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return None
    # the number may have gone to a stranger since it was listed; what the pidfd names is looked at after it is open
    if tree.state(pid) != "T" and launcher in tree.ancestors(pid):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGSTOP)
            return handle
    os.close(handle)
    return None


def _continue(stopped: dict[int, int]) -> None:
    """Children first: a shell that goes on must not find its command stopped."""
    for handle in reversed(stopped.values()):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGCONT)
        os.close(handle)
