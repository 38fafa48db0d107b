"""Replacing a small file so that a kill at any instant leaves the old content or the new."""

import os
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Puts `content` at `path`, on disk before it takes the name. OSError for a disk or folder that cannot be written."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
