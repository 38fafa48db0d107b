"""Feedback ablation: the same agent told the truth, told nothing, told nonsense. Definitions: docs/metrics.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autolab.analysis.paired import PairedDifference, paired_difference
from autolab.analysis.trials import Trial
from autolab.errors import AutolabError

CLOSED = "true"
OPEN = "withheld"


@dataclass(frozen=True)
class Effect:
    """What true feedback is worth against another mode: on one task, or on all (`task` None)."""

    task: str | None
    mode: str
    closed: float | None  # mean outcome of the pairs
    other: float | None
    difference: PairedDifference | None
    left_out: int  # pairs in which one has no grade that counts

    @property
    def dependent(self) -> bool:
        """Whether the closed loop beats this mode: the interval lies above 0."""
        return self.difference is not None and self.difference.above


def outcome(trial: Trial) -> float | None:
    """The grade's score; 0 where the grade is not ok through the agent's fault; None without a grade that counts."""
    return trial.score if trial.status == "scored" else 0.0 if trial.status == "zero" else None


def effects(trials: Iterable[Trial], agent: str) -> tuple[Effect, ...]:
    """One for each other mode and task, and one for each mode over all tasks, in that order.

    AutolabError where trials of two modes are no pair: other budget, task digest or toolchain.
    """
    by_mode: dict[str, dict[tuple[str, int], Trial]] = {}
    for trial in trials:
        if trial.agent == agent and trial.feedback is not None and trial.attempt is not None:
            by_mode.setdefault(trial.feedback, {})[trial.task, trial.attempt] = trial
    closed = by_mode.get(CLOSED, {})
    tasks = sorted({task for task, _ in closed})
    found: list[Effect] = []
    for mode in sorted(set(by_mode) - {CLOSED}, key=lambda name: (name != OPEN, name)):
        pairs = {key: (closed[key], by_mode[mode][key]) for key in sorted(closed) if key in by_mode[mode]}
        for one, other in pairs.values():
            _same_conditions(one, other)
        parts = {task: [pair for key, pair in pairs.items() if key[0] == task] for task in tasks}
        found += [_effect(task, mode, {task: parts[task]}) for task in tasks]
        found.append(_effect(None, mode, parts))
    return tuple(found)


def _effect(task: str | None, mode: str, parts: Mapping[str, Sequence[tuple[Trial, Trial]]]) -> Effect:
    known: dict[str, list[tuple[float, float]]] = {}
    left_out = 0
    for name, pairs in parts.items():
        for one, other in pairs:
            a, b = outcome(one), outcome(other)
            if a is None or b is None:
                left_out += 1
            else:
                known.setdefault(name, []).append((a, b))
    means = [(_mean([a for a, _ in each]), _mean([b for _, b in each])) for each in known.values()]
    return Effect(
        task=task,
        mode=mode,
        closed=_mean([a for a, _ in means]) if means else None,
        other=_mean([b for _, b in means]) if means else None,
        difference=paired_difference([[a - b for a, b in each] for each in known.values()]),
        left_out=left_out,
    )


def _same_conditions(one: Trial, other: Trial) -> None:
    for what in ("digest", "fingerprint", "budget"):
        if getattr(one, what) != getattr(other, what):
            raise AutolabError(
                f"{one.folder} and {other.folder} are no pair: {what} {getattr(one, what)} and {getattr(other, what)}; "
                "run the ablation again under another --name"
            )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
