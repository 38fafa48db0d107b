"""States that an agent passed through without asking, measured afterwards: so an agent that never asks has a curve too."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.analysis.histories import HISTORY
from autolab.errors import AutolabError
from autolab.judge.judge import NEVER
from autolab.judge.submission import from_files
from autolab.judge.temporary import temporary_judge
from autolab.lab.by_hand import OPENED
from autolab.lab.snapshots import Snapshots
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Backfilled, Experiment, Line, Measurement, State
from autolab.ledger.replay import TrialState, replay
from autolab.ledger.writer import LedgerWriter
from autolab.runs.manifest import read_manifest
from autolab.runs.store import LEDGER
from autolab.task.load import load_task
from autolab.task.task import Task

BACKFILL = "backfill.jsonl"


@dataclass(frozen=True)
class Seen:
    """A measured state on the trial's clock. `backfilled`: measured afterwards, outside the budget."""

    elapsed: float
    measurement: Measurement
    backfilled: bool
    seq: int  # of its line in the ledger


def unmeasured(lines: Sequence[Line]) -> Iterator[tuple[int, State]]:
    """The states that no experiment measured, each tree once, at its first appearance, with its line's seq."""
    seen = {line.record.tree for line in lines if isinstance(line.record, Experiment)}
    for line in lines:
        if isinstance(line.record, State) and line.record.tree not in seen:
            seen.add(line.record.tree)
            yield line.seq, line.record


def read_backfill(trial: Path) -> tuple[Backfilled, ...]:
    """What was measured afterwards, oldest first."""
    path = trial / BACKFILL
    found = read_ledger(path) if path.is_file() else []
    return tuple(line.record for line in found if isinstance(line.record, Backfilled))


def timeline(lines: Sequence[Line], found: Sequence[Backfilled]) -> tuple[Seen, ...]:
    """Experiments and backfilled states together, by the wall budget used when each was there."""
    asked = [
        Seen(line.record.elapsed, line.record.measurement, backfilled=False, seq=line.seq)
        for line in lines if isinstance(line.record, Experiment)
    ]  # fmt: skip
    later = [
        Seen(each.elapsed, each.measurement, backfilled=True, seq=each.seq)
        for each in found
        if each.elapsed is not None
    ]
    return tuple(sorted([*asked, *later], key=lambda each: (each.elapsed, each.seq)))


def curve(seen: Sequence[Seen], vetoed: frozenset[int] = frozenset()) -> tuple[Seen, ...]:
    """The new bests of a timeline, backfilled states among them; `vetoed`: lines that do not count.

    The curve of a trial with its backfill: it runs over wall time, since what was measured later cost no experiment.
    """
    best, found = 0.0, []
    for each in seen:
        score = each.measurement.score
        if each.measurement.verdict == "ok" and score is not None and score > best and each.seq not in vetoed:
            best = score
            found.append(each)
    return tuple(found)


def backfill(
    trial: Path, seed: int | None = None, tell: Callable[[Backfilled], None] = lambda _: None
) -> tuple[Backfilled, ...]:
    """Measures what is left to measure, in the order of the states, and gives all there is. The same call continues.

    `seed`: of the development inputs; None: the one that the trial's own experiments, or its run, had. Nothing is
    confirmed by time. AutolabError where the task or toolchain is not what the trial had.
    """
    lines = read_ledger(trial / LEDGER)
    state = replay(lines)
    task = task_of(trial, state)
    history = Snapshots.read(trial / HISTORY)
    with LedgerWriter.open(trial / BACKFILL) as writer, temporary_judge(task) as judge:
        same_toolchain(trial, state, judge.provenance.fingerprint)
        done = {line.record.tree for line in writer.found if isinstance(line.record, Backfilled)}
        cases_seed = seed if seed is not None else development_seed(trial, state)
        for seq, found in unmeasured(lines):
            if found.tree in done:
                continue
            measured = judge.measure(from_files(task, history.files(found.commit)), cases_seed, NEVER)
            record = Backfilled(
                seq=seq, commit=found.commit, tree=found.tree, elapsed=found.elapsed, measurement=measured
            )
            writer.append(record)
            tell(record)
    return read_backfill(trial)


def task_of(trial: Path, state: TrialState) -> Task:
    """The trial's task: from its run's plan where it is a folder of one's own, else of the suite; unchanged since."""
    if state.started is None:
        raise AutolabError(f"{trial}: its ledger is empty; give a trial that has begun")
    provenance = state.started.provenance
    name = provenance.task.rpartition("/")[2]
    task = load_task(_folder_of(trial, name) or name)
    if task.digest != provenance.task_digest:
        raise AutolabError(
            f"{trial}: made on {provenance.task} with digest {provenance.task_digest[:12]}, it is {task.digest[:12]} now; "
            "bring back that version of the task"
        )
    return task


def same_toolchain(trial: Path, state: TrialState, fingerprint: str) -> None:
    """AutolabError where figures of this machine cannot stand beside the trial's."""
    assert state.started is not None
    before = state.started.provenance.fingerprint
    if before != fingerprint:
        raise AutolabError(
            f"{trial}: measured with toolchain {before}, this machine has {fingerprint}; use the machine it was made on"
        )


def development_seed(trial: Path, state: TrialState) -> int:
    """The seed that the trial's own experiments drew their inputs from; without any, its run's; 1 where nothing says."""
    seeds = next((each.measurement.seeds for each in state.experiments if each.measurement.seeds), ())
    if seeds:
        return seeds[0]
    try:
        return read_manifest(trial.absolute().parent.parent).plans[0].seed
    except (AutolabError, IndexError):
        return 1


def _folder_of(trial: Path, name: str) -> Path | None:
    """The folder of a task that is not of the suite: as the trial by hand was opened with, or as the run's plan has it."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        return Path(json.loads((trial / OPENED).read_bytes())["task"])
    try:
        plans = read_manifest(trial.absolute().parent.parent).plans
    except AutolabError:
        return None
    folders = [entry.folder for plan in plans for entry in plan.tasks if entry.name == name]
    return Path(folders[0]) if folders and folders[0] is not None else None
