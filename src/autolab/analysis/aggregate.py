"""One figure for many attempts at many tasks: mean and interquartile mean. Every task weighs the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np

from autolab.analysis.table import Floats, padded

Statistic = Literal["iqm", "mean"]


def aggregate(values: Sequence[Sequence[float]], statistic: Statistic) -> float | None:
    """The figure of these tasks' attempts; None where there is no task."""
    if not values:
        return None
    filled, weights = padded(values)
    return float(STATISTICS[statistic](filled.reshape(1, -1), weights.reshape(1, -1))[0])


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Of each row; weights of a row sum to 1."""
    found: Floats = (values * weights).sum(axis=1)
    return found


def weighted_iqm(values: Floats, weights: Floats) -> Floats:
    """Of each row: the mean of the middle half, i.e. twice the integral of the quantile function from 1/4 to 3/4.

    A value that a quartile cuts counts for the part inside. Where the weights are equal and 4 divides their number this is
    the 25 % trimmed mean. Source: Agarwal et al. 2021, Deep RL at the Edge of the Statistical Precipice, section 4.3.
    """
    count = values.shape[1]
    if np.all(weights == weights[0, 0]):
        equal: Floats = np.sort(values, axis=1) @ _middle(np.arange(count) / count, np.arange(1, count + 1) / count)
        return equal
    order = np.argsort(values, axis=1, kind="stable")
    high = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    low = np.concatenate([np.zeros((len(high), 1)), high[:, :-1]], axis=1)
    found: Floats = (np.take_along_axis(values, order, axis=1) * _middle(low, high)).sum(axis=1)
    return found


def _middle(low: Floats, high: Floats) -> Floats:
    """Twice the part of each stretch from `low` to `high` that lies between 1/4 and 3/4."""
    inside: Floats = np.minimum(high, 0.75) - np.maximum(low, 0.25)
    return 2 * np.maximum(inside, 0.0)


STATISTICS: Mapping[Statistic, Callable[[Floats, Floats], Floats]] = {"iqm": weighted_iqm, "mean": weighted_mean}
