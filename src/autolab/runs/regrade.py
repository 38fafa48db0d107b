"""Repeating a stored grade: the same submission on the same seeds."""

from dataclasses import dataclass
from pathlib import Path

from autolab.errors import AutolabError
from autolab.judge.submission import Submission, from_files
from autolab.lab.snapshots import Snapshots
from autolab.ledger.records import Grade, Measurement
from autolab.runs.store import LEDGER, read_trial
from autolab.task.load import load_task
from autolab.task.task import Task


@dataclass(frozen=True)
class StoredGrade:
    """A trial's grade with what it was given for."""

    task: Task
    submission: Submission
    grade: Grade


def stored_grade(folder: Path) -> StoredGrade:
    """The grade of a trial. AutolabError if it has none, or if its task is not the one of this installation any more."""
    trial = read_trial(folder)
    state = trial.state
    if trial.problem is not None:
        raise AutolabError(trial.problem)
    if state.grade is None or state.started is None:
        raise AutolabError(f"{folder / LEDGER}: no grade yet; continue its run first")
    name = state.started.provenance.task
    task = load_task(name.rpartition("/")[2])
    if task.digest != state.started.provenance.task_digest:
        raise AutolabError(
            f"{folder}: graded on {name} with digest {state.started.provenance.task_digest[:12]}, "
            f"this installation has {task.digest[:12]}; install the version that graded it"
        )
    files = Snapshots.read(folder / "history.git").files(state.grade.commit)
    return StoredGrade(task, from_files(task, files), state.grade)


def differs(stored: Measurement, found: Measurement, within: float | None = 0.0) -> str | None:
    """What is not as it was, None if all is. Counts must agree to the digit; confirmed metrics carry the clock's noise.

    `within`: how far counts may lie apart, see `Instrument.repeats_within`.
    """
    if stored.provenance.fingerprint != found.provenance.fingerprint:
        return f"toolchain {found.provenance.fingerprint}, the stored grade had {stored.provenance.fingerprint}"
    if stored.verdict != found.verdict:
        return f"verdict {found.verdict}, stored {stored.verdict}"
    if stored.counted is None or found.counted is None:
        same = stored.counted == found.counted
    else:
        same = within is None or abs(found.counted - stored.counted) <= within * stored.counted
    if not same:
        return f"counted {found.counted}, stored {stored.counted}"
    return None
