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
from autolab.runs.results import trial_data
from autolab.runs.store import StoredTrial

COLUMNS = ("task", "agent", "try", "score", "metric", "unit", "experiments", "seconds", "state")


def print_results(folder: Path, trials: Sequence[StoredTrial]) -> None:
    """The trials as a table on stdout; how to look closer on stderr."""
    print_table(COLUMNS, [_row(trial) for trial in trials], right=("try", "score", "metric", "experiments", "seconds"))
    for trial in trials:
        if trial.problem is not None:
            say(f"autolab: {trial.problem}")
    rows, marks = _by_agent(trials)
    if any(row.iqm.same or row.iqm.new for row in rows):  # else it would say nothing that the table above does not
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
