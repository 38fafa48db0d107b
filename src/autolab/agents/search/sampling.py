"""Random search: programs one to four mutations away from the start. It learns nothing: the floor for every other agent."""

from functools import partial
from random import Random
from typing import Self

from autolab.agents.bench import Bench
from autolab.agents.search.driver import search
from autolab.agents.search.mutator import Mutator
from autolab.agents.search.options import switch
from autolab.agents.search.strategy import Proposal, Result
from autolab.agents.settings import Settings

STEPS, STEP_WEIGHTS = (1, 2, 3, 4), (8, 4, 2, 1)


class Sampling:
    """Proposes the starting program, again and again, whatever it is told."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def ask(self) -> Proposal:
        """From the start, half of the time with one mutation, else with up to four."""
        return Proposal(steps=self._rng.choices(STEPS, STEP_WEIGHTS)[0])

    def tell(self, proposal: Proposal, result: Result) -> None:
        """Not listened to."""

    def forget(self, experiment: int) -> None:
        """Nothing is remembered."""

    def save(self) -> bytes:
        """Nothing."""
        return b""

    def load(self, state: bytes) -> None:
        """Nothing."""


class RandomSearch:
    """`random`. Option: `cascade` (no)."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        options = settings.only("cascade")
        self.name = settings.named("random")
        self._cascade = switch(options, "cascade", default=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """As typed after -a."""
        return cls(settings)

    def run(self, bench: Bench) -> None:
        """Samples until the budget is spent."""
        search(bench, Sampling, partial(Mutator, learning=False), cascade=self._cascade)
