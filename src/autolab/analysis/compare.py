"""Two agents, paired by task: how much they differ, how sure that is, and what it means in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autolab.analysis.bootstrap import (
    LEAST_TASKS,
    LEVEL,
    RESAMPLES,
    SEED,
    Interval,
    around,
    resampled,
    student_factor,
    widening,
    widening_of,
)
from autolab.analysis.permutation import p_of_labels, p_of_signs
from autolab.analysis.student import normal_quantile, t_quantile
from autolab.analysis.table import Floats, Rewards

POWER = 0.8
SIGNS_TELL = 6
"""With fewer tasks no signs of differences can reach p < 0.05: agents are then told apart on these tasks alone."""

Values = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Comparison:
    """Agent `a` against agent `b`, on the tasks that both have. Differences are of mean rewards, a - b."""

    a: str
    b: str
    by_task: dict[str, float]
    attempts: int  # the least that either has at any task
    difference: float
    same: Interval | None  # of the difference, see bootstrap
    new: Interval | None
    p_same: float
    p_new: float
    improvement: float  # probability that an attempt of a beats one of b at a task; a tie is half
    improvement_same: Interval | None
    improvement_new: Interval | None
    detectable: float | None  # the least difference over new tasks that would be seen with a power of 80 %
    left_out: tuple[float, float]  # the least and most difference where one task is left out

    @property
    def p(self) -> float:
        """What decides: over new tasks where there are enough of them, else on these."""
        return self.p_new if len(self.by_task) >= SIGNS_TELL else self.p_same


def decide(a: Rewards, b: Rewards, *, seed: int = SEED) -> tuple[float, float] | None:
    """The mean difference a - b and the p that decides, as in a Comparison; None without a task that both have."""
    tasks = tuple(task for task in a.tasks if task in b.by_task)
    if not tasks:
        return None
    one, other = a.only(tasks).values, b.only(tasks).values
    differences = [_mean(x) - _mean(y) for x, y in zip(one, other, strict=True)]
    p = p_of_signs(differences, seed=seed) if len(tasks) >= SIGNS_TELL else p_of_labels(one, other, seed=seed)
    return _mean(differences), p


def compare(a: tuple[str, Rewards], b: tuple[str, Rewards], *, resamples: int = RESAMPLES, seed: int = SEED) -> Comparison | None:
    """The comparison on the tasks that both have; None where there are none."""
    tasks = tuple(task for task in a[1].tasks if task in b[1].by_task)
    if not tasks:
        return None
    one, other = a[1].only(tasks), b[1].only(tasks)
    differences = [_mean(x) - _mean(y) for x, y in zip(one.values, other.values, strict=True)]
    wins = [_wins(x, y) for x, y in zip(one.values, other.values, strict=True)]
    return Comparison(
        a=a[0], b=b[0],
        by_task=dict(zip(tasks, differences, strict=True)),
        attempts=min(one.attempts, other.attempts),
        difference=_mean(differences),
        same=_same(one.values, other.values, resamples, seed),
        new=_new(differences, resamples, seed, (-1.0, 1.0)),
        p_same=p_of_labels(one.values, other.values, seed=seed),
        p_new=p_of_signs(differences, seed=seed),
        improvement=_mean(wins),
        improvement_same=_improvement_same(one.values, other.values, resamples, seed),
        improvement_new=_new(wins, resamples, seed, (0.0, 1.0)),
        detectable=detectable(differences),
        left_out=_left_out(differences),
    )  # fmt: skip


def words(found: Comparison, p: float | None = None, alpha: float = 0.05) -> str:
    """The verdict in words; `p`: corrected for other comparisons made beside this one."""
    p = found.p if p is None else p
    over = "on tasks of this kind" if len(found.by_task) >= SIGNS_TELL else "on these tasks"
    if p < alpha:
        better, worse = (found.a, found.b) if found.difference > 0 else (found.b, found.a)
        less = "" if len(found.by_task) >= SIGNS_TELL else f"; {len(found.by_task)} are too few to speak of others"
        return f"{better} is better than {worse} {over} (p = {_p(p)}){less}"
    seen = "" if found.detectable is None else f"; a difference below {found.detectable:.2f} would mostly stay unseen"
    return f"not told apart {over} (p = {_p(p)}){seen}"


def detectable(differences: Sequence[float]) -> float | None:
    """(t + z) SE of the tasks' differences: the least true mean difference that is seen with POWER; None below 5 tasks."""
    if len(differences) < LEAST_TASKS:
        return None
    freedom = len(differences) - 1
    error = float(np.std(differences, ddof=1)) / math.sqrt(len(differences))
    return (t_quantile((1 + LEVEL) / 2, freedom) + normal_quantile(POWER)) * error


