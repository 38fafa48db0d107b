"""Server-sent events: what is new in the ledgers that a page looks at."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool

from autolab.errors import AutolabError
from autolab.web.bench import trial_document
from autolab.web.index import index_document, run_document
from autolab.web.shelf import Shelf, Stamp

_TRIAL_S = 0.1  # between two looks at one ledger
_MANY_S = 0.3  # at all ledgers of a run, or of all runs
_ALIVE_S = 10.0  # a comment line now and then, so that a dead connection is noticed

Look = Callable[[], dict[str, Any] | None]
"""Gives what is new since the last look, None for nothing. Called in a thread."""


async def events(look: Look, every: float) -> AsyncIterator[bytes]:
    """Looks again and again, until the page goes away."""
    quiet = 0.0
    yield b"retry: 1000\n\n"
    while True:
        try:
            found = await run_in_threadpool(look)
        except AutolabError as error:
            yield b"event: problem\n" + _data({"problem": str(error)})
            return
        if found is not None:
            yield _data(found)
            quiet = 0.0
        elif quiet >= _ALIVE_S:
            yield b": alive\n\n"
            quiet = 0.0
        quiet += every
        await asyncio.sleep(every)


def look_at_trial(shelf: Shelf, run: str, name: str, since: int) -> tuple[Look, float]:
    """New experiments of one trial, and its other figures, whenever its ledger grows or its lab comes or goes."""
    folder = shelf.trial(run, name).folder
    seen: list[Any] = [None, since]

    def look() -> dict[str, Any] | None:
        mark = (shelf.changed(folder), shelf.follow(folder).working)
        if mark == seen[0]:
            return None
        trial = shelf.follow(folder)
        found = trial_document(trial, seen[1])
        seen[:] = [mark, seen[1] + len(found["columns"]["score"])]
        return found

    return look, _TRIAL_S


def look_at_run(shelf: Shelf, run: str) -> tuple[Look, float]:
    """Rows of a run that changed. Rows that were only glanced at follow as they are read."""
    seen: dict[str, tuple[Stamp, bool, bool]] = {}

    def look() -> dict[str, Any] | None:
        folder = shelf.run(run) / "trials"
        rows = shelf.rows(run, patience=0.5)
        new = []
        for row in rows:
            mark = (shelf.changed(folder / row["trial"]), bool(row.get("working")), bool(row.get("partial")))
            if seen.get(row["trial"]) != mark:
                seen[row["trial"]] = mark
                new.append(row)
        if not new:
            return None
        return {**run_document(shelf, run, patience=0.0), "trials": new}

    return look, _MANY_S


def look_at_index(shelf: Shelf) -> tuple[Look, float]:
    """The first page's document whenever it is another one."""
    seen: list[Any] = [None]

    def look() -> dict[str, Any] | None:
        found = index_document(shelf)
        if found == seen[0]:
            return None
        seen[0] = found
        return found

    return look, _MANY_S * 3


def _data(value: Any) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=True, separators=(',', ':'))}\n\n".encode()
