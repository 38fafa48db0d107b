"""The document of a task: what it asks, on what scale, and all results that are here."""

from typing import Any

from autolab.errors import AutolabError
from autolab.judge.kept import known_anchors
from autolab.runs.manifest import read_manifest
from autolab.task.load import load_task
from autolab.task.task import Task
from autolab.web.shelf import Shelf


def task_document(shelf: Shelf, name: str, patience: float | None = None) -> dict[str, Any]:
    """The task of this short name, and a row for each trial of it in any run."""
    rows = [row for run in shelf.runs() for row in shelf.rows(run, patience) if row["task"] == name]
    task, problem = _load(shelf, name)
    if task is None and not rows:
        raise AutolabError(f"no task {name!r} here; {problem}")
    return {"task": name, "problem": problem, "about": None if task is None else _about(task), "trials": rows}


def _about(task: Task) -> dict[str, Any]:
    spec = task.optimization
    seed = spec.cases.stated_seed if spec.cases else 1
    known = known_anchors(task, seed)
    return {
        "name": task.name,
        "digest": task.digest,
        "instruction": task.instruction,
        "unit": task.unit,
        "description": task.spec.task.description,
        "wall_s": task.spec.agent.timeout_sec,
        "environment": task.spec.environment.model_dump(mode="json"),
        "optimization": spec.model_dump(mode="json"),
        "measured": known.model_dump() if known else None,
        "attacks": [{"name": each.name, "verdict": each.verdict, "why": each.why} for each in task.attacks],
        "metadata": {key: value for key, value in task.spec.metadata.items() if isinstance(value, str | int | float | list)},
    }


def _load(shelf: Shelf, name: str) -> tuple[Task | None, str | None]:
    """The task from where a run's plan says it lies, else from the suite; and why there is none."""
    folders: list[str] = []
    for run in shelf.runs().values():
        try:
            plans = read_manifest(run).plans
        except AutolabError:
            continue
        folders += [each.folder for plan in plans for each in plan.tasks if each.name == name and each.folder]
    problem = None
    for place in [*dict.fromkeys(reversed(folders)), name]:
        try:
            return load_task(place), None
        except AutolabError as error:
            problem = str(error)
    return None, problem
