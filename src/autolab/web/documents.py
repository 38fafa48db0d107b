"""Every document of the page by its key: what the server answers at /data/KEY.json, and what a static site has as files."""

from typing import Any

from autolab.errors import AutolabError
from autolab.web import bench
from autolab.web.agents import agents_document
from autolab.web.analysed import analysis_document
from autolab.web.board import board_document, pairs_document
from autolab.web.catalogue import tasks_document
from autolab.web.index import index_document, run_document
from autolab.web.shelf import Shelf
from autolab.web.tasks import task_document

Key = tuple[str, ...]
"""Parts of a document's path, e.g. ("trial", "demo", "gaussian_blur__climb__1", "experiment", "3")."""


def document(shelf: Shelf, key: Key, patience: float | None = None) -> dict[str, Any]:
    """The document of this key. AutolabError for one that is not there; see Shelf.rows for `patience`."""
    match key:
        case ("index",):
            return index_document(shelf)
        case ("run", run):
            return run_document(shelf, run, patience)
        case ("tasks",):
            return tasks_document(shelf, patience)
        case ("task", name):
            return task_document(shelf, name, patience)
        case ("agents", task, over):
            return agents_document(shelf, task, over)
        case ("leaderboard", *chosen):
            return board_document(shelf, tuple(chosen))
        case ("pairs", *chosen):
            return pairs_document(shelf, tuple(chosen))
        case ("trial", run, trial, *rest):
            return _of_trial(shelf, run, trial, tuple(rest))
        case _:
            raise AutolabError(f"no document {'/'.join(key)[:200]!r}")


def _of_trial(shelf: Shelf, run: str, name: str, rest: Key) -> dict[str, Any]:
    trial = shelf.trial(run, name)
    if trial.problem is not None and rest:
        raise AutolabError(trial.problem)
    match rest:
        case ():
            return bench.trial_document(trial)
        case ("experiment", number) if number.isdecimal():
            return bench.experiment_document(trial, int(number))
        case ("analysis",):
            return analysis_document(trial)
        case ("grade",):
            return bench.grade_document(trial)
        case ("files", which):
            return bench.files_document(trial, which)
        case ("steps", part) if part.isdecimal():
            return bench.steps_document(trial, int(part))
        case _:
            raise AutolabError(f"no document {'/'.join(rest)[:200]!r} of a trial")
