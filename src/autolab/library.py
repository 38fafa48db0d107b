"""AutoLab from Python: what `import autolab` offers. docs/library.md has examples, which tests run."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autolab.agents.agent import Agent
from autolab.agents.bench import Bench
from autolab.agents.registry import load_agent
from autolab.judge.judge import NEVER
from autolab.judge.score import score
from autolab.judge.submission import Submission, from_files, from_folder
from autolab.judge.temporary import graded, temporary_judge
from autolab.lab import by_hand, trial
from autolab.lab.budget import Budget
from autolab.lab.feedback import parse_feedback
from autolab.lab.journal import Listener
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Experiment, Line, Measurement
from autolab.ledger.replay import TrialState, replay
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.task.load import load_task
from autolab.task.task import Task

__all__ = [
    "Bench", "Experiment", "Line", "Measurement", "Task", "TrialState", "close_bench",
    "grade_submission", "load_task", "measure_submission", "open_bench", "read_ledger", "replay", "run_trial", "score",
]  # fmt: skip

Files = Mapping[str, bytes] | Path | str | None
"""Editable files by path, or a folder that has them, or None for the starting program."""


def measure_submission(task: Task | str | Path, files: Files = None, *, seed: int = 1, confirm: bool = True) -> Measurement:
    """Judges files as a submission on development inputs drawn from `seed`. Never raises for what the files do.

    `confirm`: a gain is confirmed by paired time. AutolabError where the task or the machine is at fault.
    """
    found = _task(task)
    with temporary_judge(found) as judge:
        return judge.measure(_submission(found, files), seed, 0.0 if confirm else NEVER)


def grade_submission(task: Task | str | Path, files: Files = None, *, seeds: Sequence[int] | None = None) -> Measurement:
    """Judges files on hidden seeds drawn now, or on `seeds`, to repeat a grade."""
    found = _task(task)
    with temporary_judge(found) as judge:
        return graded(judge, _submission(found, files), seeds)


def run_trial(
    task: Task | str | Path,
    agent: Agent | str,
    folder: Path | str,
    *,
    wall_s: float | None = None,
    experiments: int | None = None,
    cpu_s: float | None = None,
    tokens: int | None = None,
    usd: float | None = None,
    seed: int = 1,
    listener: Listener | None = None,
) -> TrialState:
    """Runs one trial with its records in `folder`, or continues the one that is there, and gives its final state.

    `agent` is an object with the Agent Protocol, or what one types after -a. `wall_s` in seconds; None: the task's own.
    The other parts of the budget are unlimited where they are None; see `autolab.lab.budget.Budget`.
    `listener` is told of every record once it is on disk. An agent that crashes ends its trial, which is graded.
    """
    found, place = _task(task), Path(folder)
    plan = trial.TrialPlan(
        task=found,
        agent=load_agent(agent) if isinstance(agent, str) else agent,
        budget=Budget(wall_s or found.spec.agent.timeout_sec, experiments, cpu_s, tokens, usd),
        folder=place,
        run=place.absolute().parent.name,
        attempt=1,
        seed=seed,
        cases_seed=seed,
    )
    return trial.run_trial(plan, default_sandbox(), listener)


@contextlib.contextmanager
def open_bench(
    task: Task | str | Path,
    folder: Path | str,
    *,
    wall_s: float | None = None,
    experiments: int | None = None,
    cpu_s: float | None = None,
    tokens: int | None = None,
    usd: float | None = None,
    seed: int = 1,
    feedback: str = "true",
    listener: Listener | None = None,
) -> Iterator[Bench]:
    """A bench to work in by hand, without an agent: a trial in `folder`, made now or gone on with.

    Nothing of it runs after the `with`, but the bench stays open, and its wall budget runs on, until `close_bench`.
    `autolab.lab.by_hand.BenchSpent`: nothing is left of the budget. AutolabError: it is closed, another process works in
    it, or it was opened in another way. The budget's parts, `seed` and `listener` are as in `run_trial`.
    """
    found, place = _task(task), Path(folder)
    budget = Budget(wall_s or found.spec.agent.timeout_sec, experiments, cpu_s, tokens, usd)
    by_hand.prepare_by_hand(place, by_hand.Opening(found, budget, seed, parse_feedback(feedback)))
    with by_hand.working(place, default_sandbox(), listener) as bench:
        yield bench


def close_bench(folder: Path | str, listener: Listener | None = None) -> TrialState:
    """Destroys a bench that was opened by hand, grades what was reached, and gives the trial's final state."""
    return by_hand.close_by_hand(Path(folder), default_sandbox(), listener)


def _task(task: Task | str | Path) -> Task:
    return task if isinstance(task, Task) else load_task(task)


def _submission(task: Task, files: Files) -> Submission:
    if files is None:
        return from_files(task, task.baseline_files)
    if isinstance(files, Mapping):
        return from_files(task, files)
    return from_folder(task, Path(files))
