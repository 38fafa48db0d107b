"""A core for oneself while something is timed: one lock file per core, shared by every lab of this machine."""

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from autolab.errors import AutolabError

_SHARED = (Path("/run/lock"), Path("/tmp"))  # noqa: S108 - the same place for every user; TMPDIR would part them
_POLL_S = 0.02


class MachineBusy(AutolabError):  # noqa: N818 - a state
    """No core became free in time."""


@contextlib.contextmanager
def own_core(timeout_s: float = 600.0, folder: Path | None = None) -> Iterator[int]:
    """Gives the number of a core that no other timed measurement of this machine uses meanwhile. Waits for one."""
    place = folder or _shared_folder()
    cores = sorted(os.sched_getaffinity(0), reverse=True)  # the first core serves most interrupts: taken last
    end = time.monotonic() + timeout_s
    while True:
        for core in cores:
            if (file := _locked(place / f"autolab-core-{core}.lock")) is not None:
                try:
                    yield core
                finally:
                    os.close(file)  # frees the lock; so does the death of this process
                return
        if time.monotonic() > end:
            raise MachineBusy(
                f"all {len(cores)} cores were in use by timed measurements for {timeout_s:g} s; wait, or run fewer at once"
            )
        time.sleep(_POLL_S)


def _shared_folder() -> Path:
    for folder in _SHARED:
        with contextlib.suppress(OSError):
            if folder.lstat().st_mode & (stat.S_ISVTX | stat.S_IWOTH) == stat.S_ISVTX | stat.S_IWOTH:
                return folder
    raise AutolabError(
        f"none of {', '.join(map(str, _SHARED))} is a folder that all users may write; mend its mode (1777)"
    )


def _locked(path: Path) -> int | None:
    """An open descriptor that holds the lock, None if another one does.

    A lock needs no right to write, and a sticky folder lets nobody remove another's file, so root and ordinary users
    share these files without harm.
    """
    file = _opened(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        here = os.fstat(file)
        there = path.lstat()
    except (BlockingIOError, FileNotFoundError):
        os.close(file)
        return None
    if (here.st_dev, here.st_ino) != (
        there.st_dev,
        there.st_ino,
    ):  # its owner removed it in between: not the lock any more
        os.close(file)
        return None
    return file


def _opened(path: Path) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        # first without O_CREAT, which the kernel refuses on another user's file in a sticky folder
        file = os.open(path, flags)
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o444))
        file = os.open(path, flags)
    except OSError as error:
        raise AutolabError(f"{path} cannot be opened ({error.strerror}); remove it") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise AutolabError(f"{path} is not a regular file; remove it")
    return file
