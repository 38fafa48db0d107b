"""Several trials at once, each in a process of its own, so that none can hurt another."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from autolab.crash import crash_point
from autolab.errors import AutolabError
from autolab.ledger.reader import LedgerTail
from autolab.runs.engine import Problems, Watcher, Work, may_begin
from autolab.runs.watch import Watch
from autolab.runs.worker import INTERRUPTED

_POLL_S = 0.1
_LEAVE_S = 60.0  # for a worker to close its bench once it is asked to leave
MAX_JOBS = 256


@dataclass
class _Worker:
    """A trial at work."""

    work: Work
    process: "subprocess.Popen[bytes]"
    tail: LedgerTail
    watch: Watch

    def tell(self, watcher: Watcher) -> None:
        """What is new in its ledger."""
        for line in self.tail.new():
            watcher(self.work.trial.name, line.record)


def run_in_processes(works: Sequence[Work], jobs: int, watcher: Watcher, held: int) -> None:
    """Runs what is not finished, `jobs` trials at once; `held` is the run's lock, which every worker inherits.

    One trial's failure does not stop the others; at the end RunFailed names them. Whatever ends this call early ends
    every worker first: asked to leave its trial to be continued, and killed if it does not. Call it in the main thread,
    with whose end the workers die.
    """
    if not 1 <= jobs <= MAX_JOBS:
        raise AutolabError(f"--jobs {jobs}: give from 1 to {MAX_JOBS}")
    waiting, running, problems = deque(works), list[_Worker](), Problems()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                work = waiting.popleft()
                try:
                    begins = may_begin(work)
                except (AutolabError, OSError) as error:
                    problems.add(work.trial, str(error))
                    continue
                if begins:
                    running.append(_start(work, held))
            time.sleep(_POLL_S)
            for worker in [*running]:
                ended = worker.process.poll() is not None
                closed = not ended and worker.watch.overdue() and worker.watch.end(worker.process)
                worker.tell(watcher)
                if closed:
                    waiting.appendleft(worker.work)  # for its grade
                if ended or closed:
                    running.remove(worker)
                    problem = None if closed else _problem(worker)
                    if problem is not None:
                        problems.add(worker.work.trial, problem)
            if problems.full is not None:
                waiting.clear()
    except BaseException:
        _end(running, watcher)
        raise
    problems.tell()


def _start(work: Work, held: int) -> _Worker:
    tail = LedgerTail(work.trial.folder / "ledger.jsonl")
    tail.new()  # told before
    trial, watch = work.trial, Watch(work.trial)
    wanted = {
        "plan": work.entry.model_dump(), "task": trial.task.name, "agent": work.agent, "attempt": trial.attempt,
        "folder": str(trial.folder.parent.parent.absolute()),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "autolab.runs.worker", str(os.getpid())],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(held,), process_group=0,
    )  # fmt: skip # a group of its own: Ctrl-C is for the lab, which asks its workers to leave
    crash_point("run.spawned")
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError), process.stdin:
        process.stdin.write(json.dumps(wanted).encode())
    return _Worker(work, process, tail, watch)


def _problem(worker: _Worker) -> str | None:
    """What went wrong, None if nothing did. Its stdout is short, so it waits in the pipe until here."""
    process = worker.process
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read().decode(errors="replace")
    if process.returncode == 0:
        return None
    code = process.returncode
    if code == INTERRUPTED or (code < 0 and not said):
        said = f"its process ended with {signal.Signals(-code).name if code < 0 else 'an interrupt'}; run the same command again"
    return said or f"its process ended with exit code {code}"


def _end(running: Sequence[_Worker], watcher: Watcher) -> None:
    """No worker lives after this."""
    try:
        for worker in running:
            worker.process.terminate()
        end = time.monotonic() + _LEAVE_S
        while time.monotonic() < end and any(worker.process.poll() is None for worker in running):
            time.sleep(_POLL_S)
    finally:  # a second Ctrl-C comes here at once
        for worker in running:
            worker.process.kill()
        for worker in running:
            worker.process.wait()
            if worker.process.stdout is not None:
                worker.process.stdout.close()
    for worker in running:
        worker.tell(watcher)
