"""Setbacks and recovery: how often, how fast, and what is gained after the first. Definitions: docs/metrics.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from autolab.analysis.steps import Step
from autolab.analysis.survival import Wait, kaplan_meier, mean_done, median_wait, waiting_at

HORIZON = 10
"""Experiments within which a recovery counts as one."""


@dataclass(frozen=True)
class Episode:
    """A run of bad news: from its first setback to the next new best, both by their experiment's number."""

    began: int
    ended: int | None  # None: no new best came
    waited: int  # experiments from the setback to the new best, or to the end of the record


@dataclass(frozen=True)
class Recovery:
    """What became of a trial's setbacks. None: no setback after which another experiment was made, or was given up."""

    setbacks: int  # experiments
    episodes: tuple[Episode, ...]
    rate: float | None  # share that recovers within HORIZON, Kaplan-Meier
    speed: float | None  # 0..1: mean share recovered over the first HORIZON experiments
    median: float | None  # experiments until half have recovered
    gain_after: float | None  # score gained after the first setback


def episodes(steps: Sequence[Step]) -> tuple[Episode, ...]:
    """Setbacks in a row, and those between which no new best came, are one episode."""
    found: list[Episode] = []
    began: int | None = None
    place = 0
    for index, step in enumerate(steps):
        if step.gained and began is not None:
            found.append(Episode(began, step.number, index - place))
            began = None
        elif step.setback and not step.gained and began is None:
            began, place = step.number, index
    if began is not None:
        found.append(Episode(began, None, len(steps) - 1 - place))
    return tuple(found)


def waits(found: Sequence[Episode], *, gave_up: bool) -> tuple[Wait, ...]:
    """For Kaplan-Meier. An open episode is censored, but where the agent itself ended the trial it never recovers."""
    return tuple(
        Wait(max(each.waited, HORIZON) if each.ended is None and gave_up else each.waited, each.ended is not None)
        for each in found
    )


def after_first(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that came after the first setback: none without one."""
    first = next((index for index, step in enumerate(steps) if step.setback), len(steps))
    return tuple(steps[first + 1 :])


def gain_after(steps: Sequence[Step]) -> float | None:
    """Best score at the end less the best when the first setback came. None without a setback."""
    first = next((index for index, step in enumerate(steps) if step.setback), None)
    return None if first is None else _best(steps) - _best(steps[: first + 1])


def recovery(steps: Sequence[Step], *, gave_up: bool) -> Recovery:
    """All of it. `gave_up`: the agent ended the trial with budget left, see endings."""
    found = episodes(steps)
    setbacks = sum(step.setback for step in steps)
    waited = [wait for wait in waits(found, gave_up=gave_up) if wait.time > 0]  # else the budget ended with the setback
    if not waited:
        return Recovery(setbacks, found, None, None, None, gain_after(steps))
    curve = kaplan_meier(waited)
    rate, speed = 1.0 - waiting_at(curve, HORIZON), mean_done(curve, HORIZON)
    return Recovery(setbacks, found, rate, speed, median_wait(curve), gain_after(steps))


def _best(steps: Sequence[Step]) -> float:
    """The best score of new bests; the starting program's is 0."""
    return max((step.score for step in steps if step.gained and step.score is not None), default=0.0)
