"""One trial from its first record to its last: a bench, an agent, one grade. Running it again continues it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autolab.agents.agent import Agent
from autolab.agents.bench import BudgetSpent
from autolab.crash import crash_point
from autolab.errors import AutolabError, LedgerError, SandboxError
from autolab.judge.judge import Judge
from autolab.judge.score import reward
from autolab.judge.submission import Submission, from_files
from autolab.lab.bench import LabBench, Parts
from autolab.lab.budget import Budget, WallClock
from autolab.lab.feedback import TRUE, Feedback, through
from autolab.lab.journal import Journal, Listener
from autolab.lab.mailbox import Mailbox
from autolab.lab.pulse import pulse
from autolab.lab.snapshots import SnapshotError, Snapshots
from autolab.ledger.durable import is_full
from autolab.ledger.records import (
    BenchClosed,
    Experiment,
    Grade,
    Measurement,
    Provenance,
    State,
    TrialEnded,
    TrialResumed,
    TrialStarted,
)
from autolab.ledger.replay import TrialState
from autolab.measure.noise import marked
from autolab.models.prices import frozen_prices
from autolab.sandbox.box import Sandbox
from autolab.task.task import Task

Reason = Literal["finished", "wall", "experiments", "cpu", "tokens", "usd", "stopped", "crashed", "interrupted"]
Choice = Literal["submitted", "best", "last"]


@dataclass(frozen=True)
class TrialPlan:
    """Which agent works on which task, with what budget, and where its records go."""

    task: Task
    agent: Agent
    budget: Budget
    folder: Path  # the trial's own: ledger.jsonl, history.git, bench/, work/
    run: str
    attempt: int
    seed: int  # of the agent
    cases_seed: int  # of the measures
    feedback: Feedback = TRUE  # what the agent is told of its experiments

    @property
    def name(self) -> str:
        """The trial's name within its run."""
        return self.folder.name


def run_trial(plan: TrialPlan, sandbox: Sandbox, listener: Listener | None = None) -> TrialState:
    """Runs the trial, or what is left of it, and gives its final state.

    An agent that crashes ends its trial, which is graded on what it reached. Ctrl-C and a failing lab leave the trial
    to be continued. LedgerError: its ledger is held by another lab, or broken.
    """
    journal = Journal(plan.folder / "ledger.jsonl", listener)
    try:
        if journal.state.ended is None:
            with at_work(plan, sandbox, journal, journal.state.elapsed) as trial:
                trial.run()
        return journal.state
    finally:
        journal.close()


@contextlib.contextmanager
def at_work(plan: TrialPlan, sandbox: Sandbox, journal: Journal, elapsed: float) -> Iterator["Trial"]:
    """A trial with a judge and an empty working folder. `elapsed`: seconds of the wall budget used before."""
    work = plan.folder / "work"
    sandbox.remove_folder(work)
    work.mkdir(parents=True)
    with Judge(plan.task, sandbox, work) as judge:
        yield Trial(plan, sandbox, judge, journal, elapsed)
    sandbox.remove_folder(work)


