"""A leaderboard in Markdown, and putting it into a document between two marks."""

from collections.abc import Sequence

from autolab.analysis.bootstrap import Interval
from autolab.analysis.cost import Cost
from autolab.analysis.summary import AgentRow
from autolab.analysis.trials import Trial
from autolab.errors import AutolabError

BEGIN = "<!-- leaderboard: written by autolab leaderboard build -->"
END = "<!-- leaderboard: end -->"

_STANDING = ((5, "published"), (3, "provisional"), (1, "demo"))
"""By the least attempts at any task: what a row may be taken for (docs/metrics.md, Statistics)."""


def standing(row: AgentRow) -> str:
    """What this row may be taken for."""
    return next((name for least, name in _STANDING if row.attempts >= least), "not graded")


def markdown(rows: Sequence[AgentRow], trials: Sequence[Trial], marks: Sequence[str]) -> str:
    """The table with what it rests on. Agents of one group are not told apart by the data; within it they go by IQM."""
    head = (
        "| group | agent | IQM | same tasks, 95 % | new tasks, 95 % | mean | flagged as 0 | tasks | k | graded | void | other | tokens | US$ | standing |",
        "|--:|---|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    )
    lines = [f"**Mixed, not comparable:** {mark}" for mark in marks]
    lines += ["", *head, *map(_line, rows), "", _foot(trials)]
    return "\n".join(lines).lstrip("\n")


def spliced(document: str, table: str) -> str:
    """The document with the table between its marks; AutolabError where the marks are not there once, in order."""
    if document.count(BEGIN) != 1 or document.count(END) != 1 or document.index(BEGIN) > document.index(END):
        raise AutolabError(f"no single place for the leaderboard; put these two lines where it is to stand: {BEGIN} and {END}")
    before, _, rest = document.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def _line(row: AgentRow) -> str:
    counted = row.graded + row.trials.get("void", 0)
    other = sum(row.trials.values()) - counted
    tokens = "-" if row.cost.tokens is None else f"{row.cost.tokens:,}"
    cells = (
        "-" if row.place is None else str(row.place), _cell(row.agent), _figure(row.iqm.value), _span(row.iqm.same),
        _span(row.iqm.new), _figure(row.mean.value), _figure(row.iqm_flagged_zero) if row.flagged else "-", str(row.tasks),
        str(row.attempts), str(row.graded), str(row.trials.get("void", 0)), str(other), tokens, _money(row.cost), standing(row),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _foot(trials: Sequence[Trial]) -> str:
    """What the table rests on, in a sentence or two."""
    versions = sorted({trial.autolab for trial in trials if trial.autolab})
    machines = sorted({trial.machine for trial in trials if trial.machine})
    runs = sorted({trial.run for trial in trials})
    return (
        f"Runs {', '.join(map(_cell, runs))}; autolab {', '.join(versions) or '-'}; machine: {'; '.join(machines) or '-'}. "
        "Agents of one group are not told apart (paired by task, Holm, 5 %). k: attempts at the task that has the least; "
        "other: unfinished or unreadable trials."
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _span(found: Interval | None) -> str:
    return "-" if found is None else f"{found.low:.3f} to {found.high:.3f}"


def _money(cost: Cost) -> str:
    if cost.usd is not None:
        return f"{cost.usd:.2f}"
    return "not priced" if cost.unpriced else "-"
