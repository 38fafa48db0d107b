"""A trial on the small task, for tests of the laboratory."""

from pathlib import Path

from small_tasks import make_small_task

from autolab.agents.agent import Agent
from autolab.agents.bench import Bench
from autolab.lab.budget import Budget
from autolab.lab.trial import TrialPlan
from autolab.task.load import load_task


class Acts:
    """An agent that does what a function says."""

    name = "acts"

    def __init__(self, act) -> None:
        self._act = act

    def run(self, bench: Bench) -> None:
        self._act(bench)


def make_plan(folder: Path, agent: Agent, wall_s: float | None = 300, experiments: int | None = None) -> TrialPlan:
    """A plan whose task and trial lie in `folder`."""
    task = load_task(folder / "task" if (folder / "task").is_dir() else make_small_task(folder / "task"))
    return TrialPlan(
        task=task, agent=agent, budget=Budget(wall_s, experiments), folder=folder / "run" / "trials" / "small__acts__1",
        run="run", attempt=1, seed=1, cases_seed=1,
    )  # fmt: skip
