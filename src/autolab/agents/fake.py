"""A bench in memory, for testing agents: no sandbox, no compiler, no clock, and a metric that is a Python function."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from autolab.agents.bench import NOTHING_AROUND, Around, BudgetSpent, Outcome, Past, Status
from autolab.ledger.records import FunctionCost, ModelCall, Origin, Verdict
from autolab.sandbox.box import BoxResult
from autolab.task.spec import TaskSpec
from autolab.task.task import Task

START: Mapping[str, bytes] = {
    "solve.c": b"#include <stddef.h>\n\ndouble sum(const double *a, size_t n) {\n    double s = 0.0;\n"
    b"    for (size_t i = 0; i < n; i++) {\n        s = s + a[i] * 1.0;\n    }\n    return s;\n}\n",
    "notes.txt": b"one 1\ntwo 2\nthree 3\n",
}
"""The editable files of the default fake task."""

Judge = Callable[[Mapping[str, bytes]], float | Verdict]
"""From the editable files to a metric, or to a verdict's name where there is none."""


def size(files: Mapping[str, bytes]) -> float:
    """The default metric: bytes of all files, plus one."""
    return 1.0 + sum(map(len, files.values()))


@dataclass(frozen=True)
class FakeTask(Task):
    """A task without a folder."""

    start: Mapping[str, bytes] = field(default_factory=dict)
    better: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def baseline_files(self) -> Mapping[str, bytes]:
        """The start, as given."""
        return dict(self.start)

    @cached_property
    def reference_files(self) -> Mapping[str, bytes]:
        """The better files on top of the start."""
        return {**self.start, **self.better}


@dataclass(frozen=True)
class Entry:
    """One experiment on a fake bench."""

    hypothesis: str
    files: Mapping[str, bytes]
    outcome: Outcome
    expected: float | None = None
    origin: Origin | None = None
    fresh: bool = False


