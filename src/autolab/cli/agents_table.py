"""Agents side by side: figures with intervals, groups, what became of their trials."""

from collections.abc import Sequence

from autolab.analysis.bootstrap import Interval
from autolab.analysis.cost import Cost
from autolab.analysis.plots import interval_bar
from autolab.analysis.summary import AgentRow
from autolab.cli.output import figure, print_table, say

COLUMNS = ("group", "agent", "IQM", "0 to 1", "same tasks, 95 %", "new tasks, 95 %", "mean", "tasks", "k", "trials")


def print_agents(rows: Sequence[AgentRow]) -> None:
    """A row for each agent on stdout, what must be known besides on stderr. The bar shows the wider question's interval."""
    print_table(COLUMNS, [_cells(row) for row in rows], right=("group", "IQM", "mean", "tasks", "k"))
    for row in rows:
        for note in _notes(row):
            say(f"autolab: {note}")


def reward(value: float | None) -> str:
    """A reward, score or share with three digits; None is a dash."""
    return "-" if value is None else f"{value:.3f}"


def span(found: Interval | None) -> str:
    """From where to where; a dash where the data cannot tell."""
    return "-" if found is None else f"{found.low:.3f} to {found.high:.3f}"


def money(cost: Cost) -> str:
    """US dollars; `not priced` where a call has no price, with what is known of the others; a dash without calls."""
    if cost.usd is not None:
        return f"{cost.usd:.2f}"
    if not cost.unpriced:
        return "-"
    return f"not priced (over {cost.usd_known:.2f})" if cost.usd_known else "not priced"


def _cells(row: AgentRow) -> tuple[str, ...]:
    return (
        figure(row.place), row.agent, reward(row.iqm.value), interval_bar(row.iqm.value, row.iqm.new or row.iqm.same),
        span(row.iqm.same), span(row.iqm.new), reward(row.mean.value), str(row.tasks), str(row.attempts),
        ", ".join(f"{number} {status}" for status, number in sorted(row.trials.items())),
    )  # fmt: skip


def _notes(row: AgentRow) -> list[str]:
    found = []
    if row.missing:
        found.append(f"{row.agent} has no graded trial at {', '.join(row.missing)}: its figures are over fewer tasks")
    if row.flagged and row.flag_rate is not None:
        low, high = row.flag_rate
        found.append(
            f"{row.agent}: {row.flagged} of {row.graded} graded trials are flagged (95 % {low:.0%} to {high:.0%}); "
            f"counted as 0, its IQM is {reward(row.iqm_flagged_zero)}"
        )
    return found
