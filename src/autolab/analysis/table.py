"""Rewards as statistics take them: for every agent a list of tasks, for every task its attempts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autolab.analysis.trials import Trial

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rewards:
    """One agent's rewards, by task; tasks in order of their names. A task without an attempt that counts is not in it."""

    by_task: Mapping[str, tuple[float, ...]]

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted(self.by_task))

    @property
    def values(self) -> tuple[tuple[float, ...], ...]:
        """The attempts of each task, in the order of `tasks`."""
        return tuple(self.by_task[task] for task in self.tasks)

    @property
    def attempts(self) -> int:
        """The least number of attempts that any task has; 0 where there is no task."""
        return min((len(each) for each in self.by_task.values()), default=0)

    def only(self, tasks: Iterable[str]) -> "Rewards":
        """The same agent on these tasks."""
        return Rewards({task: self.by_task[task] for task in tasks})


def rewards_of(trials: Iterable[Trial], *, flagged_as_zero: bool = False) -> Rewards:
    """The rewards of one agent's trials that were graded; void and unfinished ones are left out.

    `flagged_as_zero`: a trial with a review mark counts 0, as if a person had confirmed the suspicion.
    """
    found: dict[str, list[float]] = {}
    for trial in trials:
        if trial.reward is not None:
            found.setdefault(trial.task, []).append(0.0 if flagged_as_zero and trial.flags else trial.reward)
    return Rewards({task: tuple(values) for task, values in found.items()})


def padded(values: Sequence[Sequence[float]]) -> tuple[Floats, Floats]:
    """Attempts as a tasks x most-attempts array, and their weights: each task weighs the same, padding weighs 0."""
    most = max(len(each) for each in values)
    filled, weights = np.zeros((len(values), most)), np.zeros((len(values), most))
    for row, each in enumerate(values):
        filled[row, : len(each)] = each
        weights[row, : len(each)] = 1 / (len(values) * len(each))
    return filled, weights
