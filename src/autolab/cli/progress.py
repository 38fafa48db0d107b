"""What a person sees while trials run: a live table on a terminal, else one plain line per experiment. All on stderr."""

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autolab.cli.output import figure, say, visible
from autolab.lab.trial import TrialPlan
from autolab.ledger.records import AnyRecord, BenchClosed, Experiment, Grade, TrialResumed, TrialStarted
from autolab.runs.engine import Watcher


@contextlib.contextmanager
def progress(plans: Sequence[TrialPlan]) -> Iterator[Watcher]:
    """A watcher for these trials."""
    if not sys.stderr.isatty():
        yield _say_line
        return
    table = _Table(plans)
    from rich.console import Console
    from rich.live import Live

    with Live(table, console=Console(stderr=True), refresh_per_second=4, transient=True):
        yield table.watch


def line(plan: TrialPlan, record: AnyRecord) -> str | None:
    """A record in one line, None for one that is not told."""
    match record:
        case TrialStarted():
            return f"{plan.name}: begins"
        case TrialResumed():
            return f"{plan.name}: continues after {figure(record.spent.get('experiments'))} experiments"
        case Experiment():
            return f"{plan.name}: {experiment_words(record)}"
        case BenchClosed():
            return f"{plan.name}: {record.reason}{f' ({record.detail})' if record.detail else ''}, grading"
        case Grade():
            measured = record.measurement
            found = f"score {measured.score:.3f}" if measured.score is not None else f"{measured.verdict}: {measured.reason}"
            return f"{plan.name}: grade of the {record.choice} state: {found}"
        case _:
            return None


def experiment_words(record: Experiment) -> str:
    """Number, result and hypothesis of an experiment."""
    measured = record.measurement
    result = f"score {measured.score:.3f}" if measured.score is not None else measured.verdict
    mark = " best" if record.best else ""
    return f"{record.number:>3}  {result:<13}{mark:<5} {record.seconds:4.1f} s  {record.hypothesis}"


def _say_line(plan: TrialPlan, record: AnyRecord) -> None:
    if (text := line(plan, record)) is not None:
        say(visible(text))


@dataclass
class _Row:
    plan: TrialPlan
    state: str = "waiting"
    begun: float | None = None
    experiments: int = 0
    best: float | None = None
    last: str = ""

    def left(self) -> str:
        """Wall seconds left, while the trial works."""
        wall = self.plan.budget.wall_s
        if self.begun is None or wall is None or self.state != "working":
            return "-"
        return f"{max(0.0, wall - (time.monotonic() - self.begun)):.0f}"


class _Table:
    """One row a trial, drawn anew by rich whenever it refreshes."""

    def __init__(self, plans: Sequence[TrialPlan]) -> None:
        self._rows = {plan.name: _Row(plan) for plan in plans}

    def watch(self, plan: TrialPlan, record: AnyRecord) -> None:
        """Takes a record into its row."""
        row = self._rows[plan.name]
        match record:
            case TrialStarted():
                row.state, row.begun = "working", time.monotonic()
            case TrialResumed():
                row.state, row.begun = "working", time.monotonic() - record.spent.get("seconds", 0.0)
            case Experiment():
                row.experiments = record.number
                row.best = record.measurement.score if record.best else row.best
                row.last = experiment_words(record)
            case BenchClosed():
                row.state = "grading"
            case Grade():
                score = record.measurement.score
                row.state = record.measurement.verdict if score is None else f"graded {score:.3f}"
            case _:
                pass

    def __rich__(self) -> Any:
        """The table as it stands."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("trial", "state", "left s", "experiments", "best", "last"):
            table.add_column(name, justify="right" if name in {"left s", "experiments", "best"} else "left", no_wrap=True)
        for row in self._rows.values():
            best = "-" if row.best is None else f"{row.best:.3f}"
            last = Text(visible(row.last).replace("\n", " "), overflow="ellipsis")
            table.add_row(row.plan.name, row.state, row.left(), str(row.experiments), best, last)
        return table
