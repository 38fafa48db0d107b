"""Finds where this process may make control groups. Version 2 where it can limit memory and processes, else version 1."""

import contextlib
import functools
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autolab.errors import SandboxError
from autolab.sandbox.box import Limits
from autolab.sandbox.cgroup import Controller, Hierarchy

_V1: tuple[Controller, ...] = ("memory", "pids", "cpuacct", "cpuset")
_V2_NAMES: dict[str, Controller] = {"memory": "memory", "pids": "pids", "cpu": "cpuacct", "cpuset": "cpuset"}


@dataclass(frozen=True)
class Mounted:
    """One mounted hierarchy: where, which of its folders lies there, and its controllers (empty for version 2)."""

    point: Path
    root: str
    controllers: frozenset[str]


def mounted(mountinfo: str) -> list[Mounted]:
    """The hierarchies in the text of /proc/self/mountinfo."""
    found = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if kind and kind[0] == "cgroup2":
            found.append(Mounted(Path(fields[4]), fields[3], frozenset()))
        elif kind and kind[0] == "cgroup":
            found.append(Mounted(Path(fields[4]), fields[3], frozenset(kind[2].split(","))))
    return found


def own_folders(text: str) -> dict[str, str]:
    """Controller -> path, from the text of /proc/self/cgroup; version 2 has the name ''."""
    found = {}
    for line in text.splitlines():
        _, names, path = line.split(":", 2)
        for name in names.split(","):
            found[name] = path
    return found


def below(mount: Mounted, path: str) -> Path:
    """The folder of the host file system for a path of /proc/self/cgroup; the mount itself if it is not below it."""
    inside = os.path.relpath(path, mount.root)
    folder = mount.point if inside.startswith("..") else mount.point / inside
    return folder if folder.is_dir() else mount.point


@functools.cache
def find() -> Hierarchy | None:
    """The hierarchy for this process's boxes, tried out with a process that joins; None where nothing is writable."""
    mounts = mounted(Path("/proc/self/mountinfo").read_text())
    own = own_folders(Path("/proc/self/cgroup").read_text())
    for hierarchy in (Hierarchy(2, _second(mounts, own)), Hierarchy(1, _first(mounts, own))):
        if hierarchy.parents and _works(hierarchy):
            hierarchy.sweep()
            return hierarchy
    return None


def _first(mounts: list[Mounted], own: dict[str, str]) -> dict[Controller, Path]:
    """Version 1: below the lab's own group, so that the lab's own limits hold for its boxes too."""
    parents: dict[Controller, Path] = {}
    for controller in _V1:
        for mount in mounts:
            if controller in mount.controllers:
                above = below(mount, own.get(controller, "/"))
                if _make(above / "autolab") and (controller != "cpuset" or _copy_cpuset(above)):
                    parents[controller] = above / "autolab"
    return {key: parent for key, parent in parents.items() if _works(Hierarchy(1, {key: parent}))}


def _copy_cpuset(above: Path) -> bool:
    try:
        for name in ("cpuset.cpus", "cpuset.mems"):
            (above / "autolab" / name).write_text((above / name).read_text())
    except OSError:
        return False
    return True


def _second(mounts: list[Mounted], own: dict[str, str]) -> dict[Controller, Path]:
    """Version 2: in the highest folder on the way to the lab's own where controllers can be handed down."""
    for mount in mounts:
        if not mount.controllers:
            for above in _downwards(mount.point, below(mount, own.get("", "/"))):
                names = _hand_down(above)
                if {"memory", "pids"} <= names:
                    return {_V2_NAMES[name]: above / "autolab" for name in sorted(names)}
    return {}


def _downwards(top: Path, bottom: Path) -> Iterator[Path]:
    yield top
    folder = top
    for part in bottom.relative_to(top).parts:
        folder /= part
        yield folder


def _hand_down(above: Path) -> set[str]:
    """Makes the parent folder, and returns the controllers that its children get."""
    if not os.access(above, os.W_OK) or not _make(above / "autolab"):
        return set()
    for folder in (above, above / "autolab"):
        for name in _V2_NAMES:
            try:
                (folder / "cgroup.subtree_control").write_text(f"+{name}")
            except OSError:
                continue
    names: set[str] = set()
    with contextlib.suppress(OSError):  # another lab removed it
        names = set((above / "autolab" / "cgroup.subtree_control").read_text().split()) & set(_V2_NAMES)
    if not names:
        with contextlib.suppress(OSError):  # another lab removed it, or makes its groups there
            (above / "autolab").rmdir()
    return names


def _make(folder: Path) -> bool:
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _works(hierarchy: Hierarchy) -> bool:
    try:
        group = hierarchy.make("probe", Limits(), min(os.sched_getaffinity(0)))
    except SandboxError:
        return False
    join = 'for file; do echo 0 > "$file" || exit 1; done'
    done = subprocess.run(["/usr/bin/sh", "-c", join, "sh", *group.joins], capture_output=True)
    group.remove()
    return done.returncode == 0
