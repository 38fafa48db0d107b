"""Evolution: MAP-elites (Mouret and Clune, arXiv 1504.04909) on islands that now and then hand their best on.

Every program with a figure stays in the database. On an island, programs are told apart by how far and in which direction
they are from the start (`cells.cell_of`); the best of each cell is a parent there.
"""

import json
from dataclasses import astuple, dataclass
from functools import partial
from random import Random
from typing import Self

from autolab.agents.bench import Bench
from autolab.agents.search.cells import cell_of, from_text, to_text
from autolab.agents.search.driver import search
from autolab.agents.search.options import number, switch, whole
from autolab.agents.search.strategy import Files, Proposal, Result
from autolab.agents.settings import Settings

EXPLOIT = 0.5
"""How often the best of an island is the parent; else its elite that was a parent least often, of those the newest."""


@dataclass(frozen=True)
class Member:
    """A program on an island. One that migrated is there twice."""

    experiment: int
    fitness: float
    cell: str
    island: int


class Islands:
    """`islands` populations in turn. After every `migration` results the best of each goes to the next one, in a ring.

    `crossover`: how often two parents are taken.
    """

    def __init__(self, rng: Random, *, islands: int = 2, migration: int = 6, crossover: float = 0.3) -> None:
        self._rng = rng
        self._islands = islands
        self._migration = migration
        self._crossover = crossover
        self._members: list[Member] = []
        self._start: Files | None = None
        self._uses: dict[int, int] = {}  # how often an experiment was the first parent
        self._turn = 0
        self._told = 0

    def ask(self) -> Proposal:
        """Parents from the island whose turn it is."""
        island = self._turn % self._islands
        self._turn += 1
        elites = self._elites(island)
        place = f"island {island + 1}"
        if not elites:
            return Proposal((), place)
        best = max(elites, key=_rank)
        first = best if self._rng.random() < EXPLOIT else min(elites, key=self._used)
        self._uses[first.experiment] = self._uses.get(first.experiment, 0) + 1
        others = [each for each in elites if each.experiment != first.experiment]
        if others and self._rng.random() < self._crossover:
            return Proposal((first.experiment, self._rng.choice(others).experiment), place)
        return Proposal((first.experiment,), place)

    def tell(self, proposal: Proposal, result: Result) -> None:
        """A program with a figure joins its island; the starting program, which has no place, joins them all."""
        if result.experiment is None or result.fitness is None or result.files is None:
            return
        if self._start is None:
            self._start = result.files
        home = proposal.place.removeprefix("island ")
        cell = cell_of(self._start, result.files)
        islands = [(int(home) - 1) % self._islands] if home.isdigit() else range(self._islands)
        self._members += [Member(result.experiment, result.fitness, cell, island) for island in islands]
        self._told += 1
        if self._told % self._migration == 0:
            self._migrate()

    def forget(self, experiment: int) -> None:
        """Gone from every island; the second best of its cell takes its place."""
        self._members = [each for each in self._members if each.experiment != experiment]

    def save(self) -> bytes:
        """The database, and whose turn it is."""
        start = None if self._start is None else to_text(self._start)
        members, uses = [astuple(each) for each in self._members], list(self._uses.items())
        return json.dumps([members, start, uses, self._turn, self._told]).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
        members, start, uses, self._turn, self._told = json.loads(state)
        self._uses = dict(uses)
        self._members = [Member(*fields) for fields in members]
        self._start = None if start is None else from_text(start)

    def _elites(self, island: int) -> list[Member]:
        """The best of each cell, in the order in which cells were found."""
        found: dict[str, Member] = {}
        for each in self._members:
            if each.island == island and (each.cell not in found or _rank(each) > _rank(found[each.cell])):
                found[each.cell] = each
        return list(found.values())

    def _used(self, member: Member) -> tuple[int, int]:
        return self._uses.get(member.experiment, 0), -member.experiment

    def _migrate(self) -> None:
        best = [max(self._elites(island), key=_rank, default=None) for island in range(self._islands)]
        for island, each in enumerate(best):
            to = (island + 1) % self._islands
            if each is not None and not any(o.experiment == each.experiment and o.island == to for o in self._members):
                self._members.append(Member(each.experiment, each.fitness, each.cell, to))


def _rank(member: Member) -> tuple[float, int]:
    """Of equals the newer one, which wanders over a plateau."""
    return member.fitness, member.experiment


class Evolve:
    """`evolve`. Options: `islands` (2), `migration` (6), `crossover` (0.3), `cascade` (yes)."""

    def __init__(self, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        options = settings.only("islands", "migration", "crossover", "cascade")
        self.name = settings.named("evolve")
        self._strategy = partial(
            Islands,
            islands=whole(options, "islands", 2, 1, 100),
            migration=whole(options, "migration", 6, 1, 10_000),
            crossover=number(options, "crossover", 0.3, 0, 1),
        )
        self._cascade = switch(options, "cascade", default=True)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """As typed after -a."""
        return cls(settings)

    def run(self, bench: Bench) -> None:
        """Evolves until the budget is spent."""
        search(bench, self._strategy, cascade=self._cascade)
