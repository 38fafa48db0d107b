"""`autolab analyze`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from autolab.analysis.cost import prices
from autolab.analysis.curves import OVERS, Over
from autolab.analysis.mixing import refuse_mixed
from autolab.analysis.overview import Figures, TaskRow, by_task, figures
from autolab.analysis.plots import sparkline
from autolab.analysis.summary import AgentRow, by_agent
from autolab.analysis.trials import Trial, read_trials
from autolab.cli.agents_table import money, print_agents, reward, span
from autolab.cli.output import figure, print_json, print_table, say, visible
from autolab.errors import AutolabError


def analyze(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs or trials.")],
    over: Annotated[str, typer.Option(help="What curves run over: wall_s, experiments, tokens, cpu_s or usd.")] = "wall_s",
    force: Annotated[bool, typer.Option("--force", help="Average what differs in machine, digest or version, and mark it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what agents reached, how their curves ran, how sure that is, and what it cost."""
    found_over = next((each for each in OVERS if each == over), None)
    if found_over is None:
        raise AutolabError(f"--over {over!r}: give one of {', '.join(OVERS)}")
    trials = some_trials(runs)
    marks = refuse_mixed(trials, force=force)
    agents, tasks, others = by_agent(trials), by_task(trials, found_over), figures(trials)
    if as_json:
        print_json(
            {
                "trials": len(trials), "mixed": list(marks), "agents": [asdict(row) for row in agents],
                "tasks": [asdict(row) for row in tasks], "figures": [asdict(row) for row in others],
                "prices": {row.agent: _prices([each for each in trials if each.agent == row.agent]) for row in agents},
            }
        )  # fmt: skip
        return
    for mark in marks:
        print(visible(f"MIXED: {mark}"))
    print_agents(agents)
    _print_tasks(tasks)
    _print_figures(others)
    _print_costs(agents)
    _print_prices(trials, found_over)


def some_trials(folders: Sequence[Path]) -> tuple[Trial, ...]:
    """The trials of these runs; AutolabError if there are none. Says on stderr which cannot be read."""
    trials = read_trials(folders)
    if not trials:
        raise AutolabError(f"no trials in {', '.join(map(str, folders))}; give folders that autolab run made, e.g. runs/NAME")
    for trial in trials:
        if trial.problem is not None:
            say(f"autolab: {trial.problem}")
    return trials


def _print_tasks(rows: Sequence[TaskRow]) -> None:
    cells = [
        (
            row.task, row.agent, str(row.attempts), reward(row.reward), span(row.same), reward(row.worst), reward(row.best),
            sparkline(row.curve) or "-", reward(row.area), reward(row.first), reward(row.gain), _share(row.share),
        )
        for row in rows
    ]  # fmt: skip
    columns = (
        "task", "agent", "k", "reward", "95 %", "worst", "best score", f"curve over {rows[0].over}", "area", "first",
        "10 - 1", "first's share",
    )  # fmt: skip
    print()
    print_table(columns, cells, right=("k", "reward", "worst", "best score", "area", "first", "10 - 1", "first's share"))


def _print_figures(rows: Sequence[Figures]) -> None:
    cells = [
        (
            row.agent, str(row.k), reward(row.best_at_k), reward(row.worst_at_k), reward(row.pass_at_1), reward(row.pass_at_k),
            reward(row.efficient_at_1), reward(row.efficient_at_k), reward(row.success), reward(dict(row.fast).get(1)),
            reward(dict(row.fast).get(2)), _times(row.geometric), _times(row.harmonic), reward(row.aup),
        )
        for row in rows
    ]  # fmt: skip
    columns = (
        "agent", "k", "best@k", "worst@k", "pass@1", "pass@k", "efficient@1", "efficient@k", ">= 10 %", "fast_1", "fast_2",
        "geometric", "harmonic", "AUP",
    )  # fmt: skip
    if cells:
        print()
        print_table(columns, cells, right=columns[1:])


def _print_costs(rows: Sequence[AgentRow]) -> None:
    cells = [
        (
            row.agent, str(row.cost.trials), str(row.cost.experiments), f"{row.cost.wall_s:,.0f}", f"{row.cost.cpu_s:,.1f}",
            "-" if row.cost.tokens is None else f"{row.cost.tokens:,}", money(row.cost),
        )
        for row in rows
    ]  # fmt: skip
    columns = ("agent", "trials", "experiments", "wall s", "CPU s", "tokens", "US$")
    print()
    print_table(columns, cells, right=columns[1:])


def _print_prices(trials: Sequence[Trial], over: Over) -> None:
    """What the next 0.1 of score cost, each trial's spending in vain included."""
    rows = []
    for agent in sorted({trial.agent for trial in trials}):
        found = prices([trial for trial in trials if trial.agent == agent], over)
        rows += [
            (agent, f"{price.level:.1f}", figure(price.each), figure(price.spent), f"{price.reached} of {price.of}") for price in found or ()
        ]
    columns = ("agent", "from score", f"{over} for the next 0.1", "spent there", "reached")
    if rows:
        print()
        print_table(columns, rows, right=columns[1:])


def _prices(trials: Sequence[Trial]) -> dict[str, Any]:
    found = {over: prices(trials, over) for over in OVERS}
    return {over: None if each is None else [asdict(price) for price in each] for over, each in found.items()}


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}x"
