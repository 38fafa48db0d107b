"""Tests whether two agents differ, without an assumption on how rewards are distributed; and Holm's correction."""

from collections.abc import Sequence

import numpy as np

from autolab.analysis.bootstrap import SEED
from autolab.analysis.table import Floats

PERMUTATIONS = 10_000
_EXACT_TASKS = 13  # up to 2^13 signs are tried all
_TINY = 1e-12  # sums of the same figures in another order are equal


def p_of_signs(differences: Sequence[float], *, permutations: int = PERMUTATIONS, seed: int = SEED) -> float:
    """Two-sided p that tasks of this kind favour neither agent: signs of the tasks' differences flipped (Fisher 1935).

    Exact up to 13 tasks, drawn beyond. Five tasks cannot give less than 1/16.
    """
    found = np.asarray(differences, dtype=float)
    count = len(found)
    if count <= _EXACT_TASKS:
        signs = 1.0 - 2.0 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1)
        return float(np.mean(np.abs(signs @ found) >= abs(found.sum()) - _TINY))
    signs = np.random.default_rng(seed).integers(0, 2, (permutations, count)) * 2.0 - 1.0
    return _p(np.abs(signs @ found), abs(float(found.sum())))


def p_of_labels(
    one: Sequence[Sequence[float]], other: Sequence[Sequence[float]], *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> float:
    """Two-sided p that on these very tasks attempts of both agents are alike: attempts exchanged within tasks."""
    rng = np.random.default_rng(seed)
    moved = np.zeros(permutations)
    for a, b in zip(one, other, strict=True):
        moved += _exchanged(np.asarray([*a, *b], dtype=float), len(a), permutations, rng)
    seen = sum(float(np.mean(a) - np.mean(b)) for a, b in zip(one, other, strict=True))
    return _p(np.abs(moved), abs(seen))


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p values: the chance of any false one stays at its level (Holm 1979), in the given order."""
    order = sorted(range(len(values)), key=lambda index: values[index])
    adjusted, most = [0.0] * len(values), 0.0
    for rank, index in enumerate(order):
        most = max(most, min(1.0, (len(values) - rank) * values[index]))
        adjusted[index] = most
    return tuple(adjusted)


def _exchanged(pool: Floats, first: int, permutations: int, rng: np.random.Generator) -> Floats:
    """The difference of means after each random division of the pool."""
    mixed = pool[np.argsort(rng.random((permutations, len(pool))), axis=1)]
    found: Floats = mixed[:, :first].mean(axis=1) - mixed[:, first:].mean(axis=1)
    return found


def _p(moved: Floats, seen: float) -> float:
    """The seen order counts as one of the drawn: p is never 0 (Phipson and Smyth 2010)."""
    return float((np.sum(moved >= seen - _TINY) + 1) / (len(moved) + 1))
