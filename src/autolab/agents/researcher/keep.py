"""Keep or discard: the next round starts from the state that is kept. When a new one is, is a rule that knows noise.

- `strict`: the figure is better.
- `sigma`: it is better by more than two standard deviations of a difference of two measurements, which the spread of
  repeated measurements of the starting program tells.
- `confirmed`: it is better, and better again when it is measured once more on fresh inputs.

Of two states that the rule cannot tell apart the one with fewer bytes is kept: simplicity breaks ties.
"""

import json
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from math import sqrt
from random import Random

from autolab.agents.search.strategy import Proposal, Result

REPEATS = 3
"""Measurements of the starting program that the rule `sigma` takes its spread from: the fewest with a spread worth the name."""

REPEAT = "repeat"
CONFIRM = "confirm"


@dataclass(frozen=True)
class Known:
    """An experiment that has a figure."""

    number: int
    fitness: float
    size: int | None  # bytes of the editable files


@dataclass
class State:
    """All that the strategy knows. `repeats`: figures of the starting program; `waits`: what waits for its confirmation."""

    kept: Known | None = None
    before: list[Known] = field(default_factory=list)  # kept earlier, for when the kept one is vetoed
    waits: Known | None = None
    repeats: list[float] = field(default_factory=list)
    told: int = 0  # results of any kind


class Keep:
    """Implements the search's `Strategy`. A proposal of no steps asks for a measurement of its parent as it is."""

    def __init__(self, rng: Random, rule: str = "strict") -> None:
        del rng  # nothing to choose
        self._better = RULES[rule]
        self._repeats = REPEATS if rule == "sigma" else 1
        self._confirms = rule == "confirmed"
        self._state = State()

    def ask(self) -> Proposal | None:
        """From the kept state, or to measure once more what the rule has doubts about. It never ends."""
        state = self._state
        if state.waits is not None:
            return Proposal((state.waits.number,), CONFIRM, 0)
        if state.kept is None:
            return Proposal()
        if state.told < self._repeats and len(state.repeats) < self._repeats:
            return Proposal((state.kept.number,), REPEAT, 0)
        return Proposal((state.kept.number,))

    def tell(self, proposal: Proposal, result: Result) -> None:
        """Keeps or discards."""
        state = self._state
        state.told += 1
        if proposal.place == CONFIRM:
            waits, state.waits = state.waits, None
            if waits is not None and result.fitness is not None:
                self._keep(Known(waits.number, min(waits.fitness, result.fitness), waits.size))
        elif proposal.place == REPEAT:
            if result.fitness is not None:
                state.repeats.append(result.fitness)
        elif result.fitness is not None and result.experiment is not None:
            size = None if result.files is None else sum(map(len, result.files.values()))
            new = Known(result.experiment, result.fitness, size)
            if state.kept is None:
                state.kept, state.repeats = new, [*state.repeats, new.fitness]
            elif self._confirms and self._preferred(new, state.kept):
                state.waits = new
            else:
                self._keep(new)

    def forget(self, experiment: int) -> None:
        """The one kept before it comes back."""
        state = self._state
        state.before = [each for each in state.before if each.number != experiment]
        if state.waits is not None and state.waits.number == experiment:
            state.waits = None
        if state.kept is not None and state.kept.number == experiment:
            state.kept = state.before.pop() if state.before else None

    @property
    def kept(self) -> int | None:
        """The kept experiment."""
        return self._state.kept.number if self._state.kept else None

    def save(self) -> bytes:
        """The state as JSON."""
        return json.dumps(asdict(self._state)).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
        read = json.loads(state)
        self._state = State(
            _known(read["kept"]), [Known(**each) for each in read["before"]], _known(read["waits"]), read["repeats"], read["told"]
        )

    def _keep(self, new: Known) -> None:
        state = self._state
        if state.kept is not None and self._preferred(new, state.kept):
            state.before.append(state.kept)
            state.kept = new

    def _preferred(self, new: Known, kept: Known) -> bool:
        noise = _deviation(self._state.repeats)
        if self._better(new.fitness - kept.fitness, noise):
            return True
        tie = not self._better(kept.fitness - new.fitness, noise)
        return tie and new.size is not None and kept.size is not None and new.size < kept.size


def strict(gain: float, deviation: float) -> bool:
    """Any gain counts."""
    del deviation
    return gain > 0


def two_sigma(gain: float, deviation: float) -> bool:
    """A gain of more than two standard deviations of a difference, sqrt(2) times that of one measurement."""
    return gain > 2 * sqrt(2) * deviation


RULES: Mapping[str, Callable[[float, float], bool]] = {"strict": strict, "sigma": two_sigma, "confirmed": strict}
"""By name: whether a gain in fitness counts, where one measurement has this standard deviation."""


def _deviation(figures: list[float]) -> float:
    return statistics.stdev(figures) if len(figures) > 1 else 0.0


def _known(read: dict[str, float] | None) -> Known | None:
    return None if read is None else Known(int(read["number"]), read["fitness"], None if read["size"] is None else int(read["size"]))
