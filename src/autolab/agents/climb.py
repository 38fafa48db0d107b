"""Hill climbing: change the best program a little, measure, keep what is better. No model, no key, no task knowledge."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from autolab.agents.bench import Bench, Outcome
from autolab.agents.credit import Credit
from autolab.agents.mutate.change import Mutation
from autolab.agents.mutate.operators import WEIGHTS, mutate
from autolab.agents.mutate.syntax import language_of

PROPOSALS = 200
"""Proposals in a row that bring nothing new, after which the neighbourhood counts as searched."""

FULL_GAIN = 0.01
"""A gain of one per cent of the metric earns its operator full credit; less earns a part."""

STARTS = 3
"""Measures of the starting program at most: without its figure any working mutant would pass for a gain."""


@dataclass(frozen=True)
class Figure:
    """How good a state is: its score where there is one (cases may differ between measures), and its metric."""

    score: float | None
    metric: float | None

    def beats(self, other: "Figure", direction: str) -> bool:
        """Strictly better; a state without a figure is worse than any with one."""
        if self.score is not None and other.score is not None:
            return self.score > other.score
        if self.metric is None or other.metric is None:
            return self.metric is not None
        return self.metric < other.metric if direction == "lower" else self.metric > other.metric

    def worth(self, before: "Figure") -> float:
        """The credit, 0 to 1, for having come here from `before`, which this one beats."""
        if self.metric is None or not before.metric:
            return 1.0
        return min(1.0, abs(self.metric / before.metric - 1.0) / FULL_GAIN)


class Climb:
    """Keep or discard over the syntactic mutations of `mutate/`, weighted by what they have brought so far."""

    name = "climb"

    def run(self, bench: Bench) -> None:
        """Climbs until the budget is spent or nothing new is found. A continued trial goes on from its best."""
        status = bench.status()
        rng = Random(f"{bench.seed}/{status.experiments}")
        if status.best_experiment is not None:
            bench.restore(status.best_experiment)
        files = {path: bench.read(path) for path in bench.task.baseline_files}
        best = Figure(status.best_score, status.best_metric)
        if status.best_experiment is None:
            best = _start(bench)
        credit, tried = Credit(WEIGHTS), {_digest(files)}
        while (step := _propose(files, credit, tried, rng)) is not None:
            path, mutation = step
            bench.write(path, mutation.content)
            outcome = bench.measure(f"{path} {mutation.description}")
            figure = _figure(outcome)
            gained = figure.beats(best, bench.task.optimization.direction)
            if outcome.verdict != "lab_error":  # which tells nothing about the mutation
                worth = figure.worth(best) if gained else 0.0
                credit.learn(mutation.operator, worth=worth, built=outcome.verdict != "build_failed")
            if gained:
                best, files[path] = figure, mutation.content
            else:
                bench.write(path, files[path])


def _start(bench: Bench) -> Figure:
    """The starting program's figure, asked for again where the lab failed."""
    for _ in range(STARTS):
        outcome = bench.measure("the starting program")
        if outcome.verdict != "lab_error":
            break
    return _figure(outcome)


def _propose(files: Mapping[str, bytes], credit: Credit, tried: set[str], rng: Random) -> tuple[str, Mutation] | None:
    """A file and a mutation of it that leads to a state not tried before. Larger files come up more often."""
    if not files:
        return None
    sizes = [len(content) + 1 for content in files.values()]
    for _ in range(PROPOSALS):
        path = rng.choices(list(files), sizes)[0]
        mutation = mutate(files[path], language_of(path), rng, credit.weights())
        if mutation is None:
            continue
        state = _digest({**files, path: mutation.content})
        if state not in tried:
            tried.add(state)
            return path, mutation
    return None


def _figure(outcome: Outcome) -> Figure:
    return Figure(outcome.score, outcome.metric) if outcome.verdict == "ok" else Figure(None, None)


def _digest(files: Mapping[str, bytes]) -> str:
    state = hashlib.sha256()
    for path, content in sorted(files.items()):
        state.update(f"{path}\0{len(content)}\0".encode() + content)
    return state.hexdigest()
