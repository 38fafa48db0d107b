"""The bench: a folder with the starting program, a budget, and a way to the judge. Between calls it is only files."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autolab.agents.bench import NOTHING_AROUND, Around, BudgetSpent, Outcome, Past, Status
from autolab.crash import crash_point
from autolab.errors import AgentError, SandboxError
from autolab.judge.cases import example_of
from autolab.judge.judge import Judge
from autolab.judge.pristine import lay_out
from autolab.judge.submission import Submission, from_folder
from autolab.lab.around import every, read_only, with_room
from autolab.lab.budget import Budget, Part, WallClock, used
from autolab.lab.journal import Journal
from autolab.lab.mailbox import Mailbox
from autolab.lab.outcome import cpu_used, fresh_seed, native_cpu, outcome
from autolab.lab.pulse import Calls
from autolab.lab.server import LAB_FOLDER, LabServer
from autolab.lab.snapshots import Snapshots
from autolab.ledger.durable import is_full, replace_file
from autolab.ledger.records import Executed, Experiment, FunctionCost, ModelCall, Note, Origin, State, Submitted
from autolab.ledger.replay import after
from autolab.measure.noise import marked
from autolab.models.prices import cost
from autolab.sandbox.box import BoxResult, BoxSpec, Limits, Mount, Sandbox
from autolab.sandbox.freeze import Freezer
from autolab.sandbox.untrusted import read_file, remove_file, write_file
from autolab.task.task import Task

Cause = Literal["start", "exec", "write", "measure", "restore", "timer"]

SNAPSHOT_S = 15.0
"""Between two looks at the editable files while a command runs."""

LAB_ERRORS = 3
"""Lab errors in a row after which a trial stops: they cost the agent nothing, so they must not go on for ever."""


@dataclass(frozen=True)
class Ending:
    """Why the bench lets nobody work on: a part of the budget, or `stopped` by a person; with the story where there is one."""

    reason: Part | Literal["stopped"]
    detail: str = ""

    @property
    def words(self) -> str:
        """For the agent."""
        if self.reason == "stopped":
            return "a person stopped the trial"
        return self.detail or f"the {self.reason} budget is used up"


@dataclass(frozen=True)
class Parts:
    """What a bench is made of."""

    task: Task
    sandbox: Sandbox
    judge: Judge
    journal: Journal
    snapshots: Snapshots
    budget: Budget
    clock: WallClock
    folder: Path  # the trial's
    seed: int  # the agent's randomness
    cases_seed: int  # the development seed that measures draw their inputs from
    mailbox: Mailbox | None = None  # where people's acts come from

    @property
    def app(self) -> Path:
        """The working copy."""
        return self.folder / "bench" / "app"


class LabBench:
    """Implements `Bench`. Its methods may be called by the agent and, while it runs a command, by the `lab` command."""

    shows_figures = True

    def __init__(self, parts: Parts, *, keep: bool = False) -> None:
        """Lays the working copy out: the starting program, or the last state that was committed.

        `keep`: a working copy that is there stays, and what was changed in it from outside becomes a state, unless the
        budget is spent.
        """
        self._parts = parts
        self._lock = threading.RLock()
        self._taking_in = threading.Lock()  # apart from the other: a measure holds that for long
        self._freezer: Freezer | None = None  # of the box that a command runs in
        self._calls = Calls()
        state = parts.journal.state
        self._commit: str | None = state.commit
        self._tree: str | None = state.state.tree if state.state else None
        self._parent = parts.snapshots.parent(self._commit) if self._commit else None
        self._measured_until = state.experiments[-1].elapsed if state.experiments else 0.0
        self._measuring_s = 0.0  # of all measures of this sitting: a command that asks for one waits for it
        if keep and self._commit is not None and parts.app.is_dir():
            if self.ending is None:
                self.snapshot("write")
            return
        parts.sandbox.remove_folder(parts.app)  # of an earlier sitting: only what was committed continues
        parts.sandbox.make_folder(parts.app.parent, parts.app.name)
        lay_out(parts.task, {}, parts.app)
        crash_point("bench.laid_out")
        if self._commit is None:
            self.snapshot("start")
        else:
            self._put(parts.snapshots.files(self._commit))

    @property
    def task(self) -> Task:
        """The task that the agent works on."""
        return self._parts.task

    @property
    def seed(self) -> int:
        """The agent's seed."""
        return self._parts.seed

    @property
    def ending(self) -> Ending | None:
        """What ends the trial now, None if it may go on: a person's wish before any part of the budget."""
        if self._parts.journal.state.stop is not None:
            return Ending("stopped")
        stop = self._parts.budget.stop(self._used())
        return Ending(stop.part, stop.detail) if stop else None

    @property
    def over(self) -> bool:
        """Whether no command or measure is under way, and no call would be let in."""
        return not self._calls.under_way and self.ending is not None

    def exec(self, argv: tuple[str, ...], timeout: float | None = None, around: Around = NOTHING_AROUND) -> BoxResult:
        """Runs a command in the bench, where `lab` is on the PATH. It is killed when the wall or CPU budget ends."""
        self._check()
        limits = with_room(self._exec_limits(timeout), around)
        self._freezer = freezer = Freezer()
        begun, inside = self._parts.clock.used(), self._measuring_s
        try:
            timed = every(SNAPSHOT_S, lambda: self.snapshot("timer"))
            with self._calls, LabServer(self, self._parts.folder / "bench" / "lab") as server, timed:
                spec = BoxSpec(
                    argv=argv, cwd="/app", env={"PATH": f"{LAB_FOLDER}:/usr/bin:/bin", **around.env},
                    mounts=(Mount(self._parts.app, "/app", writable=True), Mount(server.folder, LAB_FOLDER), *read_only(around)),
                    limits=limits, stdin=around.stdin, name="bench",
                )  # fmt: skip
                result = self._parts.sandbox.run(spec, freezer)
        finally:
            self._freezer = None
        crash_point("bench.executed")
        self.snapshot("exec")
        ended = self._parts.clock.used()
        self._parts.journal.append(
            Executed(
                argv=tuple(word[:2000] for word in argv[:100]), exit_code=result.exit_code, limit=result.limit,
                seconds=max(0.0, ended - begun - (self._measuring_s - inside)), cpu_s=cpu_used(result, limits), elapsed=ended,
                output=(result.stdout + result.stderr)[-2000:].decode(errors="replace"),
            )
        )  # fmt: skip
        return result

    def example(self) -> bytes | None:
        """The shortest of one drawn input per family, from the agent's seed and a name that no measure uses."""
        self._check()
        return example_of(self._parts.sandbox, self.task, self.seed)

    def read(self, path: str) -> bytes:
        """A regular file of the working copy, at most the task's disk limit."""
        self._check()
        return read_file(self._parts.app, path, self.task.spec.environment.storage_mb << 20)

    def write(self, path: str, content: bytes) -> None:
        """Writes a file of the working copy; its folders are made."""
        self._check()
        write_file(self._parts.app, path, content)
        self.snapshot("write")

    def measure(
        self, hypothesis: str, expected: float | None = None, origin: Origin | None = None, *, fresh: bool = False
    ) -> Outcome:
        """One experiment: the judge builds, runs, checks and measures the editable files as they are now."""
        with self._calls, self._lock:
            self._check()
            parts, state = self._parts, self._parts.journal.state
            submission = from_folder(self.task, parts.app)
            self._take("measure", submission)
            begun = parts.clock.used()
            best = state.best.measurement.score if state.best else None
            number = len(state.experiments) + 1
            seed = fresh_seed(parts.cases_seed, number) if fresh else parts.cases_seed
            measurement = parts.judge.measure(submission, seed, max(0.0, best or 0.0), self._quiet)
            if measurement.verdict == "lab_error" and is_full(parts.folder):  # not made: it is when there is room again
                raise SandboxError(f"{parts.folder}: the disk is full ({measurement.reason}); make room")
            crash_point("bench.measured")
            measurement = marked(measurement, state.started.noise if state.started else None)
            ended = parts.clock.used()
            assert self._commit is not None
            assert self._tree is not None
            experiment = Experiment(
                number=number,
                commit=self._commit,
                tree=self._tree,
                parent=self._parent,
                hypothesis=hypothesis[:2000],
                expected=expected,
                seconds_before=max(0.0, begun - self._measured_until),
                seconds=ended - begun,
                elapsed=ended,
                best=False,
                origin=origin,
                cpu_s=native_cpu(measurement),
                measurement=measurement,
            )
            then = after(state, experiment)
            is_best = then.best is not None and then.best.number == experiment.number
            experiment = experiment.model_copy(update={"best": is_best, "spent": then.spent})
            parts.journal.append(experiment)
            self._measured_until = ended
            self._measuring_s += ended - begun
            self._stop_on_lab_errors()
            return outcome(experiment)

    def status(self) -> Status:
        """Budget left, the best so far, notes of people."""
        self._check()
        spent, state = self._used(), self._parts.journal.state
        best, left = state.best, self._parts.budget.left(spent)
        return Status(
            seconds_left=left.get("wall"),
            experiments_left=_whole(left.get("experiments")),
            cpu_seconds_left=left.get("cpu"),
            tokens_left=_whole(left.get("tokens")),
            usd_left=left.get("usd"),
            spent=spent,
            experiments=len(state.experiments),
            best_experiment=best.number if best else None,
            best_score=best.measurement.score if best else None,
            best_metric=best.measurement.metric if best else None,
            notes=state.told,
            vetoed=tuple(each.number for each in state.experiments if state.veto_of(each) is not None),
            steps=state.steps,
        )

    def restore(self, experiment: int) -> None:
        """The editable files as they were at an experiment."""
        with self._lock:
            self._check()
            found = self.experiment(experiment)
            self._put(self._parts.snapshots.files(found.commit))
            self._commit, self._tree, self._parent = found.commit, found.tree, found.parent
            self._record_state("restore")

    def submit(self, experiment: int) -> None:
        """Chooses an experiment for the final grade; the last choice counts."""
        self._check()
        found = self.experiment(experiment)
        if (veto := self._parts.journal.state.veto_of(found)) is not None:
            raise AgentError(f"experiment {experiment} was vetoed: {veto.reason}; choose another")
        self._parts.journal.append(Submitted(experiment=experiment, commit=found.commit))

    def note(self, text: str) -> None:
        """Words for the ledger."""
        self._check()
        self._parts.journal.append(Note(author="agent", text=text[:10_000]))

    def history(self) -> tuple[Past, ...]:
        """All experiments so far, and what was told of them."""
        return tuple(Past(each.hypothesis, each.expected, each.origin, outcome(each)) for each in self.experiments())

    def profile(self, experiment: int | None = None) -> tuple[FunctionCost, ...]:
        """Costliest functions of an experiment, or of the last that has any."""
        done = [self.experiment(experiment)] if experiment is not None else self.experiments()[::-1]
        return next((each.measurement.profile for each in done if each.measurement.profile), ())

    def model_called(self, call: ModelCall, exchange: bytes) -> None:
        """An exchange with a model: its raw request and response to a file, then the record."""
        with self._lock:
            journal = self._parts.journal
            folder = self._parts.folder / "exchanges"
            folder.mkdir(exist_ok=True)
            name = f"{journal.state.calls + 1:06}.json"
            replace_file(folder / name, exchange)
            known = {"exchange": f"exchanges/{name}", "elapsed": self._parts.clock.used()}
            if call.usd is None and journal.state.started is not None:
                known["usd"] = cost(journal.state.started.prices, call)
            journal.append(call.model_copy(update=known))

    def save(self, memory: bytes) -> None:
        """Keeps an agent's memory in the trial's folder, outside the bench."""
        replace_file(self._parts.folder / "memory", memory)

    def saved(self) -> bytes | None:
        """What was kept, None if nothing was."""
        try:
            return (self._parts.folder / "memory").read_bytes()
        except FileNotFoundError:
            return None

    def experiments(self) -> tuple[Experiment, ...]:
        """All experiments so far."""
        return self._parts.journal.state.experiments

    def experiment(self, number: int) -> Experiment:
        """One experiment; AgentError if there is none of that number."""
        done = self.experiments()
        if not 1 <= number <= len(done):
            raise AgentError(f"no experiment {number}: there are {len(done)}, numbered from 1")
        return done[number - 1]

    def diff(self, experiment: int) -> str:
        """What an experiment changed against the starting program, as a unified diff."""
        start = self._parts.journal.state.start
        assert start is not None  # recorded before an agent starts
        return self._parts.snapshots.diff(start.commit, self.experiment(experiment).commit)

    def snapshot(self, cause: Cause) -> None:
        """Commits the editable files if they changed, and records the state."""
        with self._lock:
            self._take(cause, from_folder(self.task, self._parts.app))

    def _take(self, cause: Cause, submission: Submission) -> None:
        commit, tree = self._parts.snapshots.commit(submission.files, cause, self._commit)
        if commit != self._commit:
            before = self._parent, self._commit, self._tree
            self._parent, self._commit, self._tree = self._commit, commit, tree
            try:
                self._record_state(cause)
            except BaseException:
                self._parent, self._commit, self._tree = before  # the next look records it
                raise

    def _record_state(self, cause: Cause) -> None:
        assert self._commit is not None
        assert self._tree is not None
        elapsed = self._parts.clock.used()
        self._parts.journal.append(State(commit=self._commit, tree=self._tree, elapsed=elapsed, cause=cause))

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """Holds a command that runs in the bench still; the time of that is not the agent's."""
        if self._freezer is None:
            yield
            return
        with self._parts.clock.not_counting(), self._freezer.frozen():
            crash_point("bench.frozen")
            yield

    def _put(self, files: Mapping[str, bytes]) -> None:
        """Makes the editable files what these are; one that is not among them goes."""
        for path, content in files.items():
            write_file(self._parts.app, path, content)
            crash_point("bench.put")
        for path in set(self.task.optimization.editable) - set(files):
            remove_file(self._parts.app, path)

    def _used(self) -> dict[str, float | None]:
        """What was used of each part of the budget until now."""
        return used(self._parts.journal.state, self._parts.clock.used())

    def _check(self) -> None:
        if self._parts.mailbox is not None:
            with self._taking_in:
                self._parts.mailbox.take_in(self._parts.journal)
        if (ending := self.ending) is not None:
            raise BudgetSpent(ending.words)

    def _stop_on_lab_errors(self) -> None:
        last = [each.measurement for each in self.experiments()[-LAB_ERRORS:]]
        if len(last) == LAB_ERRORS and all(each.verdict == "lab_error" for each in last):
            raise SandboxError(f"{LAB_ERRORS} lab errors in a row, the last: {last[-1].reason}; see autolab doctor")

    def _exec_limits(self, timeout: float | None) -> Limits:
        environment = self.task.spec.environment
        left = [seconds for seconds in (timeout, environment.build_timeout_sec) if seconds is not None][:1]
        of_budget = self._parts.budget.left(self._used())
        if (wall := of_budget.get("wall")) is not None:
            left.append(max(0.1, wall))
        return Limits(
            wall_s=min(left), cpu_s=of_budget.get("cpu"),
            memory_mb=max(1024, environment.memory_mb), disk_mb=environment.storage_mb,
        )  # fmt: skip


def _whole(amount: float | None) -> int | None:
    return None if amount is None else int(amount)
