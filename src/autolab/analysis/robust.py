"""What a figure hangs on: single tasks, flagged trials, the spread of attempts and of tasks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autolab.analysis.aggregate import Statistic, aggregate
from autolab.analysis.bootstrap import LEVEL
from autolab.analysis.student import normal_quantile
from autolab.analysis.table import Rewards


@dataclass(frozen=True)
class LeftOut:
    """The figure without one task: the least and the most, and which task was left out there."""

    low: float
    without_low: str
    high: float
    without_high: str


def leave_one_task_out(rewards: Rewards, statistic: Statistic) -> LeftOut | None:
    """None with fewer than two tasks."""
    if len(rewards.tasks) < 2:
        return None
    found = []
    for task in rewards.tasks:
        figure = aggregate(rewards.only(each for each in rewards.tasks if each != task).values, statistic)
        assert figure is not None
        found.append((figure, task))
    (low, without_low), (high, without_high) = min(found), max(found)
    return LeftOut(low, without_low, high, without_high)


@dataclass(frozen=True)
class Spread:
    """Standard deviations of rewards: of attempts at a task, and of the tasks' true means. None: cannot be told."""

    attempt: float | None
    task: float | None


def spread(values: Sequence[Sequence[float]]) -> Spread:
    """By the analysis of variance: within tasks pooled, between tasks less what attempts contribute (not below 0)."""
    freedom = sum(len(each) - 1 for each in values)
    if freedom == 0:
        return Spread(None, None)
    within = sum(float(np.var(each)) * len(each) for each in values) / freedom
    if len(values) < 2:
        return Spread(math.sqrt(within), None)
    of_means = float(np.var([np.mean(each) for each in values], ddof=1))
    between = of_means - within * float(np.mean([1 / len(each) for each in values]))
    return Spread(math.sqrt(within), math.sqrt(max(0.0, between)))


def wilson(count: int, of: int) -> tuple[float, float] | None:
    """The interval of a rate (Wilson 1927) at LEVEL; None of nothing."""
    if of == 0:
        return None
    z = normal_quantile((1 + LEVEL) / 2)
    rate, width = count / of, z**2 / of
    middle = (rate + width / 2) / (1 + width)
    half = z / (1 + width) * math.sqrt(rate * (1 - rate) / of + width / (4 * of))
    return max(0.0, middle - half), min(1.0, middle + half)
