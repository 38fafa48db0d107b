"""What agents expected of their changes against what was measured. Definitions: docs/metrics.md."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from autolab.analysis.steps import Step, noise_floor
from autolab.ledger.replay import TrialState

Judgement = Literal["confirmed", "partly", "refuted"]

MISS = math.log(2)
"""A forecast that is off by a factor of two or more is worth nothing."""


@dataclass(frozen=True)
class Forecast:
    """One experiment whose effect was foretold, as factors over the state it came from. `measured` None: it failed."""

    number: int
    expected: float
    measured: float | None
    judgement: Judgement

    @property
    def error(self) -> float:
        """0 for a forecast that came true to the digit, 1 for one that was off by a factor of two, or failed."""
        return 1.0 if self.measured is None else min(1.0, abs(math.log(self.measured / self.expected)) / MISS)


def forecasts(state: TrialState, steps: Sequence[Step]) -> tuple[Forecast, ...]:
    """Every experiment with an expected effect, judged."""
    floor = 1.0 + noise_floor(state.started)
    found = []
    for step in steps:
        expected = state.experiments[step.number - 1].expected
        if expected is not None and expected > 0:
            measured = None if step.level is None else step.level / step.before
            found.append(Forecast(step.number, expected, measured, judged(expected, measured, floor)))
    return tuple(found)


def judged(expected: float, measured: float | None, floor: float = 1.0) -> Judgement:
    """Confirmed: at least half of the expected gain (in logarithms); partly: a gain; refuted: none, or a failure.

    Where no gain was expected (a probe, a simplification), staying within the floor of it, or better, confirms.
    """
    if measured is None:
        return "refuted"
    if expected <= floor:
        return "confirmed" if measured * floor >= expected else "refuted"
    if measured <= floor:
        return "refuted"
    return "confirmed" if math.log(measured) >= 0.5 * math.log(expected) else "partly"


def calibration(found: Sequence[Forecast]) -> float | None:
    """1 less the mean error: 1 for forecasts that come true, 0 for worthless ones. None without a forecast."""
    return 1.0 - sum(each.error for each in found) / len(found) if found else None


def duplicates(steps: Sequence[Step]) -> tuple[int, ...]:
    """Numbers of the experiments on a state that had been measured before: they tell nothing new."""
    seen: set[str] = set()
    found = []
    for step in steps:
        if step.tree in seen:
            found.append(step.number)
        seen.add(step.tree)
    return tuple(found)
