"""What went wrong in a trial: automatic labels, each with the ledger lines that show it. Definitions: docs/metrics.md."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.analysis.endings import ending
from autolab.analysis.hypotheses import duplicates, forecasts
from autolab.analysis.plateaus import plateaus
from autolab.analysis.steps import Step, steps
from autolab.errors import AutolabError
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import BenchClosed, Experiment, Grade, Label, Line
from autolab.ledger.replay import TrialState, replay
from autolab.ledger.writer import LedgerWriter

LABELS = "labels.jsonl"

IN_A_ROW = 3
"""Failures of one kind in a row that make a habit of it."""

SEVERAL = 3
"""Duplicates, or refuted hypotheses, from which on they are worth a label."""

SHRUNK = 0.5
"""A grade below this share of the best development score did not carry over to hidden inputs."""


@dataclass(frozen=True)
class Failure:
    """One label with its evidence, `seq` of ledger lines. `by`: a person who said so; "" for an automatic one."""

    name: str
    evidence: tuple[int, ...]
    reason: str = ""
    by: str = ""


@dataclass(frozen=True)
class _Trial:
    """What the rules look at."""

    lines: Sequence[Line]
    state: TrialState
    steps: Sequence[Step]
    seq: Mapping[int, int]  # of experiments, by number

    def failed(self, verdict: str) -> list[int]:
        """Numbers of the experiments with this verdict."""
        return [each.number for each in self.state.experiments if each.measurement.verdict == verdict]

    def seqs(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Lines of experiments."""
        return tuple(self.seq[number] for number in numbers)

    def closed(self) -> tuple[int, ...]:
        """The last line that closed the bench."""
        return tuple(line.seq for line in self.lines if isinstance(line.record, BenchClosed))[-1:]

    def graded(self) -> tuple[int, ...]:
        """The line of the grade."""
        return tuple(line.seq for line in self.lines if isinstance(line.record, Grade))


Rule = Callable[[_Trial], tuple[int, ...]]
"""Gives the evidence; nothing where the label does not hold."""


def _habit(verdict: str) -> Rule:
    return lambda trial: trial.seqs(_in_a_row(trial.failed(verdict)))


def _never_measured(trial: _Trial) -> tuple[int, ...]:
    return trial.closed() if not trial.state.experiments else ()


def _no_gain(trial: _Trial) -> tuple[int, ...]:
    gained = any(step.gained for step in trial.steps)
    return trial.closed() or trial.seqs([step.number for step in trial.steps]) if trial.steps and not gained else ()


def _ended(how: str) -> Rule:
    return lambda trial: trial.closed() if ending(trial.state, trial.steps) == how else ()


def _duplicates(trial: _Trial) -> tuple[int, ...]:
    found = duplicates(trial.steps)
    return trial.seqs(found) if len(found) >= SEVERAL else ()


def _stuck(trial: _Trial) -> tuple[int, ...]:
    """On a plateau for more than half of the experiments."""
    flat = [index for plateau in plateaus(trial.steps) for index in range(plateau.onset, plateau.last + 1)]
    return trial.seqs([trial.steps[index].number for index in flat]) if 2 * len(flat) > len(trial.steps) else ()


def _wishful(trial: _Trial) -> tuple[int, ...]:
    """Most forecasts were refuted."""
    found = forecasts(trial.state, trial.steps)
    refuted = [each.number for each in found if each.judgement == "refuted"]
    return trial.seqs(refuted) if len(refuted) >= SEVERAL and 2 * len(refuted) > len(found) else ()


def _worse_choice(trial: _Trial) -> tuple[int, ...]:
    """It submitted a state that is not its best."""
    grade, best = trial.state.grade, trial.state.best
    chosen = trial.state.submitted
    if grade is None or grade.choice != "submitted" or best is None or chosen is None:
        return ()
    score = trial.state.experiments[chosen.experiment - 1].measurement.score
    worse = score is None or (best.measurement.score or 0.0) > score
    return (*trial.seqs([best.number, chosen.experiment]), *trial.graded()) if worse else ()