def planned_detectable(task_sd: float, run_sd: float, tasks: int, attempts: int) -> float:
    """The same before anything is run: `task_sd` of the true differences by task, `run_sd` of attempts at a task.

    SE^2 = (task_sd^2 + 2 run_sd^2 / attempts) / tasks; normal quantiles (Miller 2024, Adding Error Bars to Evals, section 5).
    """
    error = math.sqrt((task_sd**2 + 2 * run_sd**2 / attempts) / tasks)
    return (normal_quantile((1 + LEVEL) / 2) + normal_quantile(POWER)) * error


def improvement(one: Values, other: Values) -> float:
    """Mean over tasks of P(x > y) + P(x = y) / 2 (Agarwal et al. 2021, section 4.3: Mann-Whitney's U over its most)."""
    return _mean([_wins(x, y) for x, y in zip(one, other, strict=True)])


def _wins(x: Sequence[float], y: Sequence[float]) -> float:
    return float(np.mean(_won(x, y)))


def _won(x: Sequence[float], y: Sequence[float]) -> Floats:
    """For each two attempts 1 where x is the higher, 1/2 where they are equal, 0 otherwise."""
    apart = np.asarray(x, dtype=float)[:, None] - np.asarray(y, dtype=float)[None, :]
    found: Floats = (apart > 0) + 0.5 * (apart == 0)
    return found


def _times_drawn(chosen: NDArray[np.int64]) -> Floats:
    """Of each row of indices below its length: how often each of them is there."""
    rows, size = chosen.shape
    at = (chosen + size * np.arange(rows)[:, None]).ravel()
    return np.bincount(at, minlength=rows * size).reshape(rows, size).astype(float)


def _same(one: Values, other: Values, resamples: int, seed: int) -> Interval | None:
    if min(len(each) for each in (*one, *other)) < 2:
        return None
    drawn = resampled(one, "mean", "same", resamples=resamples, seed=seed)
    drawn = drawn - resampled(other, "mean", "same", resamples=resamples, seed=seed + 1)
    figure = _mean([_mean(each) for each in one]) - _mean([_mean(each) for each in other])
    low, high = around(figure, drawn, widening_of([*one, *other]))
    return Interval(max(-1.0, low), min(1.0, high), "same")


def _new(by_task: Sequence[float], resamples: int, seed: int, bounds: tuple[float, float]) -> Interval | None:
    if len(by_task) < LEAST_TASKS:
        return None
    single = [[each] for each in by_task]
    drawn = resampled(single, "mean", "new", resamples=resamples, seed=seed)
    low, high = around(_mean(by_task), drawn, widening(single, "mean", "new"))
    return Interval(max(bounds[0], low), min(bounds[1], high), "new")


def _improvement_same(one: Values, other: Values, resamples: int, seed: int) -> Interval | None:
    least = min(len(each) for each in (*one, *other))
    if least < 2:
        return None
    rng = np.random.default_rng(seed)
    drawn = np.zeros(resamples)
    for x, y in zip(one, other, strict=True):
        won = _won(x, y)  # how often each attempt was drawn tells all of a resample: no table of pairs for each of them
        xs, ys = (_times_drawn(rng.integers(0, len(each), (resamples, len(each)))) for each in (x, y))
        drawn += ((xs @ won) * ys).sum(axis=1) / (won.size * len(one))
    factor = math.sqrt(least / (least - 1)) * student_factor(len(one) * (least - 1))
    low, high = around(improvement(one, other), drawn, factor)
    return Interval(max(0.0, low), min(1.0, high), "same")


def _left_out(differences: Sequence[float]) -> tuple[float, float]:
    if len(differences) == 1:
        return differences[0], differences[0]
    others = [(sum(differences) - each) / (len(differences) - 1) for each in differences]
    return min(others), max(others)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
