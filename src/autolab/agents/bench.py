"""The Bench Protocol: all that an agent needs of a laboratory. `lab/` implements it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from autolab.ledger.records import FunctionCost, ModelCall, Origin, Verdict
from autolab.sandbox.box import BoxResult, Mount
from autolab.task.task import Task


class BudgetSpent(Exception):  # noqa: N818 - an ending, not an error
    """Raised by a bench call when the budget is used up; an agent lets it through."""


@dataclass(frozen=True)
class Status:
    """Budget left (None: unlimited) and the best so far (None: nothing measured ok yet).

    `spent` is what was used by `wall_s`, `experiments`, `cpu_s`, `tokens`, `usd`; None: not known, as `usd` is once a call
    had no price, and `tokens` once a provider did not count them.
    """

    seconds_left: float | None
    experiments_left: int | None
    experiments: int
    best_experiment: int | None
    best_score: float | None
    best_metric: float | None
    notes: tuple[str, ...] = ()  # of people, newest last
    cpu_seconds_left: float | None = None  # of commands in the bench and native runs of the candidate
    tokens_left: int | None = None
    usd_left: float | None = None
    spent: Mapping[str, float | None] = field(default_factory=dict)
    vetoed: tuple[int, ...] = ()  # experiments that must not count any more, by a person's word
    steps: int = 0  # of the agent that the ledger has: commands, experiments, restores, submits, notes, exchanges with models


@dataclass(frozen=True)
class Outcome:
    """What an agent is told about one experiment. None stands for not known, never for zero.

    The verdict `recorded` says that the experiment was made and nothing is told of it (see feedback modes). `of`: the
    experiment that the rest is about where feedback is delayed; None: this one.
    """

    number: int
    verdict: Verdict | Literal["recorded"]
    reason: str | None
    metric: float | None
    unit: str
    score: float | None
    best: bool
    build_output: str
    run_output: str
    of: int | None = None
    breakdown: Mapping[str, float] = field(default_factory=dict)  # quality by category


@dataclass(frozen=True)
class Past:
    """An experiment of this trial as the agent may know it: what it wrote, and what it was told."""

    hypothesis: str
    expected: float | None
    origin: Origin | None
    outcome: Outcome


@dataclass(frozen=True)
class Around:
    """What a command gets beside the working copy: for programs that need more than the task's own tools."""

    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()  # read-only, whatever they say
    memory_mb: int = 0  # at least; the task's own limit where that is more
    processes: int = 64
    tmp_mb: int = 64
    stdin: bytes = b""


NOTHING_AROUND = Around()


class Bench(Protocol):
    """A sandboxed working copy of a task. Paths are relative to /app. Any call raises BudgetSpent once it is used up."""

    @property
    def task(self) -> Task:
        """What is worked on."""

    @property
    def seed(self) -> int:
        """An agent takes all its randomness from this."""

    def exec(self, argv: tuple[str, ...], timeout: float | None = None, around: Around = NOTHING_AROUND) -> BoxResult:
        """Runs a command in the working copy, at most `timeout` seconds (None: as long as a build may take)."""

    def example(self) -> bytes | None:
        """An input like those of measures, of the smallest family, from a seed of the bench's own: to try a program on.

        None where the task's programs take no input.
        """

    def read(self, path: str) -> bytes:
        """A file's content."""

    def write(self, path: str, content: bytes) -> None:
        """Writes a file; its folders are made."""

    def measure(
        self, hypothesis: str, expected: float | None = None, origin: Origin | None = None, *, fresh: bool = False
    ) -> Outcome:
        """One experiment on the files as they are now; `expected` is the speed-up hoped for, `origin` its lineage.

        `fresh`: on inputs that no other experiment had, to see whether a gain holds; else on the same ones as the others.
        """

    def history(self) -> tuple[Past, ...]:
        """All experiments so far, those of earlier sittings too: what a continued trial goes on from."""

    def profile(self, experiment: int | None = None) -> tuple[FunctionCost, ...]:
        """Costliest functions of an experiment (None: the last that has any). Empty where there are none to see."""

    def diff(self, experiment: int) -> str:
        """What an experiment changed against the starting program, as a unified diff."""

    def status(self) -> Status:
        """Budget left and the best so far."""

    def restore(self, experiment: int) -> None:
        """The editable files as they were at an experiment."""

    def submit(self, experiment: int) -> None:
        """Chooses what is graded instead of the best."""

    def note(self, text: str) -> None:
        """Words for the ledger."""

    def model_called(self, call: ModelCall, exchange: bytes) -> None:
        """An exchange with a model goes to the ledger, and its raw request and response to a file beside it.

        The tokens are spent when this returns; the call after it raises BudgetSpent where that was the last of a budget.
        """

    def save(self, memory: bytes) -> None:
        """Keeps what an agent wants to have again if the trial is continued; the last one counts. Not in the bench."""

    def saved(self) -> bytes | None:
        """What was kept, None if nothing was."""
