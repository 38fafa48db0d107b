"""One running box, from its start to its result."""

import contextlib
import os
import selectors
import signal
import threading
import time
from collections.abc import Sequence

from autolab.crash import crash_point
from autolab.errors import SandboxError
from autolab.sandbox import reap
from autolab.sandbox.box import BoxResult, BoxSpec, LimitName
from autolab.sandbox.capture import Capture
from autolab.sandbox.cgroup import Group
from autolab.sandbox.freeze import Freezer
from autolab.sandbox.launch import Launched
from autolab.sandbox.watch import EVERY_S, Watch


class Running:
    """A started box: its process, pipes and limits. `supervise` must be called once, by any one thread.

    `held` (the slot and the control group) is let go at its end. `stderr` and the streams it reads share the output limit.
    """

    def __init__(self, spec: BoxSpec, launched: Launched, group: Group | None) -> None:
        self.process = launched.process
        self.started = launched.started
        self.capture = Capture(spec.limits.output_bytes)
        self.freezer = Freezer()
        self._limits = spec.limits
        self._report = launched.report
        self._group = group
        self.held = contextlib.ExitStack()
        self._watch = Watch(spec, self.process.pid, group)
        self._handle = os.pidfd_open(self.process.pid)
        self._ending = threading.Lock()
        self._killed = False
        self._killed_for: LimitName | None = None

    def kill(self, limit: LimitName | None = None) -> None:
        """Ends the box; every process of it dies with bubblewrap's. The first limit given is the one reported."""
        with self._ending:
            if self._handle < 0:
                return  # `supervise` is done with it
            self._killed = True
            self._killed_for = self._killed_for or limit
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def supervise(self, streams: Sequence[int]) -> BoxResult:
        """Reads `streams` (stderr last) until the box ends, keeps it within its limits, and returns how it ended."""
        try:
            self._attend(streams)
            wall = time.monotonic() - self.started
            status, cpu = self._reap()
            return self._result(streams, status, wall, cpu)
        except BaseException:  # Ctrl-C too must leave nothing behind
            if self.process.returncode is None:
                self.kill()
                self._reap()
            raise
        finally:
            self._release()

    def _attend(self, streams: Sequence[int]) -> None:
        limit = self.started + self._limits.wall_s
        next_look = self.started + EVERY_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._handle, selectors.EVENT_READ)
            for descriptor in streams:
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            while True:
                now = time.monotonic()
                deadline = limit + self.freezer.lost_s()
                if now >= deadline + reap.DYING_S:
                    raise SandboxError(f"bubblewrap (pid {self.process.pid}) does not end after SIGKILL; look at it with ps")
                if now >= next_look:
                    self._look(now >= deadline)
                    next_look = time.monotonic() + EVERY_S
                ready = [key.fd for key, _ in selector.select(max(0.0, min(deadline, next_look) - now))]
                if self._handle in ready:
                    return
                for descriptor in ready:
                    if not self.capture.read(descriptor) or self.capture.overflowed:
                        selector.unregister(descriptor)
                if self.capture.overflowed:
                    self.kill("output")

    def _look(self, late: bool) -> None:
        if late:
            self.kill("wall")
        elif not self._killed and (limit := self._watch.look()):
            self.kill(limit)

    def _reap(self) -> tuple[int | None, float]:
        """Waits until nothing of the box is left. The command's status as bubblewrap reports it, and CPU seconds."""
        self.freezer.detach()
        setup = reap.monitor(self.process.pid)
        self.process.returncode = 0  # reaped here: there is nothing that subprocess could wait for
        told = self._report.look()
        child, status = told.get("child-pid"), told.get("exit-code")
        used = reap.init(child) if child is not None else None
        if used is None:  # the monitor reaped the box itself; its set-up, a few ms, counts too
            return status, setup
        return status, max(used.box, self._watch.seen_cpu_s(setup + used.setup))

    def _result(self, streams: Sequence[int], status: int | None, wall: float, cpu: float) -> BoxResult:
        for descriptor in streams:
            self.capture.drain(descriptor)
        if self.capture.overflowed:
            self.kill("output")
        code, number = _code_and_signal(status)
        limit = self._killed_for
        if limit is None and not self._killed:
            limit = self._watch.verdict(code == 0, cpu, number)
            if limit is None and status is None:
                raise _not_started(self.capture.kept(streams[-1]))
        if self._killed:
            code, number = None, None if limit else signal.SIGKILL
        peak = self._group.peak_memory() if self._group else None
        stdout = self.capture.kept(streams[0]) if len(streams) > 1 else b""
        return BoxResult(code, number, limit, stdout, self.capture.kept(streams[-1]), wall, cpu, peak)

    def _release(self) -> None:
        with self._ending:
            os.close(self._handle)
            self._handle = -1
        self._report.close()
        crash_point("sandbox.ended")
        self.held.close()


def _code_and_signal(status: int | None) -> tuple[int | None, int | None]:
    """Bubblewrap reports a signal as 128 + its number, as shells do; no exit code above 128 is told apart from it."""
    if status is not None and 128 < status <= 128 + signal.NSIG:
        return None, status - 128
    return status, None


def _not_started(stderr: bytes) -> SandboxError:
    said = stderr.decode(errors="replace").strip().rpartition("\n")[2]
    return SandboxError(f"a box could not be started: {said or 'bubblewrap ended without a word'}")
