"""A trial as one row of a table."""

from collections.abc import Sequence
from typing import Any

from autolab.ledger.records import Experiment
from autolab.runs.results import trial_data
from autolab.web.follow import FollowedTrial

_SPARKS = 40
"""Points of a sparkline at most."""


def trial_row(trial: FollowedTrial) -> dict[str, Any]:
    """What `autolab show --json` says of a trial, and beside it what a table shows: progress, cost, sparkline."""
    state, started = trial.state, trial.state.started
    made = started.provenance if started else None
    graded = state.grade.measurement if state.grade else None
    return {
        **trial_data(trial.stored),
        "run": trial.folder.parent.parent.name,
        "over": state.ended is not None,
        "working": trial.working,
        "stop": state.stop is not None,
        "begun": trial.begun,
        "updated": trial.updated,
        "best_metric": state.best.measurement.metric if state.best else None,
        "best_unit": state.best.measurement.unit if state.best else None,
        "spark": best_so_far(state.experiments, state.vetoed_trees),
        "calls": state.calls,
        "model": started.model if started else None,
        "feedback": started.feedback if started else None,
        "flags": list(graded.flags) if graded else [],
        "low_precision": bool(started and started.noise and started.noise.low_precision),
        "vetoes": len(state.vetoes),
        "machine": made.machine.get("cpu") if made else None,
        "fingerprint": made.fingerprint if made else None,
    }


def best_so_far(experiments: Sequence[Experiment], vetoed: frozenset[str]) -> list[float | None]:
    """The best score after each experiment that counts, thinned to what a sparkline can show. None before the first."""
    best: float | None = None
    found: list[float | None] = []
    for each in experiments:
        score = each.measurement.score
        if each.measurement.verdict == "ok" and score is not None and each.tree not in vetoed:
            best = score if best is None else max(best, score)
        found.append(best)
    if len(found) <= _SPARKS:
        return found
    return [found[round(i * (len(found) - 1) / (_SPARKS - 1))] for i in range(_SPARKS)]
