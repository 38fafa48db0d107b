"""What every Strategy must do, as tests that anyone can run on one's own:

from autolab.agents.search.contract import StrategyContract
from my_search import MyStrategy

class TestMyStrategy(StrategyContract):
make_strategy = MyStrategy   # called with a random.Random
"""

from collections.abc import Callable, Iterator
from copy import copy
from random import Random
from typing import Literal, get_args

from autolab.agents.search.strategy import Files, Proposal, Result, Strategy
from autolab.ledger.records import Verdict

ROUNDS = 40

FAILURES = tuple(verdict for verdict in get_args(Verdict) if verdict != "ok")


class StrategyContract:
    """Plays the driver's part with made-up figures; no bench, no program."""

    make_strategy: Callable[[Random], Strategy]

    def test_starts_from_the_starting_program(self) -> None:
        """While nothing is known there are no parents."""
        asked = self._made().ask()
        assert asked is not None
        assert asked.parents == ()

    def test_takes_only_parents_that_have_a_figure(self) -> None:
        """An experiment that failed, or was never made, is no parent; every parent is named once."""
        for seed in range(5):
            game = _Game(self._made(seed), seed)
            for proposal in game.play(ROUNDS):
                assert set(proposal.parents) <= set(game.figures), f"{proposal} of {sorted(game.figures)}"
                assert len(set(proposal.parents)) == len(proposal.parents)
                assert proposal.steps >= 1

    def test_repeats_itself_for_one_seed(self) -> None:
        """All randomness comes from the `Random` that it was made with."""
        first, second = (list(_Game(self._made(3), 1).play(ROUNDS)) for _ in range(2))
        assert first == second

    def test_answers_before_it_is_told(self) -> None:
        """Results come late, or never: ask has an answer, and takes what comes in any order."""
        strategy = self._made()
        asked = [strategy.ask() for _ in range(ROUNDS)]
        assert all(each is not None and each.parents == () for each in asked)
        for number, each in reversed(list(enumerate(asked, 1))):
            if each is not None:
                strategy.tell(each, _result(number, 1.0 / number))
        assert strategy.ask() is not None

    def test_survives_failures(self) -> None:
        """With no figure ever, it goes on from the start, or ends."""
        for verdict in FAILURES:
            strategy = self._made()
            strategy.tell(Proposal(), Result(1, verdict))
            for number in range(2, ROUNDS):
                proposal = strategy.ask()
                if proposal is None:
                    break
                assert proposal.parents == ()
                strategy.tell(proposal, Result(number, verdict))

    def test_takes_that_nothing_new_is_left(self) -> None:
        """Told `spent` for ever, it ends or goes on asking; it does not break."""
        strategy = _Game(self._made(), 1).after(5)
        for _ in range(ROUNDS):
            if (proposal := strategy.ask()) is None:
                break
            strategy.tell(proposal, Result(None, "spent"))

    def test_never_goes_on_from_what_it_must_forget(self) -> None:
        """A vetoed experiment is no parent, were it the best, the last, or never told of."""
        for seed in range(5):
            strategy = self._made(seed)
            game = _Game(strategy, seed)
            for _ in game.play(ROUNDS // 2):
                pass
            best = max(game.figures, key=lambda number: game.figures[number])
            for number in (best, game.number, game.number + 1000):
                strategy.forget(number)
                game.figures.pop(number, None)
            for proposal in game.play(ROUNDS // 2):
                assert set(proposal.parents) <= set(game.figures)

    def test_can_forget_everything(self) -> None:
        """Then there are no parents any more."""
        game = _Game(strategy := self._made(), 1)
        for _ in game.play(ROUNDS // 2):
            pass
        for number in range(1, game.number + 1):
            strategy.forget(number)
        after = strategy.ask()
        assert after is None or after.parents == ()

    def test_goes_on_from_its_saved_state(self) -> None:
        """A fresh one that loaded the state does what the old one does, told the same, with the same randomness."""
        for rounds in (0, 1, 7, ROUNDS):
            game = _Game(self._made(2), 2)
            for _ in game.play(rounds):
                pass
            state = game.strategy.save()
            assert isinstance(state, bytes)
            randomness = [Random(9), Random(9)]
            ends = []
            for random in randomness:
                strategy = type(self).make_strategy(random)
                strategy.load(state)
                ends.append(list(game.gone_on_with(strategy).play(10)))
            assert ends[0] == ends[1], "a loaded strategy is not the same twice"
            again = self._made()
            again.load(state)
            assert again.save() == state

    def _made(self, seed: int = 1) -> Strategy:
        return type(self).make_strategy(Random(seed))


class _Game:
    """Asks and tells. Two thirds of the results have a figure, the start always does."""

    def __init__(self, strategy: Strategy, seed: int) -> None:
        self.strategy = strategy
        self.figures: dict[int, float] = {}
        self.number = 0
        self._seed = seed
        self._tell(Proposal(), "ok")

    def after(self, rounds: int) -> Strategy:
        for _ in self.play(rounds):
            pass
        return self.strategy

    def gone_on_with(self, strategy: Strategy) -> "_Game":
        """The same game from here with another strategy, which knows of it."""
        game = copy(self)
        game.strategy, game.figures = strategy, dict(self.figures)
        return game

    def play(self, rounds: int) -> Iterator[Proposal]:
        for _ in range(rounds):
            if (proposal := self.strategy.ask()) is None:
                return
            yield proposal
            chance = Random(f"{self._seed}/{self.number}").random()
            if chance < 0.1:
                self.strategy.tell(proposal, Result(None, "build_failed", files=_files(0)))
            else:
                self._tell(proposal, "ok" if chance < 0.7 else "wrong_output")

    def _tell(self, proposal: Proposal, verdict: Literal["ok", "wrong_output"]) -> None:
        self.number += 1
        if verdict == "ok":
            self.figures[self.number] = round(Random(f"{self._seed}/figure/{self.number}").random(), 1)
            self.strategy.tell(proposal, _result(self.number, self.figures[self.number]))
        else:
            self.strategy.tell(proposal, Result(self.number, verdict, files=_files(self.number)))


def _result(number: int, fitness: float) -> Result:
    return Result(number, "ok", fitness, -fitness, _files(number))


def _files(number: int) -> Files:
    return {"solve.c": b"int f(void) { return 1; }\n" + b"// more\n" * (number % 7)}