def fake_task(start: Mapping[str, bytes] = START, better: Mapping[str, bytes] | None = None) -> FakeTask:
    """A task whose files, from start to reference, exist in memory only; lower is better."""
    optimization = {
        "axis": "smaller",
        "metric": "bytes",
        "editable": tuple(start),
        "instrument": {"kind": "count"},
        "baseline": {"score": 100.0, "method": "the start"},
        "reference": {"score": 10.0, "method": "a tenth of it"},
    }
    spec = TaskSpec.model_validate({"task": {"name": "fake/fake"}, "optimization": optimization})
    better = {path: content[: len(content) // 2] for path, content in start.items()} if better is None else better
    return FakeTask(Path("fake"), spec, "Make the files small.", "0" * 64, (), dict(start), better)


class FakeBench:
    """A `Bench` that judges with a function. `entries` holds the experiments, `written` every path that was written.

    Raises `BudgetSpent` after `experiments` measures or 10,000 calls, so that an agent that never measures ends too;
    `calls_after_end` counts the calls that an agent makes after that.
    """

    def __init__(
        self, judge: Judge = size, *, seed: int = 1, experiments: int = 20, task: FakeTask | None = None
    ) -> None:
        self.task: Task = task or fake_task()
        self.seed = seed
        self.files = dict(self.task.baseline_files)
        self.entries: list[Entry] = []
        self.written: set[str] = set()
        self.notes: list[str] = []
        self.vetoed: set[int] = set()  # put an experiment's number in, as a person's veto does
        self.calls: list[ModelCall] = []
        self.memory: bytes | None = None
        self.submitted: int | None = None
        self.calls_after_end = 0
        self._judge = judge
        self._experiments = experiments
        self._calls = 0
        self._steps = 0

    def exec(self, argv: tuple[str, ...], timeout: float | None = None, around: Around = NOTHING_AROUND) -> BoxResult:
        """Runs nothing: every command is `not found`."""
        del around
        self._spend()
        self._steps += 1
        words = f"fake bench: {argv[0]} was not run, limit {timeout}\n".encode()
        return BoxResult(127, None, None, b"", words, wall_s=0.0, cpu_s=0.0)

    def example(self) -> bytes | None:
        """Nothing takes an input here."""
        self._spend()
        return None

    def read(self, path: str) -> bytes:
        """A file's content."""
        self._spend()
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def write(self, path: str, content: bytes) -> None:
        """Any path may be written; only editable files count."""
        self._spend()
        self.written.add(path)
        self.files[path] = bytes(content)

    def measure(
        self, hypothesis: str, expected: float | None = None, origin: Origin | None = None, *, fresh: bool = False
    ) -> Outcome:
        """One experiment. `fresh` is remembered."""
        self._spend()
        if len(self.entries) >= self._experiments:
            self._calls = _MOST_CALLS
            raise BudgetSpent(f"{self._experiments} experiments")
        files = {path: content for path, content in self.files.items() if path in self.task.optimization.editable}
        outcome = self._outcome(self._judge(files))
        self._steps += 1
        self.entries.append(Entry(hypothesis, files, outcome, expected, origin, fresh))
        return outcome

    def status(self) -> Status:
        """Experiments left, and the best so far."""
        self._spend()
        best = self._best()
        left = self._experiments - len(self.entries)
        known = Status(
            None, left, len(self.entries), None, None, None, tuple(self.notes), vetoed=tuple(sorted(self.vetoed)), steps=self._steps
        )
        if best is None:
            return known
        return replace(known, best_experiment=best.number, best_score=best.score, best_metric=best.metric)

    def restore(self, experiment: int) -> None:
        """The editable files as they were at an experiment."""
        self._spend()
        self._steps += 1
        self.files.update(self.entries[experiment - 1].files)

    def submit(self, experiment: int) -> None:
        """Remembered in `submitted`."""
        self._spend()
        self._steps += 1
        self.submitted = self.entries[experiment - 1].outcome.number

    def note(self, text: str) -> None:
        """Remembered in `notes`."""
        self._spend()
        self._steps += 1
        self.notes.append(text)

    def history(self) -> tuple[Past, ...]:
        """All experiments so far."""
        return tuple(Past(each.hypothesis, each.expected, each.origin, each.outcome) for each in self.entries)

    def profile(self, experiment: int | None = None) -> tuple[FunctionCost, ...]:
        """Nothing is counted here."""
        del experiment
        self._spend()
        return ()

    def diff(self, experiment: int) -> str:
        """What an experiment changed against the start, as a unified diff."""
        self._spend()
        start, now = self.task.baseline_files, self.entries[experiment - 1].files
        return "".join(
            line
            for path in start
            for line in difflib.unified_diff(_lines(start[path]), _lines(now.get(path, b"")), f"a/{path}", f"b/{path}")
        )

    def model_called(self, call: ModelCall, exchange: bytes) -> None:
        """Remembered in `calls`."""
        del exchange
        self._steps += 1
        self.calls.append(call)

    def save(self, memory: bytes) -> None:
        """Remembered in `memory`."""
        self.memory = memory

    def saved(self) -> bytes | None:
        """What was kept."""
        return self.memory

    def extend(self, experiments: int) -> None:
        """Gives more budget, as a person does who continues a trial."""
        self._experiments += experiments
        self._calls = 0

    def _spend(self) -> None:
        self._calls += 1
        if self._calls > _MOST_CALLS:
            self.calls_after_end += 1
            if self.calls_after_end > 100:
                raise SystemExit("the agent goes on after BudgetSpent: let it through")
            raise BudgetSpent(f"{_MOST_CALLS} calls, or {self._experiments} experiments")

    def _outcome(self, judged: float | Verdict) -> Outcome:
        number, unit = len(self.entries) + 1, self.task.unit
        if isinstance(judged, str):
            return Outcome(
                number, judged, "said the judge", None, unit, None, best=False, build_output="", run_output=""
            )
        before = self._best()
        best = before is None or before.metric is None or judged < before.metric
        return Outcome(number, "ok", None, judged, unit, None, best=best, build_output="", run_output="")

    def _best(self) -> Outcome | None:
        counting = [each.outcome for each in self.entries if each.outcome.number not in self.vetoed]
        return min((each for each in counting if each.metric is not None), key=lambda each: each.metric or 0.0, default=None)


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines(keepends=True)


_MOST_CALLS = 10_000
