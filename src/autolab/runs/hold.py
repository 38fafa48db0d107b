"""One lab at a time on a run's folder: a lock that ends with the lab and every worker of it, however they end."""

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from autolab.crash import crash_point
from autolab.errors import AutolabError

LOCK = "run.lock"
STOP = "stop"
_ENDING_S = 20.0  # for the workers of a killed lab to be gone
_POLL_S = 0.05


class RunHeld(AutolabError):  # noqa: N818 - a state
    """Another lab works on the run."""


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[int]:
    """Holds the run. Gives the lock's descriptor, for workers to inherit: the run is free once all of them are gone.

    RunHeld, saying by whom, where a living lab holds it. Where only the workers of a killed one are left, waits for them.
    """
    path = folder / LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise AutolabError(f"{path}: cannot be written: {error.strerror or error}; mend the folder") from error
    try:
        _take(file, path)
        try:
            (folder / STOP).unlink(missing_ok=True)
            yield file
        finally:
            (folder / STOP).unlink(missing_ok=True)
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def holder(folder: Path) -> str | None:
    """Who works on the run, None if nobody does."""
    try:
        file = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, host = _noted(file)
        return f"pid {pid} on {host}" if pid else "another lab"
    finally:
        os.close(file)
    return None


def ask_to_stop(folder: Path) -> None:
    """Asks the lab that works on the run to begin no more trials."""
    (folder / STOP).touch()


def stop_asked(folder: Path) -> bool:
    """Whether somebody asked this run's lab to begin no more trials."""
    return (folder / STOP).exists()


def _take(file: int, path: Path) -> None:
    end = time.monotonic() + _ENDING_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid, host = _noted(file)
            if (pid and (host != socket.gethostname() or _lives(pid))) or time.monotonic() > end:
                who = f"pid {pid} on {host}" if pid else "another process"
                raise RunHeld(f"{path.parent}: in use by {who}; wait until it ends, or: autolab stop {path.parent}") from error
            time.sleep(_POLL_S)
        else:
            break
    crash_point("run.held")
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
    except OSError as error:
        raise AutolabError(f"{path}: cannot be written: {error.strerror}; make room, then run the same command again") from error


def _noted(file: int) -> tuple[int, str]:
    pid, _, host = os.pread(file, 300, 0).decode(errors="replace").strip().partition(" ")
    return (int(pid), host) if pid.isdecimal() else (0, "")


def _lives(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (OSError, IndexError):
        return False
