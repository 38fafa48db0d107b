"""How much a box has written into its writable mounts, under a name or not."""

import contextlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_FILES = 100_000
_BLOCK = 512  # st_blocks is in units of 512 bytes, whatever the file system


@dataclass(frozen=True)
class Usage:
    """Bytes that are allocated on disk (a sparse file counts what it holds), and how many files and folders."""

    size: int
    files: int
    countable: bool = True  # False: too many files, a path too long, or a folder that cannot be read

    def over(self, limit_bytes: int) -> bool:
        """What cannot be counted is over every limit: else hiding files would get a box past it."""
        return not self.countable or self.size > limit_bytes


def usage(roots: Iterable[Path], most_files: int = MOST_FILES) -> Usage:
    """Sums the trees without following links, and stops at `most_files`. The trees may change meanwhile.

    A file with several names counts once.
    """
    size = files = 0
    linked: set[tuple[int, int]] = set()
    waiting = [os.fspath(root) for root in roots]
    while waiting:
        path = waiting.pop()
        try:
            for entry in _entries(path):
                info = entry.stat(follow_symlinks=False)
                files += 1
                if info.st_nlink == 1 or (info.st_dev, info.st_ino) not in linked:
                    size += info.st_blocks * _BLOCK
                if info.st_nlink > 1 and not stat.S_ISDIR(info.st_mode):
                    linked.add((info.st_dev, info.st_ino))
                if files > most_files:
                    return Usage(size, files, countable=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue  # removed or swapped since it was listed
        except OSError:
            return Usage(size, files, countable=False)
    return Usage(size, files)


def nameless(processes: Iterable[int]) -> dict[int, int]:
    """Bytes by device of files that no longer have a name, or never had, and that these processes hold open or mapped.

    Without a look at them a box could fill the disk with files that it has removed. Mappings are seen by root only; a
    file that is under way through a socket is not seen.
    """
    seen: dict[tuple[int, int], int] = {}
    for process in processes:
        for path in _held(process):
            with contextlib.suppress(OSError):  # closed since it was listed
                info = os.stat(path)  # noqa: PTH116 - thousands of them
                if info.st_nlink == 0 and stat.S_ISREG(info.st_mode):
                    seen[info.st_dev, info.st_ino] = info.st_blocks * _BLOCK
    sizes: defaultdict[int, int] = defaultdict(int)
    for (device, _), size in seen.items():
        sizes[device] += size
    return sizes


def _held(process: int) -> Iterator[str]:
    """Paths of /proc for the files that a process holds; each thread may have descriptors of its own."""
    folders = [f"/proc/{process}/map_files"]
    with contextlib.suppress(OSError):
        folders += [f"/proc/{process}/task/{thread}/fd" for thread in os.listdir(f"/proc/{process}/task")]  # noqa: PTH208
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                yield entry.path


def _entries(path: str) -> Iterable[os.DirEntry[str]]:
    """A folder's entries; a folder without its owner's read bits gets them, where the lab is its owner."""
    try:
        with os.scandir(path) as found:
            return list(found)
    except PermissionError:
        _open_up(path)
        with os.scandir(path) as found:
            return list(found)


def _open_up(path: str) -> None:
    handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.chmod(f"/proc/self/fd/{handle}", 0o700)  # noqa: PTH101 - the folder itself, wherever its name points by now
    finally:
        os.close(handle)
