"""What k attempts would give, estimated from n >= k: order statistics, never the raw maximum of n."""

from collections.abc import Sequence
from math import comb


def best_at_k(values: Sequence[float], k: int) -> float | None:
    """Expected best of k attempts drawn from these n without replacement: sum of x_(i) C(i-1, k-1) / C(n, k), x ascending.

    None with fewer than k values. Unbiased; k = n is the maximum, k = 1 the mean.
    """
    _positive(k)
    n = len(values)
    if n < k:
        return None
    return sum(x * comb(i - 1, k - 1) for i, x in enumerate(sorted(values), 1)) / comb(n, k)


def worst_at_k(values: Sequence[float], k: int) -> float | None:
    """Expected worst of k attempts: what can be relied on."""
    found = best_at_k([-each for each in values], k)
    return None if found is None else -found


def pass_at_k(attempts: int, passed: int, k: int) -> float | None:
    """Chance that at least one of k attempts passes: 1 - C(n-c, k) / C(n, k). None with fewer than k attempts.

    Source: Chen et al. 2021, Evaluating Large Language Models Trained on Code, equation 1.
    """
    _positive(k)
    if attempts < k:
        return None
    return 1 - comb(attempts - passed, k) / comb(attempts, k)


def efficient_at_k(scores: Sequence[float | None], k: int) -> float | None:
    """Chance that at least one of k attempts is right and better than the reference, i.e. has a score over 1.

    `scores` of all attempts at one task, None for one that is not ok. Source: COFFE (Peng et al. 2025), efficient@k.
    """
    return pass_at_k(len(scores), sum(each is not None and each > 1 for each in scores), k)


def score_at_k(bests: Sequence[float], k: int) -> float | None:
    """Score at k attempts under one total budget (RE-Bench, Wijk et al. 2024): expected best of k.

    `bests` are the best scores that single attempts had reached after 1/k of the budget (curves.best_by).
    """
    return best_at_k(bests, k)


def _positive(k: int) -> None:
    if k < 1:
        raise ValueError(f"k is {k}: give 1 or more")
