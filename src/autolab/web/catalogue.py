"""The document of all tasks: those of the suite and those that runs are about, each with what was reached."""

from collections import defaultdict
from typing import Any

from autolab.errors import AutolabError
from autolab.task.load import load_task, suite_tasks
from autolab.web.shelf import Shelf


def tasks_document(shelf: Shelf, patience: float | None = None) -> dict[str, Any]:
    """A line for each task, by name; see Shelf.rows for `patience`."""
    scores: dict[str, list[float]] = defaultdict(list)
    trials: dict[str, int] = defaultdict(int)
    for run in shelf.runs():
        for row in shelf.rows(run, patience):
            trials[row["task"]] += 1
            if row.get("score") is not None:
                scores[row["task"]].append(row["score"])
    return {"tasks": [_line(name, trials[name], scores[name]) for name in sorted({*suite_tasks(), *trials})]}


def _line(name: str, trials: int, scores: list[float]) -> dict[str, Any]:
    try:
        task = load_task(name)
    except AutolabError:  # one of somebody's own, whose folder only its runs know
        task = None
    spec = task.optimization if task else None
    return {
        "task": name,
        "axis": spec.axis if spec else None,
        "unit": task.unit if task else None,
        "baseline": spec.baseline.score if spec else None,
        "reference": spec.reference.score if spec else None,
        "trials": trials,
        "best": max(scores, default=None),
    }
