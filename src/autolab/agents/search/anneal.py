"""Simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983) on programs, with a temperature that fits itself."""

import json
import math
from functools import partial
from random import Random
from statistics import median
from typing import Self

from autolab.agents.bench import Bench
from autolab.agents.search.driver import search
from autolab.agents.search.options import number, switch
from autolab.agents.search.strategy import Proposal, Result
from autolab.agents.settings import Settings

PATIENCE = 10
"""Results in a row that were not taken, after which the walk goes on from the best so far."""


class Annealing:
    """A walk that takes a worse program with probability exp(-loss / temperature); an equal or a better one always.

    The temperature is `heat` times the usual difference between neighbours (the median of those seen), so no scale of
    the metric has to be known, and it shrinks by the factor `cooling` with each program that has a figure.
    """

    def __init__(self, rng: Random, *, heat: float = 0.5, cooling: float = 0.9) -> None:
        self._rng = rng
        self._heat = heat
        self._cooling = cooling
        self._known: dict[int, float] = {}
        self._at: int | None = None
        self._differences: list[float] = []
        self._refused = 0  # in a row
        self._closed: set[int] = set()  # nothing new is near them

    def ask(self) -> Proposal | None:
        """A step from where the walk is."""
        if self._at in self._closed or self._refused >= PATIENCE:
            self._at, self._refused = self._best(), 0
        if self._at is not None:
            return Proposal((self._at,))
        return None if self._closed else Proposal()

    def tell(self, proposal: Proposal, result: Result) -> None:
        """Takes the step, or not."""
        if result.verdict == "spent":
            self._closed |= set(proposal.parents[:1]) or {0}
        if result.experiment is None or result.fitness is None:
            self._refused += 1
            return
        self._known[result.experiment] = result.fitness
        if self._at is None or self._takes(result.fitness - self._known[self._at]):
            self._at, self._refused = result.experiment, 0
        else:
            self._refused += 1

    def forget(self, experiment: int) -> None:
        """The walk does not come by it again."""
        self._known.pop(experiment, None)
        if self._at == experiment:
            self._at = self._best()

    def save(self) -> bytes:
        """Where the walk is, and what was seen."""
        state = [list(self._known.items()), self._at, self._differences, self._refused, sorted(self._closed)]
        return json.dumps(state).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
        known, self._at, self._differences, self._refused, closed = json.loads(state)
        self._known, self._closed = dict(known), set(closed)

    def _takes(self, gain: float) -> bool:
        steps = len(self._known)
        if gain != 0:
            self._differences.append(abs(gain))
        if gain >= 0:
            return True
        temperature = self._heat * median(self._differences) * self._cooling**steps
        return temperature > 0 and self._rng.random() < math.exp(gain / temperature)

    def _best(self) -> int | None:
        free = [each for each in self._known if each not in self._closed]
        return max(free, key=lambda each: (self._known[each], -each), default=None)


class Anneal:
    """`anneal`. Options: `heat` (0.5), `cooling` (0.9), `cascade` (no)."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        options = settings.only("heat", "cooling", "cascade")
        self.name = settings.named("anneal")
        heat, cooling = number(options, "heat", 0.5, 0, 100), number(options, "cooling", 0.9, 0, 1)
        self._strategy = partial(Annealing, heat=heat, cooling=cooling)
        self._cascade = switch(options, "cascade", default=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """As typed after -a."""
        return cls(settings)

    def run(self, bench: Bench) -> None:
        """Walks until the budget is spent or nothing new is found."""
        search(bench, self._strategy, cascade=self._cascade)
