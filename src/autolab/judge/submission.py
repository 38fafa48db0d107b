"""The submission: the declared editable files as bytes, and nothing else. What does not cross is listed.

An agent's folder is read through `sandbox.untrusted` only: it may hold links, devices, huge files and folders without
end. Nothing here fails because of what the agent left; a file that cannot cross is dropped, and the pristine one stays.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autolab.ledger.records import Dropped
from autolab.sandbox.untrusted import Untrusted, read_file, shown, walk
from autolab.task.files import tree
from autolab.task.task import Task

MAX_LISTED = 50  # of dropped files; the rest is counted
MAX_FILES = 2_000  # of an agent's folder that are looked at, to be listed; editable files are found beyond it too
MAX_DEPTH = 16
MAX_SHOWN = 300  # characters of a path

_EDITABLE_MISSING = "missing; the starting file is used"


@dataclass(frozen=True)
class Submission:
    """Editable files by path, and what was left out of the folder they came from."""

    files: Mapping[str, bytes]
    dropped: tuple[Dropped, ...]

    @cached_property
    def digest(self) -> str:
        """sha256 over the files' sorted paths and bytes, in hexadecimal."""
        return files_digest(self.files)


def files_digest(files: Mapping[str, bytes]) -> str:
    """sha256 over sorted (path, bytes), each preceded by its length, in hexadecimal."""
    whole = hashlib.sha256()
    for path, content in sorted(files.items()):
        name = path.encode("utf-8", "surrogateescape")
        whole.update(b"%d %d " % (len(name), len(content)) + name + content)
    return whole.hexdigest()


def from_folder(task: Task, folder: Path, *, refuse_hard_links: bool = True) -> Submission:
    """The submission in an untrusted folder that has the shape of /app.

    `refuse_hard_links`: a file with several names does not cross. Only for the task's own folders (attacks), which
    installers may link from a cache, it is False. SandboxError if the machine cannot read the folder.
    """
    files: dict[str, bytes] = {}
    dropped: list[Dropped] = []
    left = _Room(task)
    for path in task.optimization.editable:
        try:
            content = read_file(folder, path, left.limit, refuse_hard_links=refuse_hard_links)
        except Untrusted as error:
            missing = error.reason == "missing"
            dropped.append(_dropped(path, _EDITABLE_MISSING if missing else error.reason))
            continue
        left.take(path, content, files, dropped)
    return Submission(files, _capped([*dropped, *_others(task, folder)]))


def from_files(task: Task, files: Mapping[str, bytes]) -> Submission:
    """The same for files in memory, with paths as under /app. Files equal to the pristine ones are not listed."""
    crossing: dict[str, bytes] = {}
    dropped: list[Dropped] = []
    left = _Room(task)
    for path in task.optimization.editable:
        if path in files:
            left.take(path, files[path], crossing, dropped)
        else:
            dropped.append(_dropped(path, _EDITABLE_MISSING))
    pristine = _pristine(task)
    dropped += [
        _dropped(path, "not editable")
        for path in sorted(files.keys() - set(task.optimization.editable))
        if path not in pristine or pristine[path].read_bytes() != files[path]
    ]
    return Submission(crossing, _capped(dropped))


class _Room:
    """What of max_submission_kb is left."""

    def __init__(self, task: Task) -> None:
        self.limit = task.optimization.max_submission_kb << 10
        self.used = 0

    def take(self, path: str, content: bytes, files: dict[str, bytes], dropped: list[Dropped]) -> None:
        """Puts the file where it belongs."""
        if self.used + len(content) > self.limit:
            before = f", {self.used} before it" if self.used else ""
            reason = f"too large: {len(content)} bytes{before}, all together at most {self.limit}"
            dropped.append(_dropped(path, reason))
        else:
            files[path] = content
            self.used += len(content)


def _others(task: Task, folder: Path) -> Iterator[Dropped]:
    """Everything in the folder that is not editable and not as it was."""
    editable = set(task.optimization.editable)
    pristine = _pristine(task)
    paths, refused = walk(folder, MAX_FILES, MAX_DEPTH)
    for path, reason in refused:
        if path not in editable:
            yield _dropped(path, reason)
    for path in paths:
        if path not in editable and not _same(folder, path, pristine):
            yield _dropped(path, "not editable")
    whole = not any("too many files" in reason for _, reason in refused)
    seen = {*paths, *(path for path, _ in refused)} if whole else pristine.keys()
    for path in sorted(pristine.keys() - seen - editable):
        yield _dropped(path, "removed, but not editable; the starting file is used")


def _same(folder: Path, path: str, pristine: Mapping[str, Path]) -> bool:
    if path not in pristine:
        return False
    content = pristine[path].read_bytes()
    try:
        return read_file(folder, path, len(content)) == content
    except Untrusted:
        return False


def _pristine(task: Task) -> dict[str, Path]:
    return {file.relative: file.path for file in tree(task.folder, task.app)}


def _dropped(path: str, reason: str) -> Dropped:
    text = shown(path.encode("utf-8", "backslashreplace").decode())  # also what is no file name of any system
    return Dropped(path=text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 3]}...", reason=reason)


def _capped(dropped: Iterable[Dropped]) -> tuple[Dropped, ...]:
    every = tuple(dropped)
    if len(every) <= MAX_LISTED:
        return every
    return (*every[:MAX_LISTED], Dropped(path="...", reason=f"and {len(every) - MAX_LISTED} more"))
