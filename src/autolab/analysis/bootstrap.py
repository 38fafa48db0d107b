"""How sure a figure is: stratified bootstrap intervals for two different questions.

`same`: how far might the figure move if the same agent tried the same tasks again? Attempts are drawn anew within tasks.
`new`: ... if it tried other tasks of the kind? Tasks are drawn anew, each with all its attempts (a cluster bootstrap:
the spread of task means holds the spread of attempts already; drawing attempts too would count it twice).

A bootstrap of n values is too narrow by sqrt((n-1)/n), which for 3 attempts is 18 %, and knows nothing of how unsure the
spread itself is. So the deviations of the resamples from their own mean are scaled by sqrt(n/(n-1)) and by the ratio of the
t to the normal quantile, and put around the figure (after Hesterberg 2015, What Teachers Should Know About the Bootstrap,
section 3). docs/results/coverage.txt shows the coverage.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autolab.analysis.aggregate import STATISTICS, Statistic, aggregate
from autolab.analysis.student import normal_quantile, t_quantile
from autolab.analysis.table import Floats, padded

Kind = Literal["same", "new"]
Integers = NDArray[np.int64]
RESAMPLES = 10_000
LEVEL = 0.95
SEED = 20_240_601
LEAST_TASKS = 5
"""Fewer tasks than this say nothing of new ones: no interval is given."""

_AT_ONCE = 250_000  # figures resampled at a time: 2 MB, in some eight arrays, which a cache holds


@dataclass(frozen=True)
class Interval:
    """From `low` to `high` at LEVEL, for the question `kind`."""

    low: float
    high: float
    kind: Kind


def interval(
    values: Sequence[Sequence[float]], statistic: Statistic, kind: Kind, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval | None:
    """The interval of a figure of these tasks' attempts, within the range that rewards can have, [0, 1].

    None where the data cannot tell: `same` with a single attempt at some task, `new` with fewer than LEAST_TASKS tasks.
    """
    figure = aggregate(values, statistic)
    if figure is None or not _can_tell(values, kind):
        return None
    found = resampled(values, statistic, kind, resamples=resamples, seed=seed)
    low, high = around(figure, found, widening(values, statistic, kind))
    return Interval(max(0.0, low), min(1.0, high), kind)


def around(figure: float, resamples: Floats, factor: float) -> tuple[float, float]:
    """Percentile limits of the resamples' deviations from their mean, times `factor`, around the figure."""
    low, high = np.quantile(resamples, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) - resamples.mean()
    return figure + factor * float(low), figure + factor * float(high)


def resampled(
    values: Sequence[Sequence[float]], statistic: Statistic, kind: Kind, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Floats:
    """The figure of each resample."""
    filled, weights = padded(values)
    counts = np.array([len(each) for each in values])
    rng = np.random.default_rng(seed)
    draw = _attempts if kind == "same" else _tasks
    parts = [STATISTICS[statistic](*draw(filled, weights, counts, rows, rng)) for rows in _chunks(resamples, filled.size)]
    return np.concatenate(parts)


def widening(values: Sequence[Sequence[float]], statistic: Statistic, kind: Kind) -> float:
    """What deviations of resamples are multiplied by; see the module's words."""
    if kind == "new":
        tasks = len(values)
        return math.sqrt(tasks / (tasks - 1)) * student_factor(tasks - 1)
    return widening_of(_winsorised(values) if statistic == "iqm" else values)


def widening_of(strata: Sequence[Sequence[float] | Floats]) -> float:
    """The same for a figure to which the mean of each stratum contributes equally, drawn anew within strata."""
    spread = [(float(np.var(each, ddof=1)) / len(each), len(each)) for each in strata]
    most = max(v for v, _ in spread)
    if most == 0:
        return 1.0
    spread = [(v / most, n) for v, n in spread]  # squares of the smallest numbers would be 0
    unbiased = sum(v for v, _ in spread)
    plain = sum(v * (n - 1) / n for v, n in spread)
    freedom = unbiased**2 / sum(v**2 / (n - 1) for v, n in spread)
    return math.sqrt(unbiased / plain) * student_factor(freedom)


def student_factor(freedom: float) -> float:
    """The ratio of the t to the normal quantile at LEVEL. Freedom after Satterthwaite 1946 where spreads differ."""
    p = (1 + LEVEL) / 2
    return t_quantile(p, max(1.0, freedom)) / normal_quantile(p)


def _can_tell(values: Sequence[Sequence[float]], kind: Kind) -> bool:
    return len(values) >= LEAST_TASKS if kind == "new" else min(map(len, values)) >= 2


def _winsorised(values: Sequence[Sequence[float]]) -> list[Floats]:
    """What outer values contribute to the spread of the interquartile mean: as much as the quartile they lie beyond."""
    low, high = np.quantile(np.concatenate([np.asarray(each, dtype=float) for each in values]), [0.25, 0.75])
    return [np.clip(each, low, high) for each in values]


def _chunks(resamples: int, size: int) -> Iterator[int]:
    most = max(1, _AT_ONCE // size)
    for begun in range(0, resamples, most):
        yield min(most, resamples - begun)


def _attempts(filled: Floats, weights: Floats, counts: Integers, rows: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Within each task as many attempts as it has, drawn with replacement."""
    tasks, most = filled.shape
    chosen = (rng.random((rows, tasks, most)) * counts[:, None]).astype(np.intp)
    drawn = filled[np.arange(tasks)[:, None], chosen]
    return drawn.reshape(rows, -1), np.broadcast_to(weights.reshape(1, -1), (rows, filled.size))


def _tasks(filled: Floats, weights: Floats, counts: Integers, rows: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """As many tasks as there are, drawn with replacement, each with all its attempts."""
    del counts
    chosen = rng.integers(0, len(filled), (rows, len(filled)))
    return filled[chosen].reshape(rows, -1), weights[chosen].reshape(rows, -1)
