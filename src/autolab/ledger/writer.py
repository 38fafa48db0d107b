"""Writing a ledger: one line, one write, on disk before `append` returns. One writer at a time."""

import contextlib
import fcntl
import os
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from autolab.crash import crash_point
from autolab.errors import LedgerError
from autolab.ledger import chain
from autolab.ledger.records import AnyRecord, Line


class _End(NamedTuple):
    """Where the next line goes. Replaced in one step, so that an interrupt leaves either the old one or the new one."""

    seq: int
    prev: str
    size: int


class LedgerWriter:
    """Appends records to one ledger and holds its lock. A context manager; safe to use from several threads.

    `found` are the lines that were there when it was opened; `torn` is the file that keeps a last line which had broken
    off, None if there was none.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        """For `open` alone."""
        self.path = path
        self.found: tuple[Line, ...] = ()
        self.torn: Path | None = None
        self._file = descriptor
        self._holds = False  # the lock
        self._end = _End(0, "", 0)
        self._mutex = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens or creates the ledger at `path`, and its folder.

        A last line that broke off is moved to `<name>.torn-N` beside it. A ledger that another process holds, a broken
        chain, a newer version or a file that cannot be written is a LedgerError.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = cls(path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644))
        except OSError as error:
            raise _failed(path, "cannot be opened for writing", error) from error
        try:
            writer._take_lock()
            crash_point("ledger.opened")
            writer._take_up()
        except BaseException as error:
            writer.close()
            if isinstance(error, OSError):
                raise _failed(path, "cannot be opened for writing", error) from error
            raise
        return writer

    def append(self, record: AnyRecord) -> Line:
        """Writes the record and returns its line once it is on disk.

        A full or failing disk is a LedgerError, and the ledger is as it was before; the same call may be tried again.
        """
        with self._mutex:
            if self._file < 0:
                raise LedgerError(f"{self.path}: closed; open it again to write")
            seq, prev, size = self._end
            time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            text, digest = chain.encode(seq, time, prev, record)
            try:
                self._settle()
                crash_point("ledger.append")
                crash_point("ledger.torn", lambda: os.write(self._file, text[: len(text) // 2]))
                _write_all(self._file, text)
                crash_point("ledger.unsynced")
                os.fsync(self._file)
                crash_point("ledger.appended")
            except OSError as error:
                raise self._undone(error) from error
            self._end = _End(seq + 1, digest, size + len(text))
            return Line(seq=seq, time=time, prev=prev, record=record, hash=digest)

    def close(self) -> None:
        """Lets go of the lock. Every appended line is on disk already."""
        with self._mutex:
            if self._file >= 0:
                if self._holds:
                    _lock_file(self.path).unlink(missing_ok=True)
                os.close(self._file)
                self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take_lock(self) -> None:
        note = _lock_file(self.path)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._holds = True
        except BlockingIOError as error:
            raise LedgerError(f"{self.path}: in use by {_holder(note)}; wait until it ends, or stop it") from error
        note.write_text(f"{os.getpid()} {socket.gethostname()}\n")  # for people; the lock itself is on the ledger

    def _take_up(self) -> None:
        parsed = chain.parse(self.path.read_bytes(), str(self.path))
        if parsed.torn:
            self.torn = _keep(self.path, parsed.torn)
            os.ftruncate(self._file, parsed.good)
            os.fsync(self._file)
        _sync_folder(self.path.parent)
        self.found = tuple(parsed.lines)
        self._end = _End(len(parsed.lines), parsed.lines[-1].hash if parsed.lines else "", parsed.good)

    def _settle(self) -> None:
        """Cuts off what an interrupted or failed append may have left."""
        state = os.fstat(self._file)
        if state.st_nlink == 0 or state.st_size < self._end.size:
            raise LedgerError(f"{self.path}: deleted or cut by another program; its trial cannot be continued")
        if state.st_size > self._end.size:
            os.ftruncate(self._file, self._end.size)

    def _undone(self, error: OSError) -> LedgerError:
        with contextlib.suppress(OSError):  # else the next append, or the next opening, cuts it off
            self._settle()
        return _failed(self.path, "record not written", error)


def _write_all(descriptor: int, text: bytes) -> None:
    written = os.write(descriptor, text)
    if written < len(text):  # a disk that fills up writes the part that fits; asking for the rest tells why
        os.write(descriptor, text[written:])
        raise OSError(None, f"only {written} of {len(text)} bytes were written")


def _keep(path: Path, torn: bytes) -> Path:
    number = 1
    while (place := path.with_suffix(f".torn-{number}")).exists():
        number += 1
    with place.open("xb") as file:
        file.write(torn)
        file.flush()
        os.fsync(file.fileno())
    return place


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock_file(path: Path) -> Path:
    return path.with_suffix(".lock")


def _holder(note: Path) -> str:
    try:
        pid, _, host = note.read_text().strip().partition(" ")
    except OSError:
        return "another process"
    return f"pid {pid} on {host}" if pid and host else "another process"


def _failed(path: Path, what: str, error: OSError) -> LedgerError:
    return LedgerError(f"{path}: {what}: {error.strerror or error}; make room or mend the folder, then run the same command again")
