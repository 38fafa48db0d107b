"""What a person sees while trials run: a live table on a terminal, else one plain line per experiment. All on stderr."""

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autolab.cli.output import figure, say, visible
from autolab.lab.budget import Budget, amounts, used
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
from autolab.ledger.replay import TrialState, after
from autolab.runs.engine import Watcher

States = Mapping[str, TrialState]
"""Trials by name, each with what its ledger told before."""


@contextlib.contextmanager
def progress(states: States) -> Iterator[Watcher]:
    """A watcher for these trials."""
    if not sys.stderr.isatty():
        yield say_line
        return
    table = ProgressTable(states)
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
            then = "" if record.reason == "interrupted" else ", grading"
            return f"{name}: {record.reason}{f' ({record.detail})' if record.detail else ''}{then}"
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
    """A trial as its records so far tell it."""

    state: TrialState
    word: str = "waiting"
    last: str = ""
    known: float = 0.0  # on the monotonic clock: when the wall time that the state knows was used up

    def left(self) -> str:
        """What is left of each part of the budget, while the trial works."""
        if self.state.started is None or self.word != "working":
            return "-"
        spent = used(self.state, self.state.elapsed + time.monotonic() - self.known)
        return amounts(Budget.of(self.state.started.budget).left(spent)) or "no limit"


class ProgressTable:
    """One row a trial, drawn anew by rich whenever it refreshes."""

    def __init__(self, states: States) -> None:
        self._rows = {name: _Row(state, _ended_word(state)) for name, state in states.items()}

    def watch(self, name: str, record: AnyRecord, age: float = 0.0) -> None:
        """Takes a record, written `age` seconds ago, into its row."""
        row = self._rows.setdefault(name, _Row(TrialState()))
        row.state = after(row.state, record)
        if isinstance(record, TrialStarted | TrialResumed) or getattr(record, "elapsed", None) is not None:
            row.known = time.monotonic() - age
        match record:
            case TrialStarted() | TrialResumed():
                row.word = "working"
            case Experiment():
                row.last = experiment_words(record)
            case Veto() | StopAsked() | Note(author="person" | "lab"):
                row.last = (line(name, record) or "").removeprefix(f"{name}: ")
            case BenchClosed():
                row.word = "interrupted" if record.reason == "interrupted" else "grading"
            case Grade():
                row.word = _ended_word(row.state)
            case _:
                pass

    def __rich__(self) -> Any:
        """The table as it stands."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in ("trial", "state", "left", "experiments", "best", "last"):
            table.add_column(column, justify="right" if column in {"experiments", "best"} else "left", no_wrap=True)
        for name, row in self._rows.items():
            score = row.state.best.measurement.score if row.state.best else None
            best = "-" if score is None else f"{score:.3f}"
            last = Text(visible(row.last).replace("\n", " "), overflow="ellipsis")
            table.add_row(name, row.word, row.left(), str(len(row.state.experiments)), best, last)
        return table


def _ended_word(state: TrialState) -> str:
    """Where a trial stands that nobody works on."""
    if state.grade is None:
        return "waiting"
    measured = state.grade.measurement
    return measured.verdict if measured.score is None else f"graded {measured.score:.3f}"
