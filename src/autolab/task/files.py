"""Reading a task folder: size limits on everything, no link that leaves the folder, no traceback whatever lies there.

A task folder may come from anyone. What is read here is trusted with the score, never with the lab's own files.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from autolab.errors import TaskError

MAX_FILES = 5_000  # of one tree; the largest task of the suite has some tens
MAX_DEPTH = 32
MAX_TREE_BYTES = 256 << 20  # of one tree
IGNORED = ("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache")
"""Folders that tools leave behind (pip compiles what it installs); no part of a task."""


@dataclass(frozen=True)
class TreeFile:
    """One file of a tree: its path relative to the tree (with `/`), where it lies, and whether it may be executed."""

    relative: str
    path: Path
    executable: bool
    size: int  # bytes


def read_limited(root: Path, file: Path, limit: int) -> bytes:
    """A regular file's bytes, at most `limit` of them. `root` is the task folder that links may not leave."""
    try:
        inside(root, file)
        with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise TaskError(f"{file}: not a regular file; replace it with one")
            data = opened.read(limit + 1)
    except FileNotFoundError:
        raise TaskError(f"{file}: missing; a task needs this file") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        raise TaskError(f"{file}: cannot be read: {_reason(error)}") from error
    if len(data) > limit:
        raise TaskError(f"{file}: larger than {limit >> 10} KiB, the most that is read; make it smaller")
    return data


def read_text(root: Path, file: Path, limit: int) -> str:
    """A text file, which must be UTF-8 without NUL."""
    data = read_limited(root, file, limit)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        seen = data[error.start : error.start + 1].hex()
        raise TaskError(f"{file}: line {line}: byte 0x{seen} is not UTF-8; save the file as UTF-8") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TaskError(f"{file}: line {line}: a NUL character; save the file as plain text")
    return text


def inside(root: Path, file: Path) -> None:
    """Refuses a file that lies outside the task folder once links are followed."""
    if not file.resolve().is_relative_to(root.resolve()):
        raise TaskError(f"{file}: a link that leaves the task folder (to {file.resolve()}); copy the file instead")


def tree(root: Path, folder: Path) -> list[TreeFile]:
    """All files under `folder`, sorted by path, links to files followed. A missing folder is an empty tree."""
    found: list[TreeFile] = []
    if folder.is_dir():
        inside(root, folder)
        _collect(root, folder, "", 1, found)
    total = sum(file.size for file in found)
    if total > MAX_TREE_BYTES:
        raise TaskError(f"{folder}: {total >> 20} MiB, at most {MAX_TREE_BYTES >> 20} MiB are read; make it smaller")
    return sorted(found, key=lambda file: file.relative)


def _collect(root: Path, folder: Path, prefix: str, depth: int, found: list[TreeFile]) -> None:
    if depth > MAX_DEPTH:
        raise TaskError(f"{folder}: more than {MAX_DEPTH} folders deep; make the tree flatter")
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise TaskError(f"{folder}: cannot be read: {_reason(error)}") from error
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in IGNORED:
                _collect(root, Path(entry.path), f"{prefix}{entry.name}/", depth + 1, found)
            continue
        found.append(_file(root, Path(entry.path), prefix + entry.name))
        if len(found) > MAX_FILES:
            raise TaskError(f"{folder}: more than {MAX_FILES} files in this tree; a task holds fewer")


def _file(root: Path, path: Path, relative: str) -> TreeFile:
    try:
        relative.encode()
        inside(root, path)
        status = path.stat()
    except UnicodeEncodeError:
        raise TaskError(f"{os.fsencode(path)!r}: the file's name is not UTF-8; rename it") from None
    except (OSError, RuntimeError) as error:
        raise TaskError(f"{path}: cannot be read: {_reason(error)}") from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a link to a folder" if path.is_symlink() else "not a regular file"
        raise TaskError(f"{path}: {kind}; a task holds files and folders only")
    return TreeFile(relative, path, bool(status.st_mode & stat.S_IXUSR), status.st_size)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
