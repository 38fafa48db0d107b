"""Named points at which a test can have this process killed, as a crash or a power cut would.

    AUTOLAB_CRASH_AT=name[:n]    SIGKILL when the point is passed for the n-th time in a process, the first by default

Each stands where something has just become durable or has just been started, or is about to. Without the variable a point
does nothing. tests/crash_points.py kills a trial at every one of them and continues it.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NoReturn

from autolab.errors import AutolabError

VARIABLE = "AUTOLAB_CRASH_AT"

POINTS: Mapping[str, str] = {
    "ledger.opened": "the ledger is locked, and nothing of it is read",
    "ledger.append": "a record is about to be written",
    "ledger.torn": "half of a record's line is written",
    "ledger.unsynced": "a record's line is written and not yet on disk",
    "ledger.appended": "a record is on disk, and nobody was told",
    "snapshots.commit": "git is about to be given a state",
    "snapshots.committed": "a state is in the repository, and the ledger does not say so",
    "replace.unsynced": "the new content of a file is written beside it",
    "replace.rename": "the new content is on disk and has not taken its name",
    "replace.renamed": "the new content has taken its name",
    "mailbox.post": "an act is written and not in the mailbox",
    "mailbox.posted": "an act is in the mailbox",
    "mailbox.taken": "an act is in the ledger and still in the mailbox",
    "bench.laid_out": "the starting program is in the bench, and there is no state of it",
    "bench.put": "a file of another state is in the bench, the ledger does not say so",
    "bench.executed": "a command in the bench has ended, and what it changed is no state",
    "bench.measured": "an experiment was judged and is not in the ledger",
    "bench.frozen": "a command in the bench is stopped while something is timed",
    "bench.removed": "the bench is gone, and the ledger does not say so",
    "judge.judging": "the judge's box with verify.py runs",
    "trial.graded": "the grade is made and not in the ledger",
    "trial.ending": "all but the last record is written",
    "sandbox.prepared": "a box has its uid and its control group, and no process",
    "sandbox.spawned": "a box's first process runs, its command does not",
    "sandbox.started": "a box's command runs",
    "sandbox.ended": "a box has ended and has its uid and its control group still",
    "run.held": "the run is locked, and run.lock does not say by whom",
    "run.spawned": "a worker runs and does not know yet what to do",
    "run.worker": "a worker knows what to do",
}
"""What is the case when the process dies there."""

passed: Counter[str] = Counter()
"""How often each point was passed in this process, counted while the variable is set."""


def crash_point(name: str, last_deed: Callable[[], object] | None = None) -> None:
    """Kills this process if the environment says that it is to die here, after a last deed where one is given."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    passed[name] += 1
    if (name, passed[name]) == _parsed(wanted):
        if last_deed is not None:
            last_deed()
        _die()


def _parsed(wanted: str) -> tuple[str, int]:
    name, _, number = wanted.partition(":")
    if name not in POINTS or not (number or "1").isdecimal():
        raise AutolabError(f"{VARIABLE}={wanted!r}: give NAME or NAME:N, with NAME one of {', '.join(POINTS)}")
    return name, int(number or "1")


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")
