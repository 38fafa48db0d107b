"""Ablation of a final program: each kept change is taken back on its own, and what is left is measured."""

import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.analysis.backfill import development_seed, same_toolchain, task_of
from autolab.analysis.histories import HISTORY
from autolab.errors import AutolabError
from autolab.judge.judge import NEVER
from autolab.judge.submission import from_files
from autolab.judge.temporary import temporary_judge
from autolab.lab.snapshots import Snapshots
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Experiment, Reverted
from autolab.ledger.replay import TrialState, replay
from autolab.ledger.writer import LedgerWriter
from autolab.runs.store import LEDGER

REVERTED = "reverted.jsonl"

MOST = 20
"""Kept changes that are taken back at most, the last ones: each costs a measure."""

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Kept:
    """A change that the graded program has: from the state `before` (a tree) to an experiment's."""

    experiment: Experiment
    before: str


def kept_changes(state: TrialState, parents: Callable[[str], Sequence[str]]) -> tuple[Kept, ...]:
    """The new bests on the line of states that leads to the graded one, each with the one before it (first: the start).

    `parents` gives the commits that a commit came from, itself first, oldest last.
    """
    if state.grade is None or state.start is None:
        return ()
    line = set(parents(state.grade.commit))
    vetoed = state.vetoed_trees
    bests = [each for each in state.experiments if each.best and each.commit in line and each.tree not in vetoed]
    found, before = [], state.start.tree
    for experiment in bests:
        if experiment.tree != before:
            found.append(Kept(experiment, before))
        before = experiment.tree
    return tuple(found)


def without(final: Files, before: Files, after: Files) -> Files | None:
    """`final` with the change from `before` to `after` taken back; None where later changes build on it."""
    found = dict(final)
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path):
            continue
        if path not in final or path not in before or path not in after:
            return None  # files that came or went do not come off line by line
        merged = _merge(final[path], after[path], before[path])
        if merged is None:
            return None
        found[path] = merged
    return found


def read_reverted(trial: Path) -> tuple[tuple[int, Reverted], ...]:
    """What was measured, each with the seq of its line in reverted.jsonl."""
    path = trial / REVERTED
    lines = read_ledger(path) if path.is_file() else []
    return tuple((line.seq, line.record) for line in lines if isinstance(line.record, Reverted))


def revert_changes(trial: Path, tell: Callable[[Reverted], None] = lambda _: None) -> None:
    """Measures what is left to measure of the graded program's kept changes. The same call again continues.

    On the development inputs, without confirmation by time. AutolabError where task or toolchain are not the trial's.
    """
    state = replay(read_ledger(trial / LEDGER))
    if state.grade is None:
        raise AutolabError(f"{trial}: no grade yet, so no final program; continue its run first")
    history = Snapshots.read(trial / HISTORY)
    kept = kept_changes(state, history.ancestry)[-MOST:]
    if not kept:
        return
    task = task_of(trial, state)
    states = history.states(
        [state.grade.tree, *(tree for each in kept for tree in (each.before, each.experiment.tree))]
    )
    final = states[state.grade.tree]
    with LedgerWriter.open(trial / REVERTED) as writer, temporary_judge(task) as judge:
        done = {line.record.experiment for line in writer.found if isinstance(line.record, Reverted)}
        if all(each.experiment.number in done for each in kept):
            return
        same_toolchain(trial, state, judge.provenance.fingerprint)
        seed = development_seed(trial, state)
        whole = judge.measure(from_files(task, final), seed, NEVER)
        for each in kept:
            number = each.experiment.number
            if number in done:
                continue
            left = without(final, states[each.before], states[each.experiment.tree])
            measured = judge.measure(from_files(task, left), seed, NEVER) if left is not None else None
            record = Reverted(
                experiment=number, graded=state.grade.commit, parted=left is not None, measurement=measured, whole=whole
            )
            writer.append(record)
            tell(record)


def _merge(current: bytes, base: bytes, other: bytes) -> bytes | None:
    """Git's three-way merge of one file; None for a conflict."""
    with tempfile.TemporaryDirectory(prefix="autolab-") as folder:
        names = []
        for name, content in (("current", current), ("base", base), ("other", other)):
            (Path(folder) / name).write_bytes(content)
            names.append(name)
        done = subprocess.run(["git", "merge-file", "-p", "-q", *names], cwd=folder, capture_output=True)
    return done.stdout if done.returncode == 0 else None
