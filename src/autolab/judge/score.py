"""From metric to score to reward (design.md, Score). Pure."""

import math
from dataclasses import dataclass
from typing import Literal

from autolab.errors import AutolabError
from autolab.ledger.records import Verdict

Direction = Literal["lower", "higher"]
Scale = Literal["log", "linear"]


class ScoreError(AutolabError):
    """Anchors or a metric that give no score."""


@dataclass(frozen=True)
class Scored:
    """What becomes of a verdict and its figure. `metric` and `score` are None for anything but `ok`."""

    verdict: Verdict
    metric: float | None
    score: float | None
    reward: float
    reason: str | None = None


def score(metric: float, baseline: float, reference: float, direction: Direction, scale: Scale) -> float:
    """The metric's place on the task's scale: 0 at the baseline, 1 at the reference, beyond 1 past it, never cut.

    log: ln(baseline / x) / ln(baseline / reference), for both directions (both signs turn where higher is better).
    linear: (x - baseline) / (reference - baseline). ScoreError where anchors or metric have no place on the scale.
    """
    _fit(metric, baseline, reference, direction)
    if scale == "log":
        if metric <= 0 or baseline <= 0 or reference <= 0:
            raise ScoreError(
                f"a log scale needs figures above 0: metric {metric:g}, baseline {baseline:g}, reference {reference:g}"
            )
        metric, baseline, reference = math.log(metric), math.log(baseline), math.log(reference)
    span = reference - baseline
    figure = (metric - baseline) / span if span else math.inf
    if not math.isfinite(figure):
        raise ScoreError(f"baseline and reference are too close for a score: they differ by {span:g} on a {scale} scale")
    return figure + 0.0  # never -0.0


def reward(score: float | None) -> float:
    """The score cut to [0, 1]; 0 where there is none."""
    if score is None or math.isnan(score):
        return 0.0
    return min(1.0, max(0.0, score))


def beyond_floor(metric: float, floor: float | None, direction: Direction) -> bool:
    """Better than anything honest can be. The floor itself is still possible."""
    if floor is None:
        return False
    return metric < floor if direction == "lower" else metric > floor


def settle(
    verdict: Verdict,
    metric: float | None,
    baseline: float,
    reference: float,
    *,
    direction: Direction,
    scale: Scale,
    floor: float | None = None,
) -> Scored:
    """The last word on a measurement: only `ok` has figures, and an `ok` beyond the physical floor is quarantined."""
    if verdict != "ok":
        return Scored(verdict, None, None, 0.0)
    if metric is None or not math.isfinite(metric):
        return Scored("invalid", None, None, 0.0, f"the metric is {metric}, not a finite number")
    if beyond_floor(metric, floor, direction):
        reason = f"the metric {metric:g} is beyond the floor {floor:g}, which nothing honest can be; a person decides"
        return Scored("quarantined", None, None, 0.0, reason)
    if scale == "log" and metric <= 0:
        return Scored("invalid", None, None, 0.0, f"the metric is {metric:g}, which has no place on a log scale")
    figure = score(metric, baseline, reference, direction, scale)
    return Scored("ok", metric, figure, reward(figure))


def _fit(metric: float, baseline: float, reference: float, direction: Direction) -> None:
    if not all(math.isfinite(figure) for figure in (metric, baseline, reference)):
        raise ScoreError(f"not finite: metric {metric}, baseline {baseline}, reference {reference}")
    if baseline == reference or (reference < baseline) != (direction == "lower"):
        raise ScoreError(
            f"direction is {direction}, but the baseline is {baseline:g} and the reference {reference:g}: no scale"
        )
