"""Feedback modes: what an agent is told of its experiments, so that the worth of the loop itself can be measured.

`true`: everything. `withheld`: that the experiment was recorded. `shuffled`: the result of a random earlier experiment in
place of its own. `delayed:N`: the result of the experiment N before, which is named. In the last three the bench shows no
figures but those that `measure` answers, no profile, and executes nothing, or an agent would time the program itself.
The ledger holds what was measured, and the best of that is graded, unless the agent submitted another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from autolab.agents.bench import NOTHING_AROUND, Around, Bench, Outcome, Past, Status
from autolab.errors import AutolabError
from autolab.lab.bench import LabBench
from autolab.lab.outcome import outcome
from autolab.ledger.records import Experiment, FunctionCost, ModelCall, Origin
from autolab.sandbox.box import BoxResult
from autolab.task.task import Task

Kind = Literal["true", "withheld", "shuffled", "delayed"]

MODES = "true, withheld, shuffled or delayed:N"

_REFUSED = 126  # a shell's word for a command that cannot be executed


@dataclass(frozen=True)
class Feedback:
    """A mode; `delay` is in experiments and 0 for all but `delayed`."""

    kind: Kind
    delay: int = 0

    @property
    def words(self) -> str:
        """As a person types it and the ledger records it."""
        return f"delayed:{self.delay}" if self.kind == "delayed" else self.kind


TRUE = Feedback("true")


def parse_feedback(words: str) -> Feedback:
    """The mode of these words; AutolabError for any that are none."""
    for kind in ("true", "withheld", "shuffled"):
        if words == kind:
            return Feedback(kind)
    kind, _, delay = words.partition(":")
    if kind == "delayed" and delay.isascii() and delay.isdigit() and 1 <= int(delay[:9]) == int(delay):
        return Feedback("delayed", int(delay))
    raise AutolabError(f"--feedback {words!r} is no mode; give {MODES}, N from 1 up")


def told(feedback: Feedback, experiments: Sequence[Experiment], number: int, seed: int) -> Outcome:
    """What the agent hears when experiment `number` has been made. The same for the same experiments and seed.

    `best` says whether the score that is told is the highest told so far.
    """
    source = _source(feedback, number, seed)
    if source is None:
        return _recorded(experiments[number - 1])
    heard = outcome(experiments[source - 1])
    if source == number:
        return heard
    if feedback.kind == "delayed":
        return replace(heard, number=number, of=source)
    earlier = [_source(feedback, each, seed) for each in range(1, number)]
    scores = [experiments[each - 1].measurement.score for each in earlier if each is not None]
    known = [score for score in scores if score is not None]
    best = heard.score is not None and all(heard.score > score for score in known)
    return replace(heard, number=number, best=best)


def _source(feedback: Feedback, number: int, seed: int) -> int | None:
    """The experiment whose result is told in place of `number`'s; None: nothing is told."""
    match feedback.kind:
        case "true":
            return number
        case "withheld":
            return None
        case "shuffled":
            return Random(f"feedback/{seed}/{number}").randrange(1, number) if number > 1 else None
        case "delayed":
            return number - feedback.delay if number > feedback.delay else None


def _recorded(experiment: Experiment) -> Outcome:
    return Outcome(
        number=experiment.number, verdict="recorded", reason=None, metric=None, unit=experiment.measurement.unit,
        score=None, best=False, build_output="", run_output="",
    )  # fmt: skip


def through(feedback: Feedback, bench: LabBench) -> "LabBench | Blinded":
    """The bench as an agent with this feedback sees it."""
    return bench if feedback.kind == "true" else Blinded(feedback, bench)


class Blinded(Bench):
    """A bench that tells no more than its feedback mode lets it, for agents and for the `lab` command."""

    shows_figures = False

    def __init__(self, feedback: Feedback, bench: LabBench) -> None:
        self.feedback = feedback
        self._bench = bench

    @property
    def task(self) -> Task:
        """The task that the agent works on."""
        return self._bench.task

    @property
    def seed(self) -> int:
        """The agent's seed."""
        return self._bench.seed

    def exec(self, argv: tuple[str, ...], timeout: float | None = None, around: Around = NOTHING_AROUND) -> BoxResult:
        """Refuses, with exit code 126: whoever can run the program can time it."""
        del timeout, around
        self._bench.status()  # a spent budget ends this call like any other
        said = f"{argv[0]}: not executed: feedback is {self.feedback.words}, so nothing runs in this bench\n"
        return BoxResult(_REFUSED, None, None, b"", said.encode(), wall_s=0.0, cpu_s=0.0)

    def example(self) -> bytes | None:
        """An input; nothing runs on it here."""
        return self._bench.example()

    def read(self, path: str) -> bytes:
        """A file of the working copy."""
        return self._bench.read(path)

    def write(self, path: str, content: bytes) -> None:
        """Writes a file of the working copy."""
        self._bench.write(path, content)

    def measure(
        self, hypothesis: str, expected: float | None = None, origin: Origin | None = None, *, fresh: bool = False
    ) -> Outcome:
        """One experiment, of which the mode decides what is told."""
        number = self._bench.measure(hypothesis, expected, origin, fresh=fresh).number
        return told(self.feedback, self._bench.experiments(), number, self.seed)

    def status(self) -> Status:
        """Budget left and notes; nothing of what is best."""
        return replace(self._bench.status(), best_experiment=None, best_score=None, best_metric=None)

    def restore(self, experiment: int) -> None:
        """The editable files as they were at an experiment."""
        self._bench.restore(experiment)

    def submit(self, experiment: int) -> None:
        """Chooses an experiment for the final grade."""
        self._bench.submit(experiment)

    def note(self, text: str) -> None:
        """Words for the ledger."""
        self._bench.note(text)

    def history(self) -> tuple[Past, ...]:
        """All experiments so far, each with what was told of it."""
        done = self._bench.experiments()
        return tuple(
            Past(each.hypothesis, each.expected, each.origin, told(self.feedback, done, each.number, self.seed)) for each in done
        )

    def profile(self, experiment: int | None = None) -> tuple[FunctionCost, ...]:
        """Nothing: a profile is a figure."""
        del experiment
        return ()

    def model_called(self, call: ModelCall, exchange: bytes) -> None:
        """An exchange with a model."""
        self._bench.model_called(call, exchange)

    def save(self, memory: bytes) -> None:
        """Keeps an agent's memory."""
        self._bench.save(memory)

    def saved(self) -> bytes | None:
        """What was kept, None if nothing was."""
        return self._bench.saved()

    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments, with their figures: for the `lab` command, which leaves those out."""
        return self._bench.experiments()

    def experiment(self, number: int) -> Experiment:
        """One experiment, with its figures; see `experiments`."""
        return self._bench.experiment(number)

    def diff(self, experiment: int) -> str:
        """What an experiment changed against the starting program."""
        return self._bench.diff(experiment)
