"""The contract, run on every built-in strategy and on one that breaks it."""

from random import Random

import pytest

from autolab.agents.search.anneal import Annealing
from autolab.agents.search.climb import Climbing
from autolab.agents.search.contract import StrategyContract
from autolab.agents.search.evolve import Islands
from autolab.agents.search.sampling import Sampling
from autolab.agents.search.strategy import Proposal, Result
from autolab.agents.search.tree import BestFirst


class TestSampling(StrategyContract):
    make_strategy = Sampling


class TestClimbing(StrategyContract):
    make_strategy = Climbing


class TestAnnealing(StrategyContract):
    make_strategy = Annealing


class TestIslands(StrategyContract):
    make_strategy = Islands


class TestBestFirst(StrategyContract):
    make_strategy = BestFirst


class Careless(Sampling):
    """Goes on from the last experiment, whatever became of it, and saves nothing."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._last = ()

    def ask(self) -> Proposal:
        return Proposal(self._last, steps=Random().randrange(1, 1 << 30))

    def tell(self, proposal: Proposal, result: Result) -> None:
        self._last = (result.experiment or 1,)


@pytest.mark.parametrize(
    "test",
    [
        "test_takes_only_parents_that_have_a_figure",
        "test_repeats_itself_for_one_seed",
        "test_survives_failures",
        "test_never_goes_on_from_what_it_must_forget",
        "test_can_forget_everything",
        "test_goes_on_from_its_saved_state",
    ],
)
def test_the_contract_finds_strategies_that_break_it(test: str) -> None:
    contract = type("Broken", (StrategyContract,), {"make_strategy": Careless})()
    with pytest.raises(AssertionError):
        getattr(contract, test)()
