"""A trial at a glance: what the first and the last line of its ledger say, without reading what lies between."""

from pathlib import Path
from typing import Any

from pydantic_core import from_json

from autolab.runs.store import LEDGER

_HEAD = 64 << 10  # bytes; a first line has about two thousand
_TAIL = 4 << 10  # the last line of a trial that ended has about two hundred


def peek(folder: Path) -> dict[str, Any]:
    """A short row: `partial`, the trial's name and parts, when it began, and its reward where it has ended."""
    try:
        with (folder / LEDGER).open("rb") as file:
            head = file.readline(_HEAD)
            file.seek(max(0, file.seek(0, 2) - _TAIL))
            tail = file.read().rpartition(b"\n")[0].rpartition(b"\n")[2]
    except OSError:
        head, tail = b"", b""
    first, last = _record(head), _record(tail)
    started, ended = first.get("record", {}), last.get("record", {})
    over = ended.get("type") == "trial_ended"
    task, _, rest = folder.name.partition("__")
    return {
        "partial": True,
        "run": folder.parent.parent.name,
        "trial": folder.name,
        "folder": str(folder),
        "task": task,
        "agent": started.get("agent") or rest.partition("__")[0],
        "attempt": started.get("attempt"),
        "state": "done" if over else "unfinished",
        "over": over,
        "begun": first.get("time", ""),
        "reward": ended.get("reward") if over else None,
        "experiments": ended.get("experiments") if over else None,
        "seconds": ended.get("elapsed") if over else None,
        "budget": started.get("budget"),
    }


def _record(text: bytes) -> dict[str, Any]:
    try:
        value = from_json(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) and isinstance(value.get("record"), dict) else {}
