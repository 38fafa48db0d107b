"""Quantiles of Student's t distribution, which numpy does not have."""

import math
from statistics import NormalDist

import numpy as np

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def normal_quantile(p: float) -> float:
    """The p quantile of the normal distribution."""
    return NormalDist().inv_cdf(p)


def t_quantile(p: float, df: float) -> float:
    """The p quantile (1/2 <= p < 1) of Student's t with `df` >= 1 degrees of freedom, which need not be whole.

    With x = sqrt(df) tan(a) the density becomes cos(a)^(df-1) up to a constant; the angle is found by bisection.
    """
    if df > 10_000:
        return normal_quantile(p)
    constant = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        angle = (low + high) / 2
        if constant * _integral(angle, df) < p - 0.5:
            low = angle
        else:
            high = angle
    return math.sqrt(df) * math.tan(low)


def _integral(angle: float, df: float) -> float:
    """Of cos^(df-1) from 0 to `angle`, by Gauss-Legendre quadrature."""
    half = angle / 2
    return float(half * (_WEIGHTS @ np.cos(half * (_NODES + 1)) ** (df - 1)))
