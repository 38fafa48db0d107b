"""How noisy paired timing is on this host: a program timed against itself (A/A). Pure; the judge does the timing.

The null distribution of a measure's speed-up comes from the A/A pairs themselves: as many pairs as a measure has are drawn
with replacement, and the two times of each are exchanged at random, since they are of one program (2,000 times; bootstrap
and permutation together: Efron and Tibshirani, An Introduction to the Bootstrap, chapters 13 and 15). `half_width` is the
95th percentile of |ln(ratio of medians)| over these.

- The *detection limit* is what one measure can tell from the baseline: exp(half_width) - 1. A program that is no faster
  shows a gain beyond it in 1 of 40 measures.
- The *noise floor* is what two measures can tell from each other, each with its own noise: exp(sqrt(2) x half_width) - 1.

Neither is below what the clock resolves.
"""

import math
import statistics
from collections.abc import Sequence

from autolab.ledger.records import Measurement, Noise, Pair
from autolab.measure.paired import LEAST_RESOLUTION_S

RESAMPLES = 2000
MOST_FLOOR = 0.10
"""A host with a noise floor above this cannot tell a gain of a tenth from none. `autolab doctor` prints the host's own: on two
busy cores that was 5.7 % at seven pairs, by CPU time."""

LOW_PRECISION = "low_precision: on this host figures of one and the same program lie too far apart for this task"


def noise_of(pairs: Sequence[Pair], resolution_s: float) -> Noise:
    """The noise that A/A pairs show, at as many pairs as these. `resolution_s`: no time difference below it is told."""
    ratios = [math.log(a / b) for a, b in _times(pairs, resolution_s)]
    floor = math.expm1(math.sqrt(2) * half_width(pairs, resolution_s, len(pairs)))
    return Noise(
        floor=floor,
        spread=statistics.stdev(ratios) if len(ratios) > 1 else 0.0,
        low_precision=floor > MOST_FLOOR,
        pairs=tuple(pairs),
    )


def noise_of_counts(counts: Sequence[float], tolerance: float) -> Noise:
    """The noise of counts that do not repeat to the digit, from several counts of one program.

    The floor is the task's tolerance, or how far the counts lie apart where that is more: then the host is too noisy.
    """
    apart = max(counts) / min(counts) - 1
    spread = math.sqrt(2) * statistics.stdev(map(math.log, counts))  # of a ratio of two
    return Noise(floor=max(tolerance, apart), spread=spread, low_precision=apart > tolerance)


def detection_limit(noise: Noise, measured_with: int, resolution_s: float = LEAST_RESOLUTION_S) -> float | None:
    """The smallest gain over the baseline (0.03: 3 %) that a measure of so many pairs tells from none, at 95 %.

    None where the noise was not found by timing.
    """
    return math.expm1(half_width(noise.pairs, resolution_s, measured_with)) if noise.pairs else None


def limits_said(noise: Noise, pairs: int, grade_pairs: int) -> str:
    """The detection limits of a measure and a grade, for people."""
    limits = {number: detection_limit(noise, number) for number in (pairs, grade_pairs)}
    return " and ".join(f"{limit:.1%} at {number} pairs" for number, limit in limits.items() if limit is not None) or "not timed"


def half_width(pairs: Sequence[Pair], resolution_s: float, drawn: int, seed: int = 0) -> float:
    """Half of the 95 % interval of ln(speed-up) around none, for measures of `drawn` pairs; see the module."""
    import numpy as np

    if not pairs or drawn < 1:
        raise ValueError("the noise of a host needs at least one A/A pair")
    random = np.random.default_rng(seed)
    times = np.asarray(_times(pairs, resolution_s))
    chosen = times[random.integers(len(times), size=(RESAMPLES, drawn))]
    swapped = random.integers(2, size=(RESAMPLES, drawn, 1)).astype(bool)
    medians = np.median(np.where(swapped, chosen[..., ::-1], chosen), axis=1)
    width = np.percentile(np.abs(np.log(medians[:, 0] / medians[:, 1])), 95)
    return max(float(width), math.log1p(resolution_s / float(np.median(times))))


def marked(measurement: Measurement, noise: Noise | None) -> Measurement:
    """The measurement, with a flag where it was made on a host that is too noisy for it."""
    if noise is None or not noise.low_precision or LOW_PRECISION in measurement.flags:
        return measurement
    return measurement.model_copy(update={"flags": (*measurement.flags, LOW_PRECISION)})


def _times(pairs: Sequence[Pair], resolution_s: float) -> list[tuple[float, float]]:
    """Both net times of each pair, none below the resolution."""
    return [(max(each.candidate_s, resolution_s), max(each.baseline_s, resolution_s)) for each in pairs]