def _overfitted(trial: _Trial) -> tuple[int, ...]:
    """The grade's score is less than half of the best development score, or the graded program failed on hidden inputs."""
    grade, best = trial.state.grade, trial.state.best
    if grade is None or best is None or (best.measurement.score or 0.0) <= 0.0 or grade.tree != best.tree:
        return ()
    score = grade.measurement.score
    lost = grade.measurement.verdict != "lab_error" and (score is None or score < SHRUNK * (best.measurement.score or 0.0))
    return (*trial.seqs([best.number]), *trial.graded()) if lost else ()


def _vetoed(trial: _Trial) -> tuple[int, ...]:
    return tuple(line.seq for line in trial.lines if line.record.type == "veto")


def _held_back(trial: _Trial) -> tuple[int, ...]:
    found = trial.seqs(trial.failed("quarantined"))
    grade = trial.state.grade
    return (*found, *trial.graded()) if grade is not None and grade.measurement.verdict == "quarantined" else found


def _lab_errors(trial: _Trial) -> tuple[int, ...]:
    return trial.seqs(trial.failed("lab_error"))


RULES: Mapping[str, Rule] = {
    "never_measured": _never_measured,
    "no_gain": _no_gain,
    "builds_fail": _habit("build_failed"),
    "outputs_wrong": _habit("wrong_output"),
    "times_out": _habit("timed_out"),
    "over_limits": _habit("over_limit"),
    "breaks_rules": _habit("invalid"),
    "repeats_itself": _duplicates,
    "stuck": _stuck,
    "wishful": _wishful,
    "stopped_early": _ended("premature"),
    "crashed": _ended("crashed"),
    "chose_worse": _worse_choice,
    "did_not_carry_over": _overfitted,
    "vetoed": _vetoed,
    "held_back": _held_back,
    "lab_errors": _lab_errors,
}
"""The taxonomy, in the order in which labels are shown. A new label is one line here and one in docs/metrics.md."""


def failures(lines: Sequence[Line]) -> tuple[Failure, ...]:
    """The automatic labels of a trial."""
    return tuple(_found(lines))


def _found(lines: Sequence[Line]) -> Iterator[Failure]:
    state = replay(lines)
    numbers = {line.record.number: line.seq for line in lines if isinstance(line.record, Experiment)}
    trial = _Trial(lines, state, steps(state), numbers)
    for name, rule in RULES.items():
        if evidence := rule(trial):
            yield Failure(name, evidence)


def corrected(automatic: Sequence[Failure], labels: Sequence[Label]) -> tuple[Failure, ...]:
    """Automatic labels as people corrected them; of several corrections of one name the last counts."""
    last = {label.name: label for label in labels}
    kept = [failure for failure in automatic if failure.name not in last]
    said = [Failure(label.name, label.evidence, label.reason, label.by or "a person") for label in last.values() if label.holds]
    order = list(RULES)
    return tuple(sorted([*kept, *said], key=lambda failure: order.index(failure.name)))


def read_labels(trial: Path) -> tuple[Label, ...]:
    """People's labels of a trial, oldest first."""
    path = trial / LABELS
    found = read_ledger(path) if path.is_file() else []
    return tuple(line.record for line in found if isinstance(line.record, Label))


def write_label(trial: Path, label: Label, lines: Sequence[Line]) -> None:
    """Adds a person's label. AutolabError for a name that is none, or evidence that is no line of the ledger."""
    if label.name not in RULES:
        raise AutolabError(f"no label {label.name!r}: there are {', '.join(RULES)}")
    known = {line.seq for line in lines}
    if missing := [seq for seq in label.evidence if seq not in known]:
        raise AutolabError(f"{trial.name}: no ledger line {missing[0]}; there are 0 to {max(known, default=0)}")
    with LedgerWriter.open(trial / LABELS) as writer:
        writer.append(label)


def _in_a_row(numbers: Sequence[int]) -> list[int]:
    """Of these numbers those that stand in runs of IN_A_ROW or more."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [number for run in runs if len(run) >= IN_A_ROW for number in run]
