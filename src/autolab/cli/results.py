"""What is shown of trials: one table for people, the same as data."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autolab.cli.output import figure, print_table, say
from autolab.runs.store import StoredTrial

COLUMNS = ("task", "agent", "try", "score", "metric", "unit", "experiments", "seconds", "state")
SUMMARY_COLUMNS = ("agent", "tasks", "trials", "mean score", "95 % interval")
RESAMPLES = 10_000


def print_results(folder: Path, trials: Sequence[StoredTrial]) -> None:
    """The trials as a table on stdout; how to look closer on stderr."""
    print_table(COLUMNS, [_row(trial) for trial in trials], right=("try", "score", "metric", "experiments", "seconds"))
    if summary := by_agent(trials):
        print()
        print_table(SUMMARY_COLUMNS, [_summary_row(each) for each in summary], right=SUMMARY_COLUMNS[1:])
    for trial in trials:
        if trial.problem is not None:
            say(f"autolab: {trial.problem}")
    if trials:
        say(f"\nlook closer: autolab show {trials[0].folder}\nall of it:   autolab show {folder} --json")


def run_data(folder: Path, trials: Sequence[StoredTrial]) -> dict[str, Any]:
    """A run as data."""
    shown = [trial_data(trial) for trial in trials]
    return {"run": folder.name, "folder": str(folder), "trials": shown, "by_agent": by_agent(trials)}


def by_agent(trials: Sequence[StoredTrial]) -> list[dict[str, Any]]:
    """For each agent the mean over tasks of its mean score, with the 95 % interval by bootstrap over its attempts.

    The interval is of percentiles, attempts being drawn anew within each task; it is null where no task has two attempts,
    and says nothing of other tasks. A graded trial without a score counts 0, as its reward does; one that is not graded is
    left out. Empty where no agent has two graded attempts at a task: then the table of trials says it all.
    """
    scores: dict[str, dict[str, list[float]]] = {}
    for trial in trials:
        data = trial_data(trial)
        if trial.state.grade is not None:
            scores.setdefault(data["agent"], {}).setdefault(data["task"], []).append(data["score"] or 0.0)
    if not any(len(each) > 1 for tasks in scores.values() for each in tasks.values()):
        return []
    found = [{"agent": agent, **_mean_with_interval(list(tasks.values()))} for agent, tasks in scores.items()]
    return sorted(found, key=lambda each: -each["score"])


def _mean_with_interval(scores: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Of the scores of each task's attempts."""
    import numpy as np

    tasks = [np.array(each) for each in scores]
    low = high = None
    if any(len(each) > 1 for each in tasks):
        rng = np.random.default_rng(1)
        drawn = [each[rng.integers(0, len(each), (RESAMPLES, len(each)))].mean(axis=1) for each in tasks]
        low, high = (float(value) for value in np.percentile(np.mean(drawn, axis=0), (2.5, 97.5)))
    mean = float(np.mean([each.mean() for each in tasks]))
    return {"tasks": len(tasks), "trials": sum(map(len, tasks)), "score": mean, "low": low, "high": high}


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


def _row(trial: StoredTrial) -> tuple[str, ...]:
    data = trial_data(trial)
    score = "-" if data["score"] is None else f"{data['score']:.3f}"
    return (
        data["task"], data["agent"], figure(data["attempt"]), score, figure(data["metric"]), data["unit"] or "-",
        figure(data["experiments"]), f"{data['seconds']:.0f}", data["state"],
    )  # fmt: skip


def _summary_row(summary: dict[str, Any]) -> tuple[str, ...]:
    low, high = summary["low"], summary["high"]
    interval = "-" if low is None else f"{low:.3f} to {high:.3f}"
    return (summary["agent"], str(summary["tasks"]), str(summary["trials"]), f"{summary['score']:.3f}", interval)


def _part(trial: StoredTrial, index: int) -> str:
    parts = trial.name.split("__")
    return parts[index] if index < len(parts) else "?"
