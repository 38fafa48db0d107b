"""A round: from the program that a strategy proposes to a measurement that the strategy is told of."""

from random import Random

from autolab.agents.bench import Bench, Outcome
from autolab.agents.researcher.keep import REPEATS
from autolab.agents.researcher.memory import Memory
from autolab.agents.researcher.options import Options
from autolab.agents.search.strategy import Proposal, Result, Strategy
from autolab.agents.telling import figures, outcome_text
from autolab.errors import AutolabError
from autolab.ledger.records import Origin

MENDABLE = ("build_failed", "wrong_output", "timed_out", "over_limit", "invalid")


class Rounds:
    """The strategy's side of a researcher. All that lasts is in `memory`; `save` is called after every change of it.

    A strategy is made anew for each call from what it saved, with randomness of its own, so that a continued trial
    chooses as an unbroken one does.
    """

    def __init__(self, options: Options, bench: Bench, memory: Memory) -> None:
        self._options = options
        self._bench = bench
        self._memory = memory

    def save(self) -> None:
        """Keeps the memory."""
        self._memory.steps = self._bench.status().steps
        self._memory.experiments = len(self._bench.history())
        self._bench.save(self._memory.model_dump_json().encode())

    def done(self) -> bool:
        """Whether the step that is next was done just before a break, and is not to be done again."""
        return self._bench.status().steps > self._memory.steps

    def begin(self) -> bool:
        """Lays out what the strategy proposes; False: nothing is left to try. First the starting program is measured."""
        memory, bench = self._memory, self._bench
        if memory.starts < (REPEATS if self._options.keep == "sigma" else 1):
            self._tell(Proposal(), self.measured("the starting program", None, Origin()), None)
            memory.starts += 1
            self.save()
            return True
        strategy = self._strategy("ask")
        vetoed = sorted(set(bench.status().vetoed) - set(memory.vetoed))
        for number in vetoed:
            strategy.forget(number)
        memory.vetoed = (*memory.vetoed, *vetoed)
        proposal = strategy.ask()
        memory.strategy = strategy.save()
        if proposal is None:
            return False
        if proposal.parents and not vetoed and self.done():
            pass
        elif proposal.parents:
            bench.restore(proposal.parents[0])
        else:
            for path, content in bench.task.baseline_files.items():
                bench.write(path, content)
        memory.proposal, memory.messages, memory.mending, memory.mends = proposal, (), None, 0
        memory.rounds += 1
        self.save()
        return True

    def measure(self, hypothesis: str, expected: float, model: str, rest: int) -> None:
        """The model's measurement, after which the round ends, or its state is to be mended, or to be confirmed.

        `rest`: calls after it in the same reply, which are not done.
        """
        memory = self._memory
        proposal = memory.proposal or Proposal()
        parents = proposal.parents if memory.mending is None else (memory.mending,)
        outcome = self.measured(hypothesis, expected, Origin(parents=parents, operator=model, place=proposal.place))
        memory.last = outcome_text(outcome, expected)
        if rest:
            memory.last += f"\n{rest} calls after the measure were not done: a measure ends a step."
        memory.messages, memory.calls, memory.nudges = (), (), 0
        if self._to_confirm(outcome):
            memory.waits = outcome
            self.save()
            return
        self._tell(proposal, outcome, outcome)
        if outcome.verdict in MENDABLE and outcome.of is None and memory.mends < self._options.mends:
            memory.mending, memory.mends = outcome.number, memory.mends + 1
        else:
            memory.proposal = None
        self.save()

    def confirm(self) -> None:
        """A new best once more, on fresh inputs; the worse of the two figures counts."""
        memory, first = self._memory, self._memory.waits
        assert first is not None
        origin = Origin(parents=(first.number,), operator="confirm")
        second = self.measured(f"experiment {first.number} once more, on fresh inputs", None, origin, fresh=True)
        memory.last += f"\nOn fresh inputs: {figures(second)}"
        fits = [self.fitness(each) for each in (first, second)]
        worse = first if None not in fits and min(fits) == fits[0] else second  # type: ignore[type-var]
        self._tell(memory.proposal or Proposal(), first, worse)
        memory.waits, memory.proposal = None, None
        self.save()

    def measured(self, hypothesis: str, expected: float | None, origin: Origin, *, fresh: bool = False) -> Outcome:
        """An experiment, or the one that was made just before a break and never heard of."""
        if self.done():
            return self._bench.history()[-1].outcome
        return self._bench.measure(hypothesis, expected, origin, fresh=fresh)

    def fitness(self, outcome: Outcome) -> float | None:
        """Higher is better: the score, else the metric with its sign turned if lower is better."""
        if outcome.verdict != "ok" or outcome.metric is None or outcome.score is not None:
            return outcome.score if outcome.verdict == "ok" else None
        return outcome.metric if self._bench.task.optimization.direction == "higher" else -outcome.metric

    def files(self) -> dict[str, bytes]:
        """The editable files as they are; one that is missing is left out."""
        found = {}
        for path in self._bench.task.optimization.editable:
            try:
                found[path] = self._bench.read(path)
            except (AutolabError, OSError):
                continue
        return found

    def _tell(self, proposal: Proposal, made: Outcome, figure: Outcome | None) -> None:
        """The strategy hears what became of a proposal, or of an earlier one where feedback is late.

        `figure`: the outcome whose figure counts, if not that of `made`.
        """
        memory, figure = self._memory, figure or made
        files = self.files()
        if made.of is not None:
            origin = self._bench.history()[made.of - 1].origin or Origin()
            proposal, files = Proposal(origin.parents, origin.place), {}
        if figure.verdict == "recorded":
            return
        fitness = self.fitness(figure)
        strategy = self._strategy("tell")
        strategy.tell(proposal, Result(made.of or made.number, figure.verdict, fitness, figure.metric, files or None))
        memory.strategy = strategy.save()
        if fitness is not None:
            memory.best = fitness if memory.best is None else max(memory.best, fitness)

    def _to_confirm(self, outcome: Outcome) -> bool:
        fitness, best = self.fitness(outcome), self._memory.best
        confirms = self._options.keep == "confirmed" and outcome.of is None
        return confirms and fitness is not None and (best is None or fitness > best)

    def _strategy(self, step: str) -> Strategy:
        strategy = self._options.make_strategy(Random(f"{self._bench.seed}/{step}/{self._memory.experiments}/{self._memory.rounds}"))
        if self._memory.strategy is not None:
            strategy.load(self._memory.strategy)
        return strategy
