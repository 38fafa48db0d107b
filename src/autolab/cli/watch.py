"""`autolab watch`."""

import contextlib
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import say
from autolab.cli.progress import ProgressTable, live, say_line
from autolab.errors import AutolabError
from autolab.ledger.reader import LedgerTail
from autolab.ledger.records import Line
from autolab.runs.hold import holder
from autolab.runs.store import LEDGER

_POLL_S = 0.25

Teller = Callable[[str, Line], None]


def watch(
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a record on stdout.")] = False,
) -> None:
    """Follow a run that another command works on, from its first record until that command ends.

    Ctrl-C ends the watching, not the run.
    """
    if not (run / "trials").is_dir() and holder(run) is None:
        raise AutolabError(f"{run} is no run: it has no folder trials; give a folder that autolab run made, e.g. runs/NAME")
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as open_here:
        tell: Teller = _tell_json if as_json else _tell_line
        if not as_json and sys.stderr.isatty():
            table = ProgressTable({})
            open_here.enter_context(live(table, transient=False))
            tell = _into(table)
        _follow(run, tell)
    if not as_json and holder(run) is None:
        say(f"autolab: no lab works on {run} now; its results: autolab show {run}")


def _follow(run: Path, tell: Teller) -> None:
    """Tells every line of every trial, until nobody works on the run any more."""
    tails: dict[str, LedgerTail] = {}
    while True:
        ended = holder(run) is None  # asked before the last look
        for folder in sorted((run / "trials").glob("*")):
            for line in tails.setdefault(folder.name, LedgerTail(folder / LEDGER)).new():
                tell(folder.name, line)
        if ended:
            return
        time.sleep(_POLL_S)


def _tell_line(name: str, line: Line) -> None:
    say_line(name, line.record)


def _tell_json(name: str, line: Line) -> None:
    record = line.record.model_dump(mode="json")
    print(json.dumps({"trial": name, "seq": line.seq, "time": line.time, "record": record}, allow_nan=False), flush=True)


def _into(table: ProgressTable) -> Teller:
    def tell(name: str, line: Line) -> None:
        age = (datetime.now(UTC) - datetime.fromisoformat(line.time)).total_seconds()
        table.watch(name, line.record, max(0.0, age))

    return tell
