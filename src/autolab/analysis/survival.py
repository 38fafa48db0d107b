"""Time to an event where some were still waiting when the record ended: the Kaplan-Meier estimator.

E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958), 457-481.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wait:
    """How long one waited, and whether the event came. Not come: censored, it may have come later."""

    time: float
    came: bool


@dataclass(frozen=True)
class Point:
    """From `time` on the share `waiting` still waits."""

    time: float
    waiting: float


def kaplan_meier(waits: Sequence[Wait]) -> tuple[Point, ...]:
    """The survival curve: its value after each time at which an event came. Empty where none did.

    Of waits that end at the same time, events come before censorings (the usual convention).
    """
    points: list[Point] = []
    waiting, at_risk = 1.0, len(waits)
    for time in sorted({wait.time for wait in waits}):
        here = [wait for wait in waits if wait.time == time]
        events = sum(wait.came for wait in here)
        if events:
            waiting *= 1.0 - events / at_risk
            points.append(Point(time, waiting))
        at_risk -= len(here)
    return tuple(points)


def waiting_at(curve: Sequence[Point], time: float) -> float:
    """The share that still waits after `time`."""
    return next((point.waiting for point in reversed(curve) if point.time <= time), 1.0)


def median_wait(curve: Sequence[Point]) -> float | None:
    """The first time by which at least half have stopped waiting; None where the record does not say."""
    return next((point.time for point in curve if point.waiting <= 0.5 + 1e-12), None)


def mean_done(curve: Sequence[Point], horizon: int) -> float:
    """Mean over the times 1, 2, ... `horizon` of the share that no longer waits: 1 if all came at 1, 0 if none came.

    It is 1 - (restricted mean waiting time - 1) / horizon, for waits of whole experiments.
    """
    return sum(1.0 - waiting_at(curve, time) for time in range(1, horizon + 1)) / horizon
