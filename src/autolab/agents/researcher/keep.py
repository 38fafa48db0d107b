"""Keep or discard: the next round starts from the state that is kept. When a new one is, is a rule that knows noise.

- `strict`: the figure is better.
- `sigma`: it is better by more than two standard deviations of a difference of two measurements. The spread comes from
  the starting program, which is measured several times.
- `confirmed`: the researcher measures a new best once more on fresh inputs, and the worse of the two figures is what any
  strategy is told; then as `strict`.

Of two states that the rule cannot tell apart the one with fewer bytes is kept: simplicity breaks ties.
"""

import json
import statistics
from dataclasses import asdict, dataclass, field
from math import sqrt
from random import Random

from autolab.agents.search.strategy import Files, Proposal, Result

RULES = ("strict", "sigma", "confirmed")

REPEATS = 3
"""Measurements of the starting program under the rule `sigma`: the fewest that have a spread worth the name."""


@dataclass(frozen=True)
class Known:
    """An experiment that has a figure. `size`: bytes of the editable files, None where they are not known."""

    number: int
    fitness: float
    size: int | None


@dataclass
class State:
    """All that the strategy knows. `kept`: newest last; `starts`: figures of the starting program, which `start` tells apart."""

    kept: list[Known] = field(default_factory=list)
    start: int | None = None
    starts: list[float] = field(default_factory=list)


class Keep:
    """Implements the search's `Strategy`."""

    def __init__(self, rng: Random, rule: str = "strict") -> None:
        del rng  # nothing to choose
        self._sigmas = 2 * sqrt(2) if rule == "sigma" else 0.0  # sqrt(2): of a difference of two measurements
        self._state = State()

    def ask(self) -> Proposal | None:
        """From the kept state, for ever."""
        kept = self._state.kept
        return Proposal((kept[-1].number,)) if kept else Proposal()

    def tell(self, proposal: Proposal, result: Result) -> None:
        """Keeps or discards."""
        del proposal
        state = self._state
        if result.experiment is None or result.fitness is None:
            return
        state.start = _digest(result.files) if state.start is None else state.start
        if result.files is not None and _digest(result.files) == state.start:
            state.starts.append(result.fitness)
        new = Known(result.experiment, result.fitness, None if result.files is None else sum(map(len, result.files.values())))
        if not state.kept or self._preferred(new, state.kept[-1]):
            state.kept.append(new)

    def forget(self, experiment: int) -> None:
        """The one kept before it comes back."""
        self._state.kept = [each for each in self._state.kept if each.number != experiment]

    def save(self) -> bytes:
        """The state as JSON."""
        return json.dumps(asdict(self._state)).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
        read = json.loads(state)
        self._state = State([Known(**each) for each in read["kept"]], read["start"], read["starts"])

    def _preferred(self, new: Known, kept: Known) -> bool:
        """Better by more than noise; or no worse than noise, and smaller."""
        starts = self._state.starts
        noise = self._sigmas * (statistics.stdev(starts) if len(starts) > 1 else 0.0)
        if new.fitness - kept.fitness > noise:
            return True
        tie = kept.fitness - new.fitness <= noise
        return tie and new.size is not None and kept.size is not None and new.size < kept.size


def _digest(files: Files | None) -> int | None:
    """Tells the starting program from others; the same in every process."""
    import zlib

    return None if files is None else zlib.crc32(repr(sorted(files.items())).encode())
