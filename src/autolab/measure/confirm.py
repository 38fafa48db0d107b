"""A counted gain is confirmed by paired time (design.md, Measuring)."""

from autolab.ledger.records import Paired


def confirmed_metric(counted: float, baseline: float, k: float, paired: Paired) -> float:
    """The metric that scores, for a count where lower is better.

    Counted speed-up is baseline / counted. Where the upper 95 % limit of k times the paired speed-up lies below it, that
    limit is the speed-up that scores: the metric rises to baseline / (k * paired.high). It never falls below `counted`.
    """
    if not (counted > 0 and baseline > 0 and k > 0 and paired.high > 0):
        raise ValueError(f"counts, k and the paired limit must be above 0: {counted}, {baseline}, {k}, {paired.high}")
    return max(counted, baseline / (k * paired.high))
