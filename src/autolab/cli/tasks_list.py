"""`autolab tasks list`."""

from typing import Annotated, Any

import typer

from autolab.cli.output import figure, print_json, print_table, say
from autolab.errors import AutolabError
from autolab.task.task import Task


def list_tasks(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the tasks of the suite. Ratio: how many times better the reference is than the baseline."""
    tasks, broken = _load_all()
    if as_json:
        print_json([summary(task) for task in tasks])
    else:
        columns = ("task", "axis", "metric", "baseline", "reference", "ratio")
        print_table(columns, [_row(summary(task)) for task in tasks], right=("baseline", "reference", "ratio"))
    for error in broken:
        say(f"autolab: {error}")
    if broken:
        raise typer.Exit(2)


def summary(task: Task) -> dict[str, Any]:
    """What a list shows of a task; the anchors are the stated ones."""
    spec = task.optimization
    baseline, reference = spec.baseline.score, spec.reference.score
    return {
        "name": task.name,
        "axis": spec.axis,
        "metric": spec.metric,
        "unit": task.unit,
        "direction": spec.direction,
        "scale": spec.scale,
        "baseline": baseline,
        "reference": reference,
        "ratio": baseline / reference if spec.direction == "lower" else reference / baseline,
        "digest": task.digest,
    }


def _row(shown: dict[str, Any]) -> tuple[str, ...]:
    numbers = (figure(shown["baseline"]), figure(shown["reference"]), f"{shown['ratio']:.2f}x")
    return (shown["name"], shown["axis"], shown["metric"], *numbers)


def _load_all() -> tuple[list[Task], list[AutolabError]]:
    """Every task of the suite that can be read, and what is wrong with the others."""
    from autolab.task.load import load_task, suite_tasks

    tasks, broken = [], []
    for name in suite_tasks():
        try:
            tasks.append(load_task(name))
        except AutolabError as error:
            broken.append(error)
    return tasks, broken
