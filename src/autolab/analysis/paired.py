"""A mean difference of pairs with its interval, unbounded: for ablations and studies. Definitions: docs/metrics.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from autolab.analysis.bootstrap import around, resampled, widening


@dataclass(frozen=True)
class PairedDifference:
    """The mean over strata of their mean differences, and its interval at 95 %; None with fewer than two pairs of one."""

    pairs: int
    mean: float
    low: float | None
    high: float | None

    @property
    def above(self) -> bool:
        """Whether the whole interval lies above 0."""
        return self.low is not None and self.low > 0

    @property
    def below(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.high is not None and self.high < 0


def paired_difference(strata: Sequence[Sequence[float]]) -> PairedDifference | None:
    """Of the differences of pairs, by stratum (a task). None where there are none."""
    strata = [each for each in strata if each]
    if not strata:
        return None
    pairs, mean = sum(map(len, strata)), sum(sum(each) / len(each) for each in strata) / len(strata)
    if min(map(len, strata)) < 2:
        return PairedDifference(pairs, mean, None, None)
    low, high = around(mean, resampled(strata, "mean", "same"), widening(strata, "mean", "same"))
    return PairedDifference(pairs, mean, low, high)