class Trial:
    """The steps of a trial over one journal: for an agent's trial all at once, for one by hand a few at a call."""

    def __init__(self, plan: TrialPlan, sandbox: Sandbox, judge: Judge, journal: Journal, elapsed: float) -> None:
        self._plan = plan
        self._sandbox = sandbox
        self._judge = judge
        self._journal = journal
        self._snapshots = Snapshots.open(plan.folder / "history.git")
        self._clock = WallClock(elapsed)
        self._mailbox = Mailbox(plan.folder)

    def run(self) -> None:
        """Begins or continues, works, closes the bench, grades."""
        self.begin()
        if self._journal.state.closed is None:
            reason, detail = self._work()
            self.close_bench(reason, detail)
        self.finish()

    def finish(self) -> None:
        """The grade, if there is none yet, and the last record."""
        if self._journal.state.grade is None:
            self._mailbox.take_in(self._journal)
            self._grade()
        self._mailbox.take_in(self._journal)  # what came too late to matter is written down all the same
        state = self._journal.state
        assert state.grade is not None
        self._sandbox.remove_folder(self._plan.folder / "work")  # while the trial is still one to be continued
        crash_point("trial.ending")
        self._journal.append(
            TrialEnded(reward=state.grade.reward, experiments=len(state.experiments), elapsed=state.elapsed)
        )

    def begin(self, *, resumes: bool = True) -> None:
        """The first record, or the proof that a trial goes on under the same conditions; `resumes`: this is recorded."""
        plan, state = self._plan, self._journal.state
        provenance = self._judge.provenance
        if state.started is None:
            with self._clock.not_counting():
                noise = self._judge.noise()
            models: tuple[str, ...] = tuple(getattr(plan.agent, "models", ()))
            self._journal.append(
                TrialStarted(
                    trial=plan.name, run=plan.run, agent=plan.agent.name, attempt=plan.attempt, seed=plan.seed,
                    budget=plan.budget.recorded(), feedback=plan.feedback.words, noise=noise, provenance=provenance,
                    model=", ".join(models) or None, prices=frozen_prices(models),
                    axis=plan.task.optimization.axis, scale=plan.task.optimization.scale,
                )
            )  # fmt: skip
            return
        _same_conditions(plan, state.started, provenance)
        if resumes and (state.closed is None or state.closed.reason == "interrupted"):
            self._journal.append(TrialResumed(spent=state.spent))

    def open_bench(self, *, keep: bool = False) -> LabBench:
        """The bench as the ledger's last state has it; `keep`: as its working copy has it, see LabBench."""
        plan = self._plan
        (plan.folder / "bench").mkdir(exist_ok=True)
        return LabBench(
            Parts(
                task=plan.task, sandbox=self._sandbox, judge=self._judge, journal=self._journal,
                snapshots=self._snapshots, budget=plan.budget, clock=self._clock,
                folder=plan.folder, seed=plan.seed, cases_seed=plan.cases_seed,
                mailbox=self._mailbox,
            ),
            keep=keep,
        )  # fmt: skip

    def _work(self) -> tuple[Reason, str]:
        """Lets the agent work until it stops or the budget is spent."""
        plan, bench = self._plan, self.open_bench()
        try:
            with pulse(plan.folder, self._clock.used, lambda: bench.over):
                plan.agent.run(through(plan.feedback, bench))
        except BudgetSpent:
            return why_closed(bench, otherwise="wall")
        except (KeyboardInterrupt, SystemExit) as stop:
            self.close_bench("interrupted", type(stop).__name__)
            raise
        except Exception as error:
            if not _of_the_lab(error, plan.folder):
                return "crashed", _one_line(error)
            self.close_bench("interrupted", _one_line(error))
            raise AutolabError(f"{plan.name}: stopped by {_one_line(error)}; run the same command again to continue it") from error
        return "finished", ""

    def close_bench(self, reason: Reason, detail: str) -> None:
        """Destroys the bench. No process of it is left: every box of it ended with the call that started it."""
        self._sandbox.remove_folder(self._plan.folder / "bench")
        crash_point("bench.removed")
        self._journal.append(BenchClosed(reason=reason, detail=detail[:2000], elapsed=self._clock.used()))

    def _grade(self) -> None:
        state = self._journal.state
        choice, commit, tree = chosen(state)
        submission = self._submission(commit)
        measurement: Measurement = self._judge.grade(submission)
        crash_point("trial.graded")
        measurement = marked(measurement, state.started.noise if state.started else None)
        if measurement.verdict == "lab_error":  # ours: the trial stays open, and is graded when it is run again
            raise AutolabError(f"{self._plan.name}: the grade failed: {measurement.reason}; run the same command again")
        self._journal.append(
            Grade(commit=commit, tree=tree, choice=choice, reward=reward(measurement.score), measurement=measurement)
        )

    def _submission(self, commit: str) -> Submission:
        return from_files(self._plan.task, self._snapshots.files(commit))


def why_closed(bench: LabBench, otherwise: Reason) -> tuple[Reason, str]:
    """What ended the work in a bench, and its story; `otherwise`: where nothing of the lab's did."""
    ending = bench.ending
    return (ending.reason, ending.detail) if ending else (otherwise, "")


def chosen(state: TrialState) -> tuple[Choice, str, str]:
    """What is graded: the submitted experiment, else the best one, else the last state; with its commit and tree.

    No vetoed state is: then it is the last one before it, the starting program where all are vetoed.
    """
    if state.submitted is not None:
        experiment: Experiment | State = state.experiments[state.submitted.experiment - 1]
        return "submitted", experiment.commit, experiment.tree
    if state.best is not None:
        return "best", state.best.commit, state.best.tree
    vetoed = state.vetoed_trees
    assert state.start is not None  # recorded before an agent works
    last = next((each for each in reversed(state.states) if each.tree not in vetoed), state.start)
    return "last", last.commit, last.tree


def _same_conditions(plan: TrialPlan, before: TrialStarted, now: Provenance) -> None:
    """A trial's figures must be comparable: it does not go on with another task, toolchain or budget."""
    for what, old, new in (
        ("the task", before.provenance.task_digest[:12], now.task_digest[:12]),
        ("the toolchain", before.provenance.fingerprint, now.fingerprint),
        ("the budget", Budget.of(before.budget).recorded(), plan.budget.recorded()),
        ("the seed", before.seed, plan.seed),
        ("the feedback", before.feedback, plan.feedback.words),
    ):
        if old != new:
            raise AutolabError(
                f"{plan.folder}: {what} is not what the trial began with ({old}, now {new}); give the run another --name"
            )


def _of_the_lab(error: Exception, trial: Path) -> bool:
    """Whether the lab or its machine failed, and not the agent. A full disk is nobody's program's fault."""
    return isinstance(error, SandboxError | LedgerError | SnapshotError) or (isinstance(error, OSError) and is_full(trial))


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
