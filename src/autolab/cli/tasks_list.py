"""`autolab tasks list`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from autolab.cli.output import figure, print_json, print_table, say
from autolab.errors import AutolabError
from autolab.task.task import Task


def list_tasks(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/tasks.md.")] = False,
) -> None:
    """List the tasks of the suite. Ratio: how many times better the reference is than the baseline."""
    tasks, broken = _load_all()
    if markdown:
        print(document(tasks), end="")
    elif as_json:
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


def document(tasks: Sequence[Task]) -> str:
    """docs/tasks.md: the suite by axis, all of it from the task folders."""
    parts = [_HEAD]
    for axis, title in _AXES.items():
        found = [task for task in tasks if task.optimization.axis == axis]
        if found:
            parts += [f"\n## {title}\n\n", _MARKDOWN_HEAD, *(_markdown_row(task) for task in found)]
    return "".join(parts)


_AXES = {
    "faster": "Faster: less work for the same result",
    "smaller": "Smaller: a leaner solution of the same",
    "smarter": "Smarter: better quality under a fixed budget",
}
_HEAD = """# The suite

Printed by `autolab tasks list --markdown`; a test compares. Anchors are the stated ones: `autolab calibrate` measures them on a
machine. Ratio: how many times better the reference is than the baseline. The budget is a trial's wall time unless `--wall` says otherwise.
What a famous library does of the same job stands in the task's `solution/reference.md`, with the command that measures it.
"""
_MARKDOWN_HEAD = """| task | language | what it is about | metric | measured by | baseline | reference | ratio | beside a library | budget |
|---|---|---|---|---|---|---|---|---|---|
"""


def _markdown_row(task: Task) -> str:
    shown, spec = summary(task), task.spec
    cells = (
        f"`{task.name}`", spec.metadata.get("language", "-"), spec.task.description, task.unit, task.optimization.instrument.kind,
        figure(shown["baseline"]), figure(shown["reference"]), f"{shown['ratio']:.4g}x", spec.metadata.get("library", "-"),
        f"{spec.agent.timeout_sec / 60:g} min",
    )  # fmt: skip
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


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
