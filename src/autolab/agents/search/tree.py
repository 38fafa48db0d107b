"""Best-first tree search with back-tracking: go on from the best program, and turn back where its children bring nothing."""

import json
from dataclasses import dataclass
from functools import partial
from random import Random
from statistics import median
from typing import Self

from autolab.agents.bench import Bench
from autolab.agents.search.driver import search
from autolab.agents.search.options import switch, whole
from autolab.agents.search.strategy import Proposal, Result
from autolab.agents.settings import Settings


@dataclass
class Node:
    """A program with a figure. `asked` and `told` are counts of its children; a late answer leaves them apart."""

    fitness: float
    depth: int
    asked: int = 0
    told: int = 0
    closed: bool = False  # nothing new is near it


class BestFirst:
    """Expands the node of the highest worth: fitness, less one usual difference for every `width` children it has had.

    The usual difference is the median of those seen between child and parent. So a node that keeps failing falls behind
    its siblings and ancestors, and is come back to when they have failed as often. Of equals the newest is taken, which
    wanders over a plateau.
    """

    def __init__(self, rng: Random, *, width: int = 5) -> None:
        del rng  # nothing is left to chance but the maker's part
        self._width = width
        self._nodes: dict[int, Node] = {}
        self._differences: list[float] = []
        self._spent = False

    def ask(self) -> Proposal | None:
        """A child of the node of the highest worth."""
        usual = median(self._differences) if self._differences else 0.0
        free = {number: node for number, node in self._nodes.items() if not node.closed}
        if not free:
            return None if self._spent else Proposal()
        number = max(free, key=lambda each: (*self._worth(free[each], usual), each))
        free[number].asked += 1
        return Proposal((number,), f"depth {free[number].depth + 1}")

    def tell(self, proposal: Proposal, result: Result) -> None:
        """A program with a figure becomes a node."""
        parent = self._nodes.get(proposal.parents[0]) if proposal.parents else None
        if result.verdict == "spent":
            self._spent = True
            if parent is not None:
                parent.closed = True
            return
        if parent is not None:
            parent.told += 1
        if result.experiment is None or result.fitness is None:
            return
        depth = 0 if parent is None else parent.depth + 1
        self._nodes[result.experiment] = Node(result.fitness, depth)
        if parent is not None and result.fitness != parent.fitness:
            self._differences.append(abs(result.fitness - parent.fitness))

    def forget(self, experiment: int) -> None:
        """No node any more; what was made of it stays."""
        self._nodes.pop(experiment, None)

    def save(self) -> bytes:
        """The nodes."""
        nodes = [[number, *vars(node).values()] for number, node in self._nodes.items()]
        return json.dumps([nodes, self._differences, self._spent]).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave. Answers that were still out are not waited for."""
        nodes, self._differences, self._spent = json.loads(state)
        self._nodes = {number: Node(*fields) for number, *fields in nodes}

    def _worth(self, node: Node, usual: float) -> tuple[float, int]:
        rounds = max(node.asked, node.told) // self._width
        return node.fitness - usual * rounds, -rounds


class Tree:
    """`tree`. Options: `width` (5), `cascade` (no)."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        options = settings.only("width", "cascade")
        self.name = settings.named("tree")
        self._strategy = partial(BestFirst, width=whole(options, "width", 5, 1, 1000))
        self._cascade = switch(options, "cascade", default=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """As typed after -a."""
        return cls(settings)

    def run(self, bench: Bench) -> None:
        """Expands nodes until the budget is spent or nothing new is found."""
        search(bench, self._strategy, cascade=self._cascade)
