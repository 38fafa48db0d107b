"""The document that compares agents on one task: their mean reward as the budget is used up."""

from dataclasses import asdict
from typing import Any, get_args

from autolab.analysis.curves import Over
from autolab.analysis.mixing import mixed
from autolab.analysis.overview import GRID, by_task
from autolab.analysis.trials import view
from autolab.errors import AutolabError
from autolab.web.follow import FollowedTrial
from autolab.web.shelf import Shelf


def agents_document(shelf: Shelf, task: str, over: str) -> dict[str, Any]:
    """A row for each agent at the task; `curve` has GRID heights up to `horizon`, which all of them share."""
    known: dict[str, Over] = {each: each for each in get_args(Over)}
    if over not in known:
        raise AutolabError(f"no curve over {over[:40]!r}; there are: {', '.join(known)}")
    trials = []
    for run in shelf.runs():
        for folder in shelf.trials(run):
            if folder.name.partition("__")[0] == task:
                trial = FollowedTrial(folder)
                trial.refresh()
                trials.append(view(trial.stored))
    rows = by_task(trials, known[over])
    return {"task": task, "over": over, "grid": GRID, "marks": mixed(trials), "agents": [asdict(row) for row in rows]}
