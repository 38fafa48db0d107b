"""Ratios of metrics, as other benchmarks report them: fast_p, success at 10 %, harmonic and geometric means."""

import math
from collections.abc import Iterable, Sequence

from autolab.analysis.trials import Trial


def speedup(trial: Trial) -> float | None:
    """How many times better than the baseline the graded program is, by the task's metric on the same cases.

    baseline / metric where the reference is lower, metric / baseline where it is higher. None: no grade that is ok, no
    anchors, a metric of 0, or a task on a linear scale (accuracies have no speed-up).
    """
    graded = trial.graded
    if graded is None or graded.metric is None or graded.anchors is None or trial.scale == "linear":
        return None
    lower = graded.anchors.reference < graded.anchors.baseline
    over, under = (graded.anchors.baseline, graded.metric) if lower else (graded.metric, graded.anchors.baseline)
    return over / under if over > 0 and under > 0 else None


def improvement(trial: Trial) -> float | None:
    """The change of the metric for the better over the baseline, as a part of it: 0.1 is 10 %. None: no grade that is ok."""
    graded = trial.graded
    if graded is None or graded.metric is None or graded.anchors is None:
        return None
    better = graded.metric - graded.anchors.baseline
    if graded.anchors.reference < graded.anchors.baseline:
        better = -better
    return better / abs(graded.anchors.baseline)


def success_rate(trials: Iterable[Trial], least: float = 0.1) -> float | None:
    """The share of graded trials that are better by at least `least` (MLAgentBench, Huang et al. 2024: 10 %).

    A graded trial that is not ok is no success; void and unfinished ones are left out. None: none was graded.
    """
    graded = [trial for trial in trials if trial.status in {"scored", "zero"}]
    if not graded:
        return None
    return sum((improvement(trial) or 0.0) >= least for trial in graded) / len(graded)


def fast_p(speedups: Sequence[float | None], p: float) -> float | None:
    """The share that is right and more than p times as fast as the baseline (KernelBench, Ouyang et al. 2025).

    None in `speedups` stands for a wrong program. None of an empty list.
    """
    if not speedups:
        return None
    return sum(each is not None and each > p for each in speedups) / len(speedups)


def fast_curve(speedups: Sequence[float | None], at: Sequence[float] = (0, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 100)) -> tuple[tuple[float, float], ...]:
    """fast_p at these p, none where there are no speed-ups; fast_0 is the share of right programs."""
    found = ((p, fast_p(speedups, p)) for p in at)
    return tuple((p, share) for p, share in found if share is not None)


def geometric_mean(speedups: Sequence[float | None]) -> float | None:
    """The mean of logarithms, back: of twice and half as fast it is 1. A wrong program counts 1: the given one stays."""
    if not speedups:
        return None
    return math.exp(math.fsum(math.log(each or 1.0) for each in speedups) / len(speedups))


def harmonic_mean(speedups: Sequence[float | None]) -> float | None:
    """The speed-up of a program that spends the same time in each part; ruled by the least. A wrong program counts 1."""
    if not speedups:
        return None
    return len(speedups) / math.fsum(1 / (each or 1.0) for each in speedups)
