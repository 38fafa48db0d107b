"""The two Protocols of a search: a Strategy says from which experiments to go on, a Maker makes the next program of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from autolab.ledger.records import Verdict

Files = Mapping[str, bytes]
"""The editable files by path."""


@dataclass(frozen=True)
class Proposal:
    """Where the next program comes from.

    `parents`: numbers of experiments, the first of which is changed; none stands for the starting program. `place`: the
    island, cell or branch, for the ledger. `steps`: how many changes in a row.
    """

    parents: tuple[int, ...] = ()
    place: str = ""
    steps: int = 1


@dataclass(frozen=True)
class Result:
    """What became of a proposal.

    `experiment` is None where none was made: a cheap check stopped the program (`verdict` says how), or nothing new could
    be made of these parents (verdict `spent`). `fitness`: higher is better, None where no figure is known. It is the
    score; where there is none the metric, with its sign turned if lower is better. `metric`: the raw figure.
    """

    experiment: int | None
    verdict: Verdict | Literal["spent"]
    fitness: float | None = None
    metric: float | None = None
    files: Files | None = None


class Strategy(Protocol):
    """Chooses parents. It never sees a bench or a model: numbers of experiments in, numbers of experiments out.

    The driver tells the starting program's result first. A result may come late (several asks before the first tell) or
    never, so `ask` must have an answer at any time; `Proposal()` is always one. All randomness comes from the `Random`
    that it was made with. Its test-suite is `autolab.agents.search.contract`.

    How the program is made of the parents is not its concern: that is a `Maker`. `mutate.Mutator` makes it by syntactic
    mutation and crossover. A maker that asks a model gets the same proposal and the parents' files, writes its prompt from
    them, and gives back the answered program as a `Child`; `search(bench, strategy, maker)` runs both alike.
    """

    def ask(self) -> Proposal | None:
        """From where to go on; None: nothing is left to try, the search ends."""

    def tell(self, proposal: Proposal, result: Result) -> None:
        """A result of a proposal. After a break proposals are rebuilt from the ledger, then with `steps` of 1."""

    def forget(self, experiment: int) -> None:
        """A person vetoed this experiment: it is no parent any more. It may be one that this strategy never kept."""

    def save(self) -> bytes:
        """All that was learnt, but for the state of the random generator."""

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave. Called on a fresh strategy of the same make, before anything else."""


@dataclass(frozen=True)
class Child:
    """A program that was made, and the words about it for the ledger.

    `of`: the experiments that it was made of, where those are not all of the proposal's parents. `expected`: the speed-up
    hoped for.
    """

    files: Files
    hypothesis: str
    operator: str
    of: tuple[int, ...] | None = None
    expected: float | None = None


class Maker(Protocol):
    """Makes a program of its parents: by mutation, or by asking a model."""

    def make(self, proposal: Proposal, parents: Sequence[Files]) -> Child | None:
        """A program not made before, of the parents' files in the proposal's order (at least one). None: there is none."""

    def learn(self, operator: str, worth: float, *, built: bool) -> None:
        """What a child made by `operator` brought: from 0, no gain over its parent, to 1."""

    def save(self) -> bytes:
        """All that was learnt."""

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
