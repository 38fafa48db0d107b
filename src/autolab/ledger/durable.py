"""Replacing a small file so that a kill at any instant leaves the old content or the new; and whether a disk is full."""

import os
from pathlib import Path

from autolab.crash import crash_point

LEAST_FREE = 1 << 20
"""Bytes below which a disk counts as full: what fails there then failed for that, and what is told is to make room."""


def is_full(folder: Path) -> bool:
    """Whether less than LEAST_FREE is left where the folder lies. A folder that is not there is on no full disk."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < LEAST_FREE


def replace_file(path: Path, content: bytes) -> None:
    """Puts `content` at `path`, on disk before it takes the name. One process at a time for one path.

    OSError for a disk or folder that cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")  # one name, so that a kill leaves one at most
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        crash_point("replace.unsynced")
        os.fsync(file.fileno())
    crash_point("replace.rename")
    unfinished.replace(path)
    crash_point("replace.renamed")
