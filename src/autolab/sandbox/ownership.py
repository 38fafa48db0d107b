"""Who may read and write which host files: reaching a path, giving a tree to a box's uid, removing what a box left.

A box may have filled a folder with links, unreadable folders and names of any kind. Nothing here follows a link.
"""

import os
import stat
import subprocess
from pathlib import Path

from autolab.errors import SandboxError

_DEEPEST = 200  # levels; one open descriptor each


def reachable(path: Path, uid: int) -> bool:
    """Whether `uid`, in no group of note, may walk to `path` (resolved): every folder above it lets it through."""
    return all(_allows(folder.stat(), uid, 1) for folder in path.parents)


def readable(path: Path, uid: int) -> bool:
    """Whether `uid` may read the file, or list and enter the folder."""
    info = path.stat()
    return _allows(info, uid, 5 if stat.S_ISDIR(info.st_mode) else 4)


def _allows(info: os.stat_result, uid: int, bits: int) -> bool:
    mode = info.st_mode
    mine = mode >> 6 if info.st_uid == uid else mode >> 3 if info.st_gid == uid else mode
    return mine & bits == bits


def give(path: Path, uid: int) -> None:
    """Makes `uid` the owner of a file, or of a folder and all in it. Only what is not yet its own is changed.

    Walks by open descriptors: a running box that swaps a folder for a link cannot lead it elsewhere. Deeper than
    200 folders things keep their owner, so that no box can exhaust the lab's descriptors.
    """
    top = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        if os.fstat(top).st_uid != uid:
            os.fchown(top, uid, uid)
        if stat.S_ISDIR(os.fstat(top).st_mode):
            _give_below(top, uid, _DEEPEST)
    finally:
        os.close(top)


def _give_below(folder: int, uid: int, levels: int) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                if entry.stat(follow_symlinks=False).st_uid != uid:
                    os.chown(entry.name, uid, uid, dir_fd=folder, follow_symlinks=False)
                if levels and entry.is_dir(follow_symlinks=False):
                    _enter(folder, entry.name, uid, levels)
            except FileNotFoundError:
                continue  # a box that still runs removed it


def _enter(folder: int, name: str, uid: int, levels: int) -> None:
    try:
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except NotADirectoryError:
        return  # swapped since it was listed
    try:
        _give_below(below, uid, levels - 1)
    finally:
        os.close(below)


def remove(folder: Path) -> None:
    """Removes a folder whatever is in it; a folder that is not there is fine. rm and chmod know deep trees."""
    path = os.path.abspath(folder)  # noqa: PTH100 - no link may be resolved here
    if not os.path.lexists(path):
        return
    removal = ["/usr/bin/rm", "-rf", "--one-file-system", "--", path]
    _quietly(removal)
    if os.path.lexists(path):  # folders without their write bits, and the lab is not root
        _quietly(["/usr/bin/chmod", "-R", "u+rwx", "--", path])
        error = _quietly(removal)
        if os.path.lexists(path):
            raise SandboxError(f"{path} cannot be removed: {error or 'rm left it'}; remove it by hand")


def _quietly(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, env={"LC_ALL": "C"}, stdin=subprocess.DEVNULL)
    return done.stderr.decode(errors="replace").strip().partition("\n")[0]
