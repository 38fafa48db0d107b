"""One unprivileged uid per running box, where the lab is root.

A slot is a file that is held with flock: when the lab dies, however it dies, the kernel frees it. Several labs on one
machine share the slots.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from autolab.errors import SandboxError

FIRST_UID = 61_200
COUNT = 128
_HOMES = (Path("/run/autolab"), Path("/tmp/autolab-root"))  # noqa: S108 - checked to be root's own


@dataclass(frozen=True)
class Slot:
    """A uid that belongs to one box as long as `lock` is open. A context manager; leaving it frees the uid."""

    uid: int
    lock: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.lock)


def state_folder() -> Path:
    """Root's own folder for locks and mount points; others may walk through it but not list it."""
    for home in _HOMES:
        if _own_folder(home, 0o711):
            return home
    raise SandboxError(f"none of {', '.join(map(str, _HOMES))} can be made a folder of root's own; make one writable")


def take(preferred: int | None = None) -> Slot:
    """A free slot: the preferred uid where it is one and free, else the first free one."""
    folder = state_folder() / "slots"
    if not _own_folder(folder, 0o700):
        raise SandboxError(f"{folder} is not root's own folder; remove it")
    uids = range(FIRST_UID, FIRST_UID + COUNT)
    first = [preferred] if preferred in uids else []
    for uid in (*first, *uids):
        lock = os.open(folder / str(uid), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return Slot(uid, lock)
    raise SandboxError(f"all {COUNT} box slots are in use; start fewer boxes at a time")


def _own_folder(folder: Path, mode: int) -> bool:
    try:
        folder.mkdir(mode=mode, exist_ok=True)
        info = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or info.st_uid != 0:
            return False
        if info.st_mode & 0o777 != mode:
            folder.chmod(mode)
    except OSError:
        return False
    return True
