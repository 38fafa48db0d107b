"""Files beneath a folder that a box could write: the one place that reads, writes and lists them.

A box leaves what it likes: links, FIFOs, huge or endless files, folders without end, and it may still be at it. So
every path is walked component by component from an open descriptor, no link is ever followed, a file is looked at
before it is opened, and everything has a limit. `root` itself is the lab's, and so is the way to it.
"""

import contextlib
import errno
import itertools
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autolab.errors import AutolabError, SandboxError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_AT_ONCE = 1 << 20
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""Trouble of the machine, never of what the box left."""


class Untrusted(AutolabError):  # noqa: N818 - says what it is about
    """A path beneath an untrusted folder that is not what was asked for. `reason` is one line without the path."""

    def __init__(self, path: str, reason: str) -> None:
        self.path = shown(path)
        self.reason = reason
        super().__init__(f"{self.path}: {reason}")


def shown(path: str) -> str:
    """A path as one harmless line: what is not printable text is written as an escape."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def read_file(root: Path, relative: str, limit: int, *, refuse_hard_links: bool = False) -> bytes:
    """The content of the regular file at `relative` beneath `root`, of at most `limit` bytes.

    Untrusted if it is missing, no regular file, behind a link, larger, unreadable, or (when asked) has several names.
    """
    *folders, name = _parts(relative)
    with _refusals(relative), _folder(root, relative, folders) as folder:
        handle = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            info = os.fstat(handle)
            if reason := _unfit(info, refuse_hard_links):
                raise Untrusted(relative, reason)
            if info.st_size > limit:
                raise Untrusted(relative, f"{info.st_size} bytes, more than {limit}")
            # through the handle: the very file that was looked at, whatever has that name by now
            file = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        finally:
            os.close(handle)
        with os.fdopen(file, "rb", buffering=0) as stream:
            content = bytearray()
            while len(content) <= limit and (piece := stream.read(min(_AT_ONCE, limit + 1 - len(content)))):
                content += piece
        if len(content) > limit:
            raise Untrusted(relative, f"more than {limit} bytes")
        return bytes(content)


def write_file(root: Path, relative: str, content: bytes, mode: int = 0o644) -> None:
    """Puts a regular file at `relative` beneath `root`, at once: a reader sees the old content or the new.

    Parent folders are made. A link, FIFO or device in the final place is replaced, never followed; a link or file in
    the place of a parent is refused, and so is a folder in the final place: Untrusted. SandboxError if the disk is
    full or read-only.
    """
    *folders, name = _parts(relative)
    temporary = f".autolab-{secrets.token_hex(8)}"
    with _refusals(relative), _folder(root, relative, folders, make=True) as folder:
        file = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder
        )
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
                os.fchmod(stream.fileno(), mode)
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=folder)
            raise


def remove_file(root: Path, relative: str) -> None:
    """Removes what is no folder at `relative` beneath `root`, a link itself and not what it points to; missing is fine."""
    *folders, name = _parts(relative)
    try:
        with _refusals(relative), _folder(root, relative, folders) as folder, contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
    except Untrusted as refusal:
        if refusal.reason != "missing":
            raise


def walk(
    root: Path, max_files: int, max_depth: int, *, refuse_hard_links: bool = False
) -> tuple[list[str], list[tuple[str, str]]]:
    """The regular files beneath `root` as sorted relative paths, and (path, reason) of everything that is not one.

    `max_files` counts files, folders and everything else: what lies beyond is not looked at, and one line says so.
    A file at the top has depth 1. Folders as such are not listed. Refused paths are safe to show, see `shown`.
    """
    found = _Walk(max_files, max_depth, refuse_hard_links)
    with _refusals("."), _opened(os.open(root, _FOLDER & ~os.O_NOFOLLOW)) as top:
        found.folder(top, "", 1)
    return sorted(found.files), sorted(found.refused)


@dataclass
class _Walk:
    left: int
    max_depth: int
    refuse_hard_links: bool
    files: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    full: bool = False

    def folder(self, handle: int, above: str, depth: int) -> None:
        """Everything in an open folder whose path, with a slash at its end, is `above`."""
        with os.scandir(handle) as entries:
            names = [entry.name for entry in itertools.islice(entries, self.left + 1)]
        for name in sorted(names):
            if self.full:
                return
            if self.left == 0:
                self.full = True
                self._refuse(above or ".", "too many files, the rest was not looked at")
                return
            self.left -= 1
            self._entry(handle, name, above + name, depth)

    def _entry(self, handle: int, name: str, path: str, depth: int) -> None:
        try:
            info = os.stat(name, dir_fd=handle, follow_symlinks=False)
            if shown(name) != name:
                self._refuse(path, "a name that is not printable text")
            elif not stat.S_ISDIR(info.st_mode):
                if reason := _unfit(info, self.refuse_hard_links):
                    self._refuse(path, reason)
                else:
                    self.files.append(path)
            elif depth >= self.max_depth:
                self._refuse(path, f"a folder deeper than {self.max_depth} levels")
            else:
                with _opened(os.open(name, _FOLDER, dir_fd=handle)) as below:
                    self.folder(below, path + "/", depth + 1)
        except OSError as error:
            if error.errno in _OURS:
                raise
            if error.errno != errno.ENOENT:  # removed since it was listed
                self._refuse(path, _reason(error))

    def _refuse(self, path: str, reason: str) -> None:
        self.refused.append((shown(path), reason))


def _parts(relative: str) -> list[str]:
    parts = relative.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\0" in relative:
        raise Untrusted(
            relative.replace("\0", "\\0"), "not a plain relative path (no leading /, no empty part, no . or ..)"
        )
    return parts


@contextlib.contextmanager
def _folder(root: Path, relative: str, folders: list[str], *, make: bool = False) -> Iterator[int]:
    """The folder of a path as an open descriptor; makes what is missing on the way if asked."""
    handle = os.open(root, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for index, name in enumerate(folders):
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, 0o755, dir_fd=handle)
            if (way := os.stat(name, dir_fd=handle, follow_symlinks=False)) and not stat.S_ISDIR(way.st_mode):
                kind = "a link" if stat.S_ISLNK(way.st_mode) else "no folder"
                raise Untrusted(relative, f"{shown('/'.join(folders[: index + 1]))} on the way is {kind}")
            below = os.open(name, _FOLDER, dir_fd=handle)
            os.close(handle)
            handle = below
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def _opened(handle: int) -> Iterator[int]:
    try:
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def _refusals(relative: str) -> Iterator[None]:
    """Turns the system's errors into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in _OURS:
            raise SandboxError(
                f"{shown(relative)} cannot be used: {error.strerror}; mend the disk or free space"
            ) from error
        raise Untrusted(relative, _reason(error)) from error


def _reason(error: OSError) -> str:
    reasons = {errno.ENOENT: "missing", errno.ELOOP: "a link", errno.EISDIR: "a folder, not a file"}
    return reasons.get(error.errno or 0, f"cannot be used ({error.strerror})")


def _unfit(info: os.stat_result, refuse_hard_links: bool) -> str | None:
    """Why this is no file to read, or None."""
    if not stat.S_ISREG(info.st_mode):
        kinds = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}
        return f"{kinds.get(stat.S_IFMT(info.st_mode), 'a device')}, not a regular file"
    if refuse_hard_links and info.st_nlink > 1:
        return f"a file with {info.st_nlink} hard links"
    return None
