"""The study's ledgers as one compressed file, the same bytes for the same runs, and back."""

import contextlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autolab.analysis.histories import HISTORY
from autolab.errors import AutolabError
from autolab.runs.store import LEDGER, is_trial, read_trial


def pack(runs: Sequence[Path], archive: Path, with_history: Sequence[str]) -> None:
    """Writes the ledger of every trial that is finished; of the runs named in `with_history` the states of their programs too.

    A history is stored as a pack without its index, which `unpacked` makes again.
    """
    with tempfile.TemporaryDirectory(prefix="autolab-") as work, tarfile.open(archive, "w:xz", preset=9) as tar:
        for run in sorted(runs, key=lambda each: each.name):
            for trial in sorted(each for each in (run / "trials").iterdir() if _finished(each)):
                name = f"{run.name}/trials/{trial.name}"
                _add(tar, f"{name}/{LEDGER}", (trial / LEDGER).read_bytes())
                if run.name in with_history:
                    _add(tar, f"{name}/{HISTORY}.pack", _packed(trial / HISTORY, Path(work)))


@contextlib.contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """A folder with the runs, for as long as the `with` lasts."""
    with tempfile.TemporaryDirectory(prefix="autolab-") as work:
        folder = Path(work)
        with tarfile.open(archive) as tar:
            for entry in tar:
                _take_out(tar, entry, folder)
        for pack_file in sorted(folder.rglob(f"{HISTORY}.pack")):
            _index(pack_file)
        yield folder


def _finished(trial: Path) -> bool:
    return is_trial(trial) and read_trial(trial).state.ended is not None


def _take_out(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """One regular file, inside the folder; anything else is no archive of ours. (`extractall` is safe from 3.11.4 on only.)"""
    file = tar.extractfile(entry) if entry.isreg() else None
    if file is None or ".." in Path(entry.name).parts or entry.name.startswith("/"):
        raise AutolabError(f"{entry.name!r} is no file of a study; bring back an untouched archive")
    path = folder / entry.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.read())


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)  # owner 0, time 0: the same for everybody
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _packed(history: Path, work: Path) -> bytes:
    """All objects of a history in one pack, made with one thread, so that it is the same every time."""
    copy = work / "copy.git"
    shutil.copytree(history, copy)
    objects = _git(copy, "rev-list", "--objects", "--all", "--no-object-names")
    found = _git(copy, "-c", "pack.threads=1", "pack-objects", "--stdout", "-q", stdin=objects)
    shutil.rmtree(copy)
    return found


def _index(pack_file: Path) -> None:
    """Makes a repository of the pack beside it, in place of it."""
    folder = pack_file.with_suffix("")
    objects = folder / "objects" / "pack"
    objects.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    _git(folder, "index-pack", "--stdin", stdin=pack_file.read_bytes())
    pack_file.unlink()


def _git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(["git", f"--git-dir={folder}", *words], input=stdin, capture_output=True, check=True).stdout
