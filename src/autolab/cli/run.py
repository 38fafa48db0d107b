"""`autolab run`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.limits import CpuSeconds, Experiments, Tokens, Usd


def run(
    tasks: Annotated[list[str], typer.Argument(help="Tasks of the suite, or task folders.")],
    agent: Annotated[str, typer.Option("-a", "--agent", help="Agents, with commas between: a name, replay:TRIAL, or path/to/file.py:Class.")],
    name: Annotated[str | None, typer.Option(help="Name of the run; by default made from what is run.")] = None,
    wall: Annotated[float | None, typer.Option(min=1, help="Seconds a trial may take; by default the task's.")] = None,
    experiments: Experiments = None,
    cpu: CpuSeconds = None,
    tokens: Tokens = None,
    usd: Usd = None,
    attempts: Annotated[int, typer.Option(min=1, help="Trials of each agent on each task.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Trials at once, each in a process of its own.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="What agents' randomness and development inputs come from.")] = 1,
    feedback: Annotated[str, typer.Option(help="What agents are told: true, withheld, shuffled or delayed:N.")] = "true",
    out: Annotated[Path, typer.Option(help="Folder that runs lie in.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Let agents work on tasks, and grade what they reach.

    The same command again continues an unfinished run, and shows a finished one.
    """
    from autolab.cli.working import work
    from autolab.errors import AutolabError
    from autolab.runs.plan import RunPlan, distinct
    from autolab.task.load import load_task

    plan = RunPlan(
        tasks=tuple(load_task(task) for task in distinct(tasks, "task")),
        agents=distinct(agent.split(","), "agent"),
        attempts=attempts,
        wall_s=wall,
        experiments=experiments,
        seed=seed,
        feedback=feedback,
        cpu_s=cpu,
        tokens=tokens,
        usd=usd,
    )
    if name is not None and (not name.strip(".") or "/" in name):
        raise AutolabError(f"--name {name!r}: give a plain name, without a slash")
    work(out / (name or plan.name()), plan, jobs, as_json=as_json)
