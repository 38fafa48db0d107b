"""The trial's own git repository: every state of the editable files as a commit, outside the agent's reach.

Written with git's plumbing alone, one `git fast-import` a commit: no working tree, no hooks, none of the machine's or
the user's settings. A commit is on disk when `commit` returns, because the ledger's next line refers to it.
"""

import os
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, Self

from autolab.crash import crash_point
from autolab.errors import AutolabError
from autolab.judge.submission import files_digest

_AUTHOR = b"autolab <autolab@localhost>"
_HEAD = "refs/heads/main"  # the newest commit, for people who look with git
_TIPS = "refs/tips"  # ends of lines that were left, so that no state is ever unreachable
_TIMEOUT_S = 120.0  # of one git process; a commit takes some 10 ms
_SETTINGS = {
    "core.fsync": "all",
    "core.hooksPath": "/dev/null",
    "core.quotePath": "false",
    "fastimport.unpackLimit": "100",  # loose objects: a pack for each commit would make reading slow
    "gc.auto": "0",
}
_LEFT_BEHIND = (
    "*.lock", "refs/**/*.lock", "fast_import_crash_*",
    "objects/tmp_*", "objects/pack/tmp_*", "objects/pack/*.lock", "objects/??/tmp_obj_*",
)  # fmt: skip
"""What a killed git leaves; the locks would stop the next one."""


class SnapshotError(AutolabError):
    """The history cannot be written or read: a full or unwritable disk, a missing git, an unknown commit."""


class _State(NamedTuple):
    tree: str
    files: str  # digest of the files


