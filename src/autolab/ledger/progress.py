"""When an experiment is a new best: the one rule that the lab, replays and every other reader share. Pure."""

from autolab.ledger.records import Experiment, Noise


def improves(experiment: Experiment, best: Experiment | None, noise: Noise | None) -> bool:
    """Whether an experiment is better than the best before it; of those that are not ok none is.

    Where the figure is noisy (`noise`, of the trial's first record) a higher score alone is not enough: the two metrics
    must differ by more than the noise floor, as a ratio. So the best changes only for what can be told from chance, and
    several small gains together still count, because each is compared with the best and not with the one before.
    """
    score = _score(experiment)
    if score is None:
        return False
    if best is None:
        return True
    if score <= (_score(best) or 0.0):
        return False
    return noise is None or _ratio(experiment, best) > 1 + noise.floor


def _score(experiment: Experiment) -> float | None:
    return experiment.measurement.score if experiment.measurement.verdict == "ok" else None


def _ratio(one: Experiment, other: Experiment) -> float:
    """How far two metrics are apart, 1 where they are equal; a metric that is missing or 0 is as far as can be."""
    figures = sorted(abs(each.measurement.metric or 0.0) for each in (one, other))
    return figures[1] / figures[0] if figures[0] > 0 else float("inf")
