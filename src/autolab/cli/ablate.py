"""`autolab ablate`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from autolab.cli.limits import CpuSeconds, Experiments, Tokens, Usd

MODES = "true,withheld,shuffled"


def ablate(
    agent: Annotated[str, typer.Argument(help="One agent, as after -a of run.")],
    tasks: Annotated[list[str], typer.Argument(help="Tasks of the suite, or task folders.")],
    name: Annotated[
        str | None, typer.Option(help="Name; the runs are NAME-true, NAME-withheld and NAME-shuffled.")
    ] = None,
    wall: Annotated[float | None, typer.Option(min=1, help="Seconds a trial may take; by default the task's.")] = None,
    experiments: Experiments = None,
    cpu: CpuSeconds = None,
    tokens: Tokens = None,
    usd: Usd = None,
    attempts: Annotated[int, typer.Option(min=2, help="Trials on each task with each feedback.")] = 5,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Trials at once.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="What agents' randomness and development inputs come from.")] = 1,
    modes: Annotated[str, typer.Option(help="Feedback modes, true among them.")] = MODES,
    out: Annotated[Path, typer.Option(help="Folder that runs lie in.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run an agent with true, withheld and shuffled feedback at equal budget: what is the loop worth?

    The same command again continues.
    """
    from autolab.agents.registry import load_agent
    from autolab.analysis.ablation import CLOSED, effects
    from autolab.analysis.trials import read_trials
    from autolab.cli.output import print_json
    from autolab.cli.working import carry_out
    from autolab.errors import AutolabError
    from autolab.lab.feedback import parse_feedback
    from autolab.runs.plan import RunPlan, distinct
    from autolab.task.load import load_task

    told = distinct([parse_feedback(mode.strip()).words for mode in modes.split(",")], "mode")
    if CLOSED not in told or len(told) < 2:
        raise AutolabError(f"--modes {modes!r}: give true and at least one other, e.g. {MODES}")
    loaded = tuple(load_task(task) for task in distinct(tasks, "task"))
    plans = [
        RunPlan(
            tasks=loaded, agents=(agent,), attempts=attempts, wall_s=wall, experiments=experiments, seed=seed, feedback=mode,
            cpu_s=cpu, tokens=tokens, usd=usd,
        )
        for mode in told
    ]  # fmt: skip
    if name is not None and (not name.strip(".") or "/" in name):
        raise AutolabError(f"--name {name!r}: give a plain name, without a slash")
    base = name or f"ablate-{plans[told.index(CLOSED)].name()}"
    folders = {plan.feedback: out / f"{base}-{plan.feedback.replace(':', '-')}" for plan in plans}
    for plan in plans:
        carry_out(folders[plan.feedback], plan, jobs)
    found = effects(read_trials(folders.values()), load_agent(agent).name)
    print_json(_data(agent, folders, found)) if as_json else _print(found)


def _data(agent: str, folders: dict[str, Path], found: Any) -> dict[str, Any]:
    from dataclasses import asdict

    rows = [{**asdict(each), "dependent": each.dependent} for each in found]
    return {"agent": agent, "runs": {mode: str(folder) for mode, folder in folders.items()}, "effects": rows}


def _print(found: Any) -> None:
    from autolab.cli.output import figure, print_table

    rows = []
    for each in found:
        apart = each.difference
        interval = "-" if apart is None or apart.low is None else f"{apart.low:+.3f} to {apart.high:+.3f}"
        mean = "-" if apart is None else f"{apart.mean:+.3f}"
        mark = "feedback-dependent" if each.task is not None and each.mode == "withheld" and each.dependent else ""
        pairs = "0" if apart is None else str(apart.pairs)
        rows.append(
            (
                each.task or "all",
                each.mode,
                figure(each.closed),
                figure(each.other),
                mean,
                interval,
                pairs,
                str(each.left_out),
                mark,
            )
        )
    columns = ("task", "against", "true", "other", "difference", "95 % interval", "pairs", "left out", "mark")
    print_table(columns, rows, right=("true", "other", "difference", "pairs", "left out"))