class Snapshots:
    """One trial's history. Safe to use from several threads; one process at a time (the ledger's lock sees to that)."""

    def __init__(self, folder: Path) -> None:
        """For `open` alone."""
        self.folder = folder
        self._known: dict[str, _State] = {}
        self._tip: str | None = None
        self._mutex = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens or creates the repository at `folder`, and mends what a killed process left there."""
        history = cls(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            history._clean()
        except OSError as error:
            raise SnapshotError(f"{folder}: cannot be written: {error.strerror or error}; mend the folder") from error
        history._git("init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1", ".")
        history._git("config", "gc.pruneExpire", "never")  # for people's own `git gc`
        tips = history._git("for-each-ref", "--format=%(objectname)", _HEAD).decode().split()
        history._tip = tips[0] if tips else None
        return history

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Opens a repository to look at it, safe beside its writer: nothing is made or mended."""
        if not (folder / "objects").is_dir():
            raise SnapshotError(f"{folder}: no history of a trial is there; name a trial's folder")
        return cls(folder)

    def commit(self, files: Mapping[str, bytes], message: str, parent: str | None) -> tuple[str, str]:
        """(commit, tree) of a state that came from the state `parent`.

        The same files as the parent's give the parent's own commit. SnapshotError if it cannot be written.
        """
        digest = files_digest(files)
        with self._mutex:
            if parent is not None:
                before = self._state(parent)
                if before.files == digest:
                    return parent, before.tree
            crash_point("snapshots.commit")
            commit, tree = self._write(_stream(files, message, parent, self._tip))
            crash_point("snapshots.committed")
            self._tip = commit
            self._known[commit] = _State(tree, digest)
            return commit, tree

    def files(self, commit: str) -> dict[str, bytes]:
        """The editable files of a state."""
        entries = [_entry(line) for line in self._git("ls-tree", "-r", "-z", _safe(commit)).split(b"\0") if line]
        asked = b"".join(name + b"\n" for _, name in entries)
        answer = self._git("cat-file", "--batch=%(objectsize)", stdin=asked)
        files: dict[str, bytes] = {}
        place = 0
        for path, _ in entries:
            start = answer.index(b"\n", place) + 1
            place = start + int(answer[place:start])
            files[path] = answer[start:place]
            place += 1  # the newline after the content
        return files

    def states(self, trees: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """The editable files of many states at once, by tree: two or three git processes, not two for each state."""
        waiting = [(tree, "", _safe(tree)) for tree in dict.fromkeys(trees)]  # state, path so far, object
        found: dict[str, dict[str, bytes]] = {tree: {} for tree, _, _ in waiting}
        while waiting:
            objects = self._objects([name for _, _, name in waiting])
            below: list[tuple[str, str, str]] = []
            for tree, path, name in waiting:
                kind, content = objects[name]
                if kind == "tree":
                    below += [(tree, f"{path}/{entry}" if path else entry, each) for entry, each in _tree_entries(content)]
                else:
                    found[tree][path] = content
            waiting = below
        return found

    def parent(self, commit: str) -> str | None:
        """The state that a state came from, None for the first."""
        found = self._git("rev-list", "--parents", "--max-count=1", _safe(commit)).decode().split()
        return found[1] if len(found) > 1 else None

    def ancestry(self, commit: str) -> list[str]:
        """A state and the states that it came from, newest first."""
        return self._git("rev-list", "--first-parent", _safe(commit)).decode().split()

    def diff(self, a: str, b: str) -> str:
        """What changed from state `a` to state `b`, as a unified diff. Bytes that are not UTF-8 become U+FFFD."""
        options = ("-p", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color")
        return self._git("diff-tree", *options, _safe(a), _safe(b)).decode(errors="replace")

    def _objects(self, names: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        """Kind and content of git objects by name."""
        wanted = list(dict.fromkeys(names))
        answer = self._git("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode())
        found: dict[str, tuple[str, bytes]] = {}
        place = 0
        for name in wanted:
            start = answer.index(b"\n", place) + 1
            head = answer[place:start].decode().split()  # name, kind, size; or: name, missing
            if len(head) != 3:
                raise SnapshotError(f"{self.folder}: {name} is not there; bring back an untouched copy of the history")
            place = start + int(head[2])
            found[name] = (head[1], answer[start:place])
            place += 1  # the newline after the content
        return found

    def _state(self, commit: str) -> _State:
        if commit not in self._known:
            tree = self._git("rev-parse", "--verify", "--end-of-options", f"{_safe(commit)}^{{tree}}").decode().strip()
            self._known[commit] = _State(tree, files_digest(self.files(commit)))
        return self._known[commit]

    def _write(self, stream: bytes) -> tuple[str, str]:
        words = ("fast-import", "--quiet", "--done", "--force", "--date-format=raw")
        try:
            answer = self._git(*words, stdin=stream)
        except SnapshotError:  # a git that was killed under us leaves locks; without them the same stream may do
            self._clean()
            answer = self._git(*words, stdin=stream)
        commit, _, tree = answer.decode().partition("\n")
        return commit, tree.split()[2]  # "040000 tree HASH"

    def _git(self, *words: str, stdin: bytes = b"") -> bytes:
        settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
        try:
            result = subprocess.run(
                ["git", *settings, *words],
                input=stdin, capture_output=True, cwd=self.folder, env=_environment(), timeout=_TIMEOUT_S,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise SnapshotError(f"git cannot be started in {self.folder}; install git and keep the folder") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SnapshotError(f"{self.folder}: git {words[0]}: {error}") from error
        if result.returncode != 0:
            said = " ".join(result.stderr.decode(errors="replace").split())[:300] or f"exit code {result.returncode}"
            raise SnapshotError(f"{self.folder}: git {words[0]}: {said}; make room or mend the folder, then run it again")
        return result.stdout

    def _clean(self) -> None:
        for pattern in _LEFT_BEHIND:
            for path in self.folder.glob(pattern):
                if path.is_dir():
                    _remove_folder(path)
                else:
                    path.unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """Nothing of the user's: no HOME, so no settings, attributes or templates; the repository is named, not searched."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_DIR": ".",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def _stream(files: Mapping[str, bytes], message: str, parent: str | None, tip: str | None) -> bytes:
    """What fast-import reads. It starts with `feature done`: a stream that breaks off commits nothing."""
    text = message.encode(errors="replace")
    parts = [b"feature done\n"]
    if tip is not None and tip != parent:
        parts.append(f"reset {_TIPS}/{tip}\nfrom {tip}\n\n".encode())
    if parent is None:
        parts.append(f"reset {_HEAD}\n".encode())
    parts.append(b"commit %s\nmark :1\ncommitter %s %d +0000\n" % (_HEAD.encode(), _AUTHOR, time.time()))
    parts.append(b"data %d\n%s\n" % (len(text), text))
    if parent is not None:
        parts.append(f"from {parent}\n".encode())
    parts.append(b"deleteall\n")
    parts += _changes(files)
    parts.append(b'get-mark :1\nls :1 ""\ndone\n')
    return b"".join(parts)


def _changes(files: Mapping[str, bytes]) -> Iterable[bytes]:
    for path, content in sorted(files.items()):
        name = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").encode("utf-8", "surrogateescape")
        yield b'M 100644 inline "%s"\ndata %d\n' % (name, len(content)) + content + b"\n"


def _safe(commit: str) -> str:
    if len(commit) != 40 or not set(commit) <= set("0123456789abcdef"):
        raise SnapshotError(f"{commit[:80]!r} is not a commit; it has 40 hexadecimal digits")
    return commit


def _entry(line: bytes) -> tuple[str, bytes]:
    """Path and object name from `MODE TYPE NAME<TAB>PATH`."""
    head, _, path = line.partition(b"\t")
    return path.decode("utf-8", "surrogateescape"), head.split()[2]


def _tree_entries(content: bytes) -> Iterable[tuple[str, str]]:
    """Name and object of each entry of a tree object: `MODE NAME<NUL>` and 20 bytes, one after another."""
    place = 0
    while place < len(content):
        end = content.index(b"\0", place)
        name = content[place:end].partition(b" ")[2].decode("utf-8", "surrogateescape")
        yield name, content[end + 1 : end + 21].hex()
        place = end + 21


def _remove_folder(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
