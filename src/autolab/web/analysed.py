"""The document of what analysis says of one trial: marks on its curve, how it took bad news, where its time went."""

from dataclasses import asdict
from typing import Any

from autolab.analysis.moves import distances
from autolab.analysis.plateaus import WIDTH
from autolab.analysis.resilience import Resilience, resilience
from autolab.analysis.steps import Step, steps
from autolab.analysis.structure import RESTRUCTURE
from autolab.analysis.time_use import time_use
from autolab.errors import AutolabError
from autolab.lab.snapshots import Snapshots
from autolab.web.follow import FollowedTrial

MOST_COMPARED = 400
"""Experiments of a trial whose structure is compared: one costs some 10 ms of git and parsing."""


def analysis_document(trial: FollowedTrial) -> dict[str, Any]:
    """Everything that docs/metrics.md defines for one trial. `structure` false: its states were too many to compare."""
    with trial.analysing:
        if trial.analysed[0] != len(trial.lines):
            trial.analysed = (len(trial.lines), _analysis(trial))
        return trial.analysed[1]


def _analysis(trial: FollowedTrial) -> dict[str, Any]:
    state = trial.state
    done = steps(state)
    apart = _distances(trial, done)
    found = resilience(state, _files(trial) if apart is not None else None)
    used = time_use(list(trial.lines))
    return {
        "experiments": len(state.experiments),
        "structure": apart is not None,
        "marks": [*_plateaus(found, done), *_setbacks(found), *_restructures(done, apart)],
        "ending": found.ending,
        "resilience": {"composite": found.composite, "components": dict(found.components)},
        "recovery": asdict(found.recovery) | {"episodes": len(found.recovery.episodes)},
        "moves": asdict(found.moves) if found.moves else None,
        "forecasts": [{**asdict(each), "error": each.error} for each in found.forecasts],
        "duplicates": list(found.duplicates),
        "time": asdict(used),
    }


def _plateaus(found: Resilience, done: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [
        {"kind": "plateau", "from": done[each.onset - WIDTH + 1].number, "to": done[each.last].number, "escaped": each.escaped}
        for each in found.plateaus
    ]


def _setbacks(found: Resilience) -> list[dict[str, Any]]:
    return [
        {"kind": "setback", "from": each.began, "to": each.ended or found.experiments, "escaped": each.ended is not None}
        for each in found.recovery.episodes
    ]


def _restructures(done: tuple[Step, ...], apart: tuple[float, ...] | None) -> list[dict[str, Any]]:
    return [
        {"kind": "restructuring", "from": step.number, "to": step.number, "distance": distance}
        for step, distance in zip(done, apart or (), strict=False)
        if distance >= RESTRUCTURE
    ]


def _distances(trial: FollowedTrial, done: tuple[Step, ...]) -> tuple[float, ...] | None:
    if trial.state.start is None or len(done) > MOST_COMPARED:
        return None
    try:
        return distances(done, trial.state.start.tree, _files(trial))
    except AutolabError:  # a trial whose history is not here, e.g. a ledger that was sent alone
        return None


def _files(trial: FollowedTrial) -> Any:
    history = Snapshots.read(trial.folder / "history.git")
    commits = {tree: commit for commit, tree in trial.trees.items()}
    return lambda tree: history.files(commits[tree])
