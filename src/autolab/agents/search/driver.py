"""Runs a strategy and a maker on a bench: ask, make, perhaps check, measure, tell, save."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from random import Random

from autolab.agents.bench import Bench, Outcome
from autolab.agents.search.cascade import Cascade
from autolab.agents.search.mutator import Mutator
from autolab.agents.search.strategy import Child, Files, Maker, Proposal, Result, Strategy
from autolab.ledger.records import Origin

MakeStrategy = Callable[[Random], Strategy]
MakeMaker = Callable[[Files, Random], Maker]
"""From the starting program's files and the search's randomness."""

FULL_GAIN = 0.01
"""A gain of one per cent of the metric earns its operator full credit; less earns a part."""

STARTS = 3
"""Measures of the starting program at most: without its figure any working mutant would pass for a gain."""

BARREN = 30
"""Proposals in a row that lead to no experiment, after which the search ends."""


def search(bench: Bench, strategy: MakeStrategy, maker: MakeMaker = Mutator, *, cascade: bool = False) -> None:
    """Searches until the budget is spent or nothing is left to try. A continued trial goes on where it was.

    `cascade`: programs that do not parse, build or run on one small case are not measured; see `cascade.Cascade`.
    """
    _Search(bench, strategy, maker, cascade=cascade).run()


class _Search:
    def __init__(self, bench: Bench, strategy: MakeStrategy, maker: MakeMaker, *, cascade: bool) -> None:
        self._bench = bench
        self._start: Files = dict(bench.task.baseline_files)
        rng = Random(f"{bench.seed}/{bench.status().experiments}")
        self._strategy = strategy(rng)
        self._maker = maker(self._start, rng)
        self._cascade = Cascade(bench, self._start) if cascade else None
        self._proposed: dict[int, tuple[Proposal, str]] = {}  # with the operator, by experiment; not told of yet
        self._results: dict[int, Result] = {}
        self._files: dict[int, Files] = {}
        self._heard = 0  # answers taken in, one for each experiment
        self._forgotten: set[int] = set()
        self._starting: int | None = None  # an experiment of the starting program

    def run(self) -> None:
        self._catch_up()
        if all(past.outcome.verdict == "lab_error" for past in self._bench.history()):
            self._measure_start()
        barren = 0
        while barren < BARREN:
            self._forget_vetoed()
            if (proposal := self._strategy.ask()) is None:
                break
            barren = 0 if self._step(proposal) else barren + 1

    def _step(self, proposal: Proposal) -> bool:
        """Whether an experiment was made."""
        child = self._maker.make(proposal, [self._files_of(each) for each in proposal.parents] or [self._start])
        if child is None:
            self._strategy.tell(proposal, Result(None, "spent"))
            return False
        self._lay_out(proposal.parents[0] if proposal.parents else self._starting, child.files)
        if self._cascade is not None and (failed := self._cascade.failure(child.files)) is not None:
            self._bench.note(f"not measured, {failed.stage}: {child.hypothesis}")
            self._maker.learn(child.operator, 0.0, built=failed.verdict != "build_failed")
            self._strategy.tell(proposal, Result(None, failed.verdict, files=child.files))
            self._save()
            return False
        self._measure(proposal, child)
        return True

    def _measure_start(self) -> None:
        """Asked for again where the lab failed."""
        for _ in range(STARTS):
            if self._measure(Proposal(), Child(self._start, "the starting program", "")).verdict != "lab_error":
                break

    def _measure(self, proposal: Proposal, child: Child) -> Outcome:
        parents = proposal.parents if child.of is None else child.of
        origin = Origin(parents=parents, operator=child.operator, place=proposal.place)
        outcome = self._bench.measure(child.hypothesis, child.expected, origin)
        self._files[outcome.number] = child.files
        self._hear(outcome, proposal, child.operator)
        self._save()
        return outcome

    def _hear(self, outcome: Outcome, proposal: Proposal, operator: str, *, anew: bool = True) -> None:
        """Takes in the answer to an experiment, which may be about an earlier one, or about none.

        Not `anew`: what strategy and maker learnt from it they have in their saved state.
        """
        self._heard += 1
        self._proposed[outcome.number] = (proposal, operator)
        if not operator and not proposal.parents:
            self._starting = outcome.number
        number = outcome.of or outcome.number
        if outcome.verdict == "recorded" or number not in self._proposed:
            return
        about, operator = self._proposed.pop(number)
        result = Result(number, outcome.verdict, self._fitness(outcome), outcome.metric)
        self._results[number] = result
        if anew:
            self._learn(operator, result, self._results.get(about.parents[0] if about.parents else self._starting or 0))
            self._strategy.tell(about, replace(result, files=self._files_of(number)))

    def _learn(self, operator: str, result: Result, before: Result | None) -> None:
        """Credit for an operator; a lab error tells nothing about it."""
        if not operator or result.verdict == "lab_error":
            return
        worth = gain(result, before)
        self._maker.learn(operator, worth, built=result.verdict != "build_failed")

    def _fitness(self, outcome: Outcome) -> float | None:
        if outcome.verdict != "ok" or outcome.metric is None or outcome.score is not None:
            return outcome.score if outcome.verdict == "ok" else None
        return outcome.metric if self._bench.task.optimization.direction == "higher" else -outcome.metric

    def _files_of(self, number: int) -> Files:
        if number not in self._files:
            self._bench.restore(number)
            self._files[number] = {path: self._bench.read(path) for path in self._start}
        return self._files[number]

    def _lay_out(self, parent: int | None, files: Files) -> None:
        """The files as a state that comes from its parent, so that the trial's history has the lineage, too."""
        if parent is not None:
            self._bench.restore(parent)
        before = self._files_of(parent) if parent is not None else {}
        for path, content in files.items():
            if before.get(path) != content:
                self._bench.write(path, content)

    def _forget_vetoed(self) -> None:
        for number in set(self._bench.status().vetoed) - self._forgotten:
            self._forgotten.add(number)
            self._strategy.forget(number)

    def _save(self) -> None:
        parts = {"strategy": self._strategy.save(), "maker": self._maker.save()}
        kept = {name: base64.b64encode(state).decode() for name, state in parts.items()}
        self._bench.save(json.dumps({"heard": self._heard, **kept}).encode())

    def _catch_up(self) -> None:
        """What was saved, and every answer that came after it."""
        history, saved = self._bench.history(), self._bench.saved()
        kept = 0
        if saved is not None and (state := json.loads(saved))["heard"] <= len(history):
            kept = state["heard"]
            self._strategy.load(base64.b64decode(state["strategy"]))
            self._maker.load(base64.b64decode(state["maker"]))
        for at, past in enumerate(history):
            origin = past.origin or Origin()
            self._hear(past.outcome, Proposal(origin.parents, origin.place), origin.operator, anew=at >= kept)


def gain(result: Result, before: Result | None) -> float:
    """The credit, 0 to 1, for having come to `result` from `before`. Any figure is a gain where there was none."""
    if result.fitness is None:
        return 0.0
    if before is None or before.fitness is None:
        return 1.0
    if result.fitness <= before.fitness:
        return 0.0
    if result.metric is None or not before.metric:
        return 1.0
    return min(1.0, abs(result.metric / before.metric - 1.0) / FULL_GAIN)

