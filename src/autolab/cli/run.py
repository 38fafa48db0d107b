"""`autolab run`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import print_json, say


def run(
    tasks: Annotated[list[str], typer.Argument(help="Tasks of the suite, or task folders.")],
    agent: Annotated[str, typer.Option("-a", "--agent", help="Agents, with commas between: a name, or path/to/file.py:Class.")],
    name: Annotated[str | None, typer.Option(help="Name of the run; by default made from what is run.")] = None,
    wall: Annotated[float | None, typer.Option(min=1, help="Seconds a trial may take; by default the task's.")] = None,
    experiments: Annotated[int | None, typer.Option(min=1, help="Experiments a trial may make; by default unlimited.")] = None,
    attempts: Annotated[int, typer.Option(min=1, help="Trials of each agent on each task.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="What agents' randomness and development inputs come from.")] = 1,
    feedback: Annotated[str, typer.Option(help="What agents are told: true, withheld, shuffled or delayed:N.")] = "true",
    out: Annotated[Path, typer.Option(help="Folder that runs lie in.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Let agents work on tasks, and grade what they reach.

    The same command again continues an unfinished run, and shows a finished one.
    """
    from autolab.cli.progress import progress
    from autolab.cli.results import print_results, run_data
    from autolab.errors import AutolabError
    from autolab.runs.engine import run_trials
    from autolab.runs.plan import RunPlan, distinct, expand
    from autolab.runs.store import read_run
    from autolab.sandbox.bubblewrap import default_sandbox
    from autolab.task.load import load_task

    plan = RunPlan(
        tasks=tuple(load_task(task) for task in distinct(tasks, "task")),
        agents=distinct(agent.split(","), "agent"),
        attempts=attempts,
        wall_s=wall,
        experiments=experiments,
        seed=seed,
        feedback=feedback,
    )
    folder = out / (name or plan.name())
    if name is not None and (not name.strip(".") or "/" in name):
        raise AutolabError(f"--name {name!r}: give a plain name, without a slash")
    trials = expand(plan, folder)
    sandbox = default_sandbox()
    for missing in sandbox.in_force().missing:
        say(f"autolab: not in force: {missing}")
    say(f"autolab: {len(trials)} trial{'s' if len(trials) > 1 else ''} in {folder}")
    try:
        with progress(trials) as watcher:
            run_trials(trials, sandbox, watcher)
    except KeyboardInterrupt:
        say("autolab: stopped; what was measured is kept, the same command continues")
        raise typer.Exit(130) from None
    finally:
        if folder.is_dir():
            done = [trial for trial in read_run(folder) if trial.name in {plan.name for plan in trials}]
            print_json(run_data(folder, done)) if as_json else print_results(folder, done)
