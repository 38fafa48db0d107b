"""The user's cache folder: small JSON files that make a next start quicker and are never needed."""

import contextlib
import json
import os
import uuid
from pathlib import Path
from typing import Any


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/autolab`, else `~/.cache/autolab`. May not exist."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - never raises
    return Path(base) / "autolab"


def read(path: Path) -> Any:
    """What was kept, None where there is nothing readable. The caller checks its shape."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def keep(path: Path, value: Any) -> None:
    """Best effort, whole or not at all: a home that cannot be written only makes the next start slower."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        draft.write_text(json.dumps(value), encoding="utf-8")
        draft.replace(path)
