"""What a person sees while trials run: a live table on a terminal, else one plain line per experiment. All on stderr."""

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autolab.cli.output import figure, say, visible
from autolab.ledger.records import (
    AnyRecord,
    BenchClosed,
    Experiment,
    Grade,
    Note,
    StopAsked,
    TrialResumed,
    TrialStarted,
    Veto,
)
from autolab.runs.engine import Watcher

Walls = Mapping[str, float | None]
"""Trials by name, each with its wall budget in seconds; None: unlimited or not known yet."""


@contextlib.contextmanager
def progress(walls: Walls) -> Iterator[Watcher]:
    """A watcher for these trials."""
    if not sys.stderr.isatty():
        yield say_line
        return
    table = ProgressTable(walls)
    with live(table):
        yield table.watch


@contextlib.contextmanager
def live(table: "ProgressTable", *, transient: bool = True) -> Iterator[None]:
    """Draws the table on the terminal's stderr until the `with` ends; not `transient`: its last look stays there."""
    from rich.console import Console
    from rich.live import Live

    with Live(table, console=Console(stderr=True), refresh_per_second=4, transient=transient):
        yield


def line(name: str, record: AnyRecord) -> str | None:
    """A record of the trial `name` in one line, None for one that is not told."""
    match record:
        case TrialStarted():
            return f"{name}: begins"
        case TrialResumed():
            return f"{name}: continues after {figure(record.spent.get('experiments'))} experiments"
        case Experiment():
            return f"{name}: {experiment_words(record)}"
        case Veto():
            return f"{name}: experiment {record.experiment} vetoed: {record.reason}"
        case StopAsked():
            return f"{name}: a person asks it to stop{f': {record.reason}' if record.reason else ''}"
        case Note(author="person" | "lab"):
            return f"{name}: note of {'a person' if record.author == 'person' else 'the lab'}: {record.text}"
        case BenchClosed():
            return f"{name}: {record.reason}{f' ({record.detail})' if record.detail else ''}, grading"
        case Grade():
            measured = record.measurement
            found = f"score {measured.score:.3f}" if measured.score is not None else f"{measured.verdict}: {measured.reason}"
            return f"{name}: grade of the {record.choice} state: {found}"
        case _:
            return None


def experiment_words(record: Experiment) -> str:
    """Number, result and hypothesis of an experiment."""
    measured = record.measurement
    result = f"score {measured.score:.3f}" if measured.score is not None else measured.verdict
    mark = " best" if record.best else ""
    return f"{record.number:>3}  {result:<13}{mark:<5} {record.seconds:4.1f} s  {record.hypothesis}"


def say_line(name: str, record: AnyRecord) -> None:
    """Tells of a record on stderr, where it is worth a line."""
    if (text := line(name, record)) is not None:
        say(visible(text))


@dataclass
class _Row:
    wall: float | None
    state: str = "waiting"
    begun: float | None = None
    experiments: int = 0
    best: float | None = None
    last: str = ""

    def left(self) -> str:
        """Wall seconds left, while the trial works."""
        if self.begun is None or self.wall is None or self.state != "working":
            return "-"
        return f"{max(0.0, self.wall - (time.monotonic() - self.begun)):.0f}"


class ProgressTable:
    """One row a trial, drawn anew by rich whenever it refreshes."""

    def __init__(self, walls: Walls) -> None:
        self._rows = {name: _Row(wall) for name, wall in walls.items()}

    def watch(self, name: str, record: AnyRecord, age: float = 0.0) -> None:
        """Takes a record, written `age` seconds ago, into its row."""
        row = self._rows.setdefault(name, _Row(None))
        match record:
            case TrialStarted():
                row.state, row.begun = "working", time.monotonic() - age
                row.wall = record.budget.get("wall_s")
            case TrialResumed():
                row.state, row.begun = "working", time.monotonic() - age - (record.spent.get("wall_s") or 0.0)
            case Experiment():
                row.experiments = record.number
                row.best = record.measurement.score if record.best else row.best
                row.last = experiment_words(record)
            case BenchClosed():
                row.state = "interrupted" if record.reason == "interrupted" else "grading"
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
        for column in ("trial", "state", "left s", "experiments", "best", "last"):
            table.add_column(column, justify="right" if column in {"left s", "experiments", "best"} else "left", no_wrap=True)
        for name, row in self._rows.items():
            best = "-" if row.best is None else f"{row.best:.3f}"
            last = Text(visible(row.last).replace("\n", " "), overflow="ellipsis")
            table.add_row(name, row.state, row.left(), str(row.experiments), best, last)
        return table
