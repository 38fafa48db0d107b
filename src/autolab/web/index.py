"""The documents of the first page and of one run."""

from pathlib import Path
from typing import Any

from autolab import __version__
from autolab.errors import AutolabError
from autolab.runs.hold import holder
from autolab.runs.manifest import read_manifest
from autolab.web.shelf import Shelf


def index_document(shelf: Shelf) -> dict[str, Any]:
    """All runs, each with what a glance at its trials tells."""
    return {"autolab": __version__, "runs": [_run(shelf, name, folder) for name, folder in shelf.runs().items()]}


def run_document(shelf: Shelf, name: str, patience: float | None = None) -> dict[str, Any]:
    """A run with a row for each of its trials; see Shelf.rows for `patience`."""
    folder = shelf.run(name)
    return {
        "run": name,
        "folder": str(folder),
        "holder": holder(folder),
        "planned": _planned(folder),
        "trials": shelf.rows(name, patience),
    }


def _run(shelf: Shelf, name: str, folder: Path) -> dict[str, Any]:
    glances = [shelf.glance(each) for each in shelf.trials(name)]
    rewards = [each["reward"] for each in glances if each["reward"] is not None]
    return {
        "run": name,
        "folder": str(folder),
        "working": holder(folder) is not None,
        "planned": _planned(folder)["trials"],
        "begun": len(glances),
        "over": sum(each["over"] for each in glances),
        "tasks": sorted({each["task"] for each in glances}),
        "agents": sorted({each["agent"] for each in glances}),
        "mean_reward": sum(rewards) / len(rewards) if rewards else None,
        "first": min((each["begun"] for each in glances if each["begun"]), default=None),
    }


def _planned(folder: Path) -> dict[str, Any]:
    """What run.json asks for: trials in all, at once, and wall budget of each. None where it does not say."""
    try:
        manifest = read_manifest(folder)
    except AutolabError:
        return {"trials": None, "jobs": None, "wall_s": None}
    walls = [plan.wall_s for plan in manifest.plans if plan.wall_s is not None]
    return {
        "trials": sum(len(plan.tasks) * len(plan.agents) * plan.attempts for plan in manifest.plans),
        "jobs": manifest.jobs,
        "wall_s": max(walls) if walls else None,
    }
