"""What the controls share: a base that they work from, and one experiment at a time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from autolab.agents.bench import Bench, Outcome
from autolab.agents.controls.space import Files, Space, space_of
from autolab.ledger.records import Origin


@dataclass(frozen=True)
class Figure:
    """How good a state is as the agent was told: its score where there is one, and its metric."""

    score: float | None
    metric: float | None

    def beats(self, other: "Figure", direction: str) -> bool:
        """Strictly better; a state without a figure is worse than any with one."""
        if self.score is not None and other.score is not None:
            return self.score > other.score
        if self.metric is None or other.metric is None:
            return self.metric is not None
        return self.metric < other.metric if direction == "lower" else self.metric > other.metric


@dataclass(frozen=True)
class Base:
    """A measured state: its files, its figure, and the experiment it was measured in (None: never ok)."""

    files: Files
    figure: Figure
    number: int | None = None


@dataclass
class Habit:
    """What one kind of change brought so far, in logarithms: what to expect of the next."""

    brought: list[float] = field(default_factory=list)

    def expected(self) -> float:
        """The typical factor; 1 while nothing is known."""
        return math.exp(sum(self.brought) / len(self.brought)) if self.brought else 1.0

    def learn(self, before: Figure, after: Figure, direction: str) -> None:
        """Takes one measured change into account; a failure teaches no factor."""
        if before.metric and after.metric:
            ratio = before.metric / after.metric if direction == "lower" else after.metric / before.metric
            if ratio > 0:
                self.brought.append(math.log(ratio))


class Work:
    """One control at work in a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.direction = bench.task.optimization.direction
        self.space: Space = space_of(bench.task)
        self.rng = Random(f"{bench.seed}/{bench.status().experiments}")

    def begin(self) -> Base:
        """The best so far where a trial is continued, else the starting program, measured."""
        status = self.bench.status()
        if status.best_experiment is not None:
            self.bench.restore(status.best_experiment)
            return Base(self._files(), Figure(status.best_score, status.best_metric), status.best_experiment)
        return self.measure(self._files(), "the starting program", None, None)

    def measure(self, files: Files, words: str, came_from: Base | None, expected: float | None, operator: str = "") -> Base:
        """One experiment on these files."""
        for path, content in files.items():
            self.bench.write(path, content)
        parents = (came_from.number,) if came_from is not None and came_from.number is not None else ()
        outcome = self.bench.measure(words, expected, Origin(parents=parents, operator=operator) if parents else None)
        return Base(files, figure(outcome), outcome.number if outcome.verdict == "ok" else None)

    def beats(self, new: Base, old: Base) -> bool:
        """Strictly better."""
        return new.figure.beats(old.figure, self.direction)

    def _files(self) -> Mapping[str, bytes]:
        return {path: self.bench.read(path) for path in self.bench.task.baseline_files}


def figure(outcome: Outcome) -> Figure:
    """What an outcome says of a state."""
    return Figure(outcome.score, outcome.metric) if outcome.verdict == "ok" else Figure(None, None)
