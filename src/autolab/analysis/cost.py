"""What trials cost, and what a gain costs. Failed, void and aborted trials cost, too, and are counted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autolab.analysis.curves import Over, best_by, curve, on_record
from autolab.analysis.trials import Trial

STEP = 0.1
"""Of score: what a price is asked for."""


@dataclass(frozen=True)
class Cost:
    """What was spent. None: not known. `usd` is None as soon as one call has no price; `usd_known` sums the others."""

    trials: int
    wall_s: float
    cpu_s: float
    experiments: int
    calls: int  # exchanges with models
    tokens: int | None  # None: no call is on record, so the lab does not know of any
    usd: float | None
    usd_known: float | None
    unpriced: int  # calls that used tokens and have no price


def cost(trials: Sequence[Trial]) -> Cost:
    """The sum over these trials, whatever became of them; one that cannot be read adds nothing."""
    states = [trial.state for trial in trials]
    calls, unpriced = sum(state.calls for state in states), sum(state.unpriced for state in states)
    usd = math.fsum(state.usd for state in states) if calls else None
    return Cost(
        trials=len(states),
        wall_s=math.fsum(state.elapsed for state in states),
        cpu_s=math.fsum(state.cpu_s for state in states),
        experiments=sum(len(state.experiments) for state in states),
        calls=calls,
        tokens=sum(state.tokens for state in states) if calls else None,
        usd=None if unpriced else usd,
        usd_known=usd,
        unpriced=unpriced,
    )


@dataclass(frozen=True)
class Step:
    """The price of one step of score, from `level` to `level` + STEP. Not reached: it costs more than `spent`."""

    level: float
    spent: float
    reached: bool


def steps(trial: Trial, over: Over) -> tuple[Step, ...] | None:
    """A trial's steps from 0 up, the last of them not reached. None where its spending is not known.

    A best that passes several levels at once pays for the first of them; the others cost nothing more.
    """
    points, spent = curve(trial, over), _spent(trial, over)
    if points is None or spent is None:
        return None
    found, before, number = [], 0.0, 0
    for point in points:
        while point.score >= (number + 1) * STEP - 1e-9:
            found.append(Step(number * STEP, point.at - before, reached=True))
            before, number = point.at, number + 1
    return (*found, Step(number * STEP, max(0.0, spent - before), reached=False))


@dataclass(frozen=True)
class Price:
    """The price of the step from `level`, over trials: all that was spent at that level, for the times it was reached."""

    level: float
    each: float | None  # None: nobody has reached the next level
    spent: float
    reached: int
    of: int  # trials that came to `level`


def prices(trials: Sequence[Trial], over: Over) -> tuple[Price, ...] | None:
    """The marginal price of each next 0.1 of score. None where the spending of one of the trials is not known.

    Spent in vain counts: the estimate is all spending at a level over the times that the next was reached, which is the
    maximum-likelihood mean of a waiting time that may be cut off (exponential; Epstein and Sobel 1953).
    """
    each = [steps(trial, over) for trial in trials]
    if any(found is None for found in each):
        return None
    levels: dict[int, list[Step]] = {}
    for found in each:
        for step in found or ():
            levels.setdefault(round(step.level / STEP), []).append(step)
    return tuple(_price(level * STEP, levels[level]) for level in sorted(levels))


@dataclass(frozen=True)
class Gain:
    """What `spent` per trial brings: the mean best reward, and that for each unit spent."""

    spent: float
    reward: float
    per_unit: float


def gains(trials: Sequence[Trial], over: Over, at: Sequence[float]) -> tuple[Gain, ...] | None:
    """The curve of gain for money (tokens, time...) at these amounts, each over 0. A trial that ended keeps its best.

    None where the spending of one of the trials is not known, or there are no trials.
    """
    curves = [curve(trial, over) for trial in trials]
    known = [points for points in curves if points is not None]
    if not known or len(known) < len(curves):
        return None
    means = [sum(min(1.0, max(0.0, best_by(points, spent))) for points in known) / len(known) for spent in at]
    return tuple(Gain(spent, mean, mean / spent) for spent, mean in zip(at, means, strict=True))


def _spent(trial: Trial, over: Over) -> float | None:
    return trial.state.spent[over] if on_record(trial, over) else None


def _price(level: float, found: Sequence[Step]) -> Price:
    reached, spent = sum(step.reached for step in found), math.fsum(step.spent for step in found)
    return Price(round(level, 9), spent / reached if reached else None, spent, reached, len(found))
