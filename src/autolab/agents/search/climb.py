"""Hill climbing: change the best program a little, measure, keep what is better. No model, no key, no task knowledge."""

import json
from random import Random

from autolab.agents.bench import Bench
from autolab.agents.search.driver import search
from autolab.agents.search.strategy import Proposal, Result


class Climbing:
    """Keep or discard: the next program is always made of the best so far. Ends when nothing new is near it."""

    def __init__(self, rng: Random) -> None:
        del rng  # nothing to choose
        self._known: dict[int, float] = {}
        self._spent = False

    def ask(self) -> Proposal | None:
        """The best, of equals the earliest; the starting program while nothing has a figure."""
        if self._spent:
            return None
        best = max(self._known, key=lambda number: (self._known[number], -number), default=None)
        return Proposal() if best is None else Proposal((best,))

    def tell(self, proposal: Proposal, result: Result) -> None:
        """Remembers what has a figure."""
        del proposal
        self._spent = result.verdict == "spent"
        if result.experiment is not None and result.fitness is not None:
            self._known[result.experiment] = result.fitness

    def forget(self, experiment: int) -> None:
        """It is no best."""
        self._known.pop(experiment, None)

    def save(self) -> bytes:
        """Figures by experiment."""
        return json.dumps(list(self._known.items())).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
        self._known = dict(json.loads(state))


class Climb:
    """Keep or discard over the syntactic mutations of `mutate/`, weighted by what they have brought so far."""

    name = "climb"

    def run(self, bench: Bench) -> None:
        """Climbs until the budget is spent or nothing new is found. A continued trial goes on from its best."""
        search(bench, Climbing)
