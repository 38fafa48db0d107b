"""What is shown of trials: one table for people, the same as data."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autolab.analysis.mixing import mixed
from autolab.analysis.summary import AgentRow, by_agent
from autolab.analysis.trials import view
from autolab.cli.agents_table import print_agents
from autolab.cli.output import figure, print_table, say, visible
from autolab.runs.store import StoredTrial

COLUMNS = ("task", "agent", "try", "score", "metric", "unit", "experiments", "seconds", "state")


def print_results(folder: Path, trials: Sequence[StoredTrial]) -> None:
    """The trials as a table on stdout; how to look closer on stderr."""
    print_table(COLUMNS, [_row(trial) for trial in trials], right=("try", "score", "metric", "experiments", "seconds"))
    for trial in trials:
        if trial.problem is not None:
            say(f"autolab: {trial.problem}")
    rows, marks = _by_agent(trials)
    if any(row.graded > 1 for row in rows):
        print()
        for mark in marks:
            print(visible(f"MIXED: {mark}"))
        print_agents(rows)
    if trials:
        say(f"\nlook closer: autolab show {trials[0].folder}\nall of it:   autolab show {folder} --json")


def run_data(folder: Path, trials: Sequence[StoredTrial]) -> dict[str, Any]:
    """A run as data."""
    rows, marks = _by_agent(trials)
    found = {"run": folder.name, "folder": str(folder), "trials": [trial_data(trial) for trial in trials]}
    return {**found, "agents": [asdict(row) for row in rows], "mixed": list(marks)}


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


def _by_agent(trials: Sequence[StoredTrial]) -> tuple[tuple[AgentRow, ...], tuple[str, ...]]:
    """A row for each agent, and what of its trials should not have been averaged."""
    views = [view(trial) for trial in trials]
    return by_agent(views), mixed(views)


def _row(trial: StoredTrial) -> tuple[str, ...]:
    data = trial_data(trial)
    score = "-" if data["score"] is None else f"{data['score']:.3f}"
    return (
        data["task"], data["agent"], figure(data["attempt"]), score, figure(data["metric"]), data["unit"] or "-",
        figure(data["experiments"]), f"{data['seconds']:.0f}", data["state"],
    )  # fmt: skip


def _part(trial: StoredTrial, index: int) -> str:
    parts = trial.name.split("__")
    return parts[index] if index < len(parts) else "?"
