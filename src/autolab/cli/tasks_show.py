"""`autolab tasks show`."""

from typing import Annotated

import typer

from autolab.cli.output import figure, print_json, visible
from autolab.task.spec import Run
from autolab.task.task import Task


def show_task(
    task: Annotated[str, typer.Argument(help="A task of the suite, or a task folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show one task: what the agent is told, and on what scale it is judged."""
    from autolab.cli.calibrate import smallest_gain
    from autolab.judge.kept import known_anchors
    from autolab.task.load import load_task

    loaded = load_task(task)
    if as_json:
        known = known_anchors(loaded, _stated_seed(loaded))
        gain = smallest_gain(loaded, _stated_seed(loaded))
        facts = {"name": loaded.name, "digest": loaded.digest, "instruction": loaded.instruction}
        print_json({**facts, "spec": loaded.spec.model_dump(mode="json"), "measured": known.model_dump() if known else None, "smallest_gain": gain})
    else:
        print(visible(f"{loaded.instruction.rstrip()}\n\n{_facts(loaded)}"))


def _facts(task: Task) -> str:
    """The judge's side of a task, one fact a line."""
    spec, environment = task.optimization, task.spec.environment
    facts = [
        ("task", f"{task.name} ({spec.axis})"),
        ("metric", f"{spec.metric} in {task.unit}, {spec.direction} is better, {spec.scale} scale"),
        ("instrument", spec.instrument.kind),
        ("baseline", f"{figure(spec.baseline.score)}  {spec.baseline.method}"),
        ("reference", f"{figure(spec.reference.score)}  {spec.reference.method}"),
        ("floor", f"{figure(spec.floor.score)}  {spec.floor.reason}" if spec.floor else "none stated"),
        ("measured", _measured(task)),
        ("tells", _tells(task)),
        ("editable", ", ".join(spec.editable)),
        ("tools", ", ".join(spec.requires) or "none"),
        ("box", f"{figure(environment.cpus)} cpu, {environment.memory_mb} MiB memory, {environment.storage_mb} MiB disk"),
        ("build limit", f"{figure(spec.build.timeout_sec)} s" if spec.build else "no build"),
        ("run limit", _run_limit(spec.run) if spec.run else "no run"),
        ("wall budget", f"{figure(task.spec.agent.timeout_sec)} s unless a run says otherwise"),
        ("attacks", ", ".join(attack.name for attack in task.attacks) or "none"),
        ("folder", str(task.folder)),
        ("digest", task.digest),
    ]
    return "\n".join(f"{name:<12} {value}" for name, value in facts)


def _measured(task: Task) -> str:
    """The anchors as this machine measured them, beside how far that is from the stated ones."""
    from autolab.judge.kept import known_anchors

    if task.optimization.instrument.kind == "count":
        return "counted from the files, the same everywhere"
    known = known_anchors(task, _stated_seed(task))
    if known is None:
        return f"not yet on this machine; type: autolab calibrate {task.name}"
    stated = (task.optimization.baseline.score, task.optimization.reference.score)
    pairs = zip(("baseline", "reference"), (known.baseline, known.reference), stated, strict=True)
    return ", ".join(f"{name} {figure(found)} ({found / said - 1:+.1%})" for name, found, said in pairs)


def _tells(task: Task) -> str:
    """The smallest gain that one measure can tell from none."""
    from autolab.cli.calibrate import smallest_gain

    kind, gain = task.optimization.instrument.kind, smallest_gain(task, _stated_seed(task))
    if kind == "quality":
        return "any gain on its own seed; a grade shows how far seeds lie apart"
    if gain is None:
        return f"not yet known on this machine; type: autolab calibrate {task.name}" if kind == "paired" else "as test.sh does"
    return f"gains of {gain:.2%} and more" if gain else "any gain: figures repeat to the digit"


def _run_limit(run: Run) -> str:
    budget = f", {figure(run.cpu_sec)} s of CPU time of all its processes" if run.cpu_sec is not None else ""
    return f"{figure(run.timeout_sec)} s a case{budget}"


def _stated_seed(task: Task) -> int:
    return task.optimization.cases.stated_seed if task.optimization.cases else 1
