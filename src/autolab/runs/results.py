"""A trial's results as data: the same for the command line, the page and exports."""

from typing import Any

from autolab.runs.store import StoredTrial


def trial_data(trial: StoredTrial) -> dict[str, Any]:
    """A trial as data, without its experiments. What has not happened is null."""
    state = trial.state
    grade = state.grade.measurement if state.grade else None
    return {
        "trial": trial.name,
        "folder": str(trial.folder),
        "task": _part(trial, 0),
        "agent": state.started.agent if state.started else _part(trial, 1),
        "attempt": state.started.attempt if state.started else None,
        "state": status(trial),
        "problem": trial.problem,
        "score": grade.score if grade else None,
        "reward": state.grade.reward if state.grade else None,
        "verdict": grade.verdict if grade else None,
        "reason": grade.reason if grade else None,
        "metric": grade.metric if grade else None,
        "unit": grade.unit if grade else None,
        "anchors": grade.anchors.model_dump() if grade and grade.anchors else None,
        "development_gap": state.gap,
        "best_development_score": state.best.measurement.score if state.best else None,
        "experiments": len(state.experiments),
        "seconds": state.elapsed,
        "budget": state.started.budget if state.started else None,
        "spent": state.spent,
        "task_digest": state.started.provenance.task_digest if state.started else None,
    }


def status(trial: StoredTrial) -> str:
    """Where a trial stands, in a word or two."""
    state = trial.state
    if trial.problem is not None:
        return "unreadable"
    if state.grade is not None and state.grade.measurement.verdict != "ok":
        return state.grade.measurement.verdict
    if state.ended is not None:
        return f"done ({state.closed.reason})" if state.closed else "done"
    if state.closed is not None and state.closed.reason != "interrupted":
        return "not graded yet"
    return "unfinished"


def _part(trial: StoredTrial, index: int) -> str:
    parts = trial.name.split("__")
    return parts[index] if index < len(parts) else "?"
