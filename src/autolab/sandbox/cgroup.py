"""A control group around each box, version 1 or 2, wherever the lab may make one.

Every box gets a folder below a parent `autolab`; its name tells which lab made it, so that a later lab removes what a
dead one left. Nothing here is ever frozen: processes in a frozen version 1 group cannot be killed.
"""

import contextlib
import itertools
import os
import re
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autolab.errors import SandboxError
from autolab.sandbox.box import Limits

Controller = Literal["memory", "pids", "cpuacct", "cpuset"]
_NANOSECONDS = 1e9
_MICROSECONDS = 1e6
_EMPTYING_S = 5.0
_OWN_PROCESSES = 2  # bubblewrap's monitor and the box's pid 1
_counter = itertools.count(1)


@dataclass(frozen=True)
class Hierarchy:
    """Where boxes' groups are made: the `autolab` folder of each usable controller (one and the same in version 2)."""

    version: Literal[1, 2]
    parents: Mapping[Controller, Path]

    def make(self, name: str, limits: Limits, cpu: int | None) -> "Group":
        """A group for one box, with its limits set."""
        unique = f"{_lab(os.getpid())}-{next(_counter)}-{re.sub(r'[^A-Za-z0-9_]', '_', name)[:40]}"
        wanted = {key: parent for key, parent in self.parents.items() if key != "cpuset" or cpu is not None or self.version == 2}
        group = Group(self.version, {key: parent / unique for key, parent in wanted.items()})
        try:
            group.make(limits, cpu)
        except OSError as error:
            group.remove()
            raise SandboxError(f"cgroup {error.filename} cannot be set up: {error.strerror}") from error
        return group

    def sweep(self) -> None:
        """Ends and removes the groups of labs that died; those of other pid namespaces are left alone."""
        for parent in set(self.parents.values()):
            for folder in parent.iterdir():
                if folder.is_dir() and _dead(folder.name):
                    with contextlib.suppress(SandboxError):  # a process that will not die is no reason not to start
                        Group(self.version, {"pids": folder}).remove()


@dataclass(frozen=True)
class Group:
    """The control group of one box. `folders` by controller."""

    version: Literal[1, 2]
    folders: Mapping[Controller, Path]

    @property
    def joins(self) -> list[str]:
        """The files that a process writes `0` to, in order to join."""
        return [f"{folder}/cgroup.procs" for folder in dict.fromkeys(self.folders.values())]

    def make(self, limits: Limits, cpu: int | None) -> None:
        """Makes the folders and writes the limits."""
        for folder in dict.fromkeys(self.folders.values()):
            folder.mkdir()
        memory = str(limits.memory_mb << 20)
        for controller, folder in self.folders.items():
            if controller == "memory" and self.version == 1:
                _write(folder / "memory.limit_in_bytes", memory)
                _write_if_there(folder / "memory.memsw.limit_in_bytes", memory)  # no swap beside it
            elif controller == "memory":
                _write(folder / "memory.max", memory)
                _write_if_there(folder / "memory.swap.max", "0")
            elif controller == "pids":
                _write(folder / "pids.max", str(limits.processes + _OWN_PROCESSES))
            elif controller == "cpuset" and cpu is not None:
                _write(folder / "cpuset.cpus", str(cpu))
                if self.version == 1:
                    _write(folder / "cpuset.mems", (folder.parent / "cpuset.mems").read_text())

    def refused_processes(self) -> int:
        """How often starting a process or thread was refused."""
        return self._count("pids", "pids.events", "max")

    def killed_for_memory(self) -> int:
        """How many processes the kernel ended for memory."""
        return self._count("memory", "memory.oom_control" if self.version == 1 else "memory.events", "oom_kill")

    def cpu_s(self) -> float | None:
        """CPU seconds of all that ever ran in the group; None where no controller tells."""
        if "cpuacct" not in self.folders:
            return None
        if self.version == 2:
            return self._count("cpuacct", "cpu.stat", "usage_usec") / _MICROSECONDS
        return int((self.folders["cpuacct"] / "cpuacct.usage").read_text()) / _NANOSECONDS

    def peak_memory(self) -> int | None:
        """The most bytes that were charged at once, files in memory included; None where no controller tells."""
        name = "memory.max_usage_in_bytes" if self.version == 1 else "memory.peak"
        try:
            return int((self.folders["memory"] / name).read_text())
        except (KeyError, OSError):
            return None

    def remove(self) -> None:
        """Kills whatever is left in the group and removes it; a group that will not empty is an error."""
        deadline = time.monotonic() + _EMPTYING_S
        for folder in dict.fromkeys(self.folders.values()):
            while not _removed(folder):
                _kill_all(folder)
                if time.monotonic() > deadline:
                    raise SandboxError(f"processes in cgroup {folder} do not end; look at its cgroup.procs")
                time.sleep(0.002)

    def _count(self, controller: Controller, file: str, key: str) -> int:
        if controller not in self.folders:
            return 0
        for line in (self.folders[controller] / file).read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == key:
                return int(value)
        return 0


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _kill_all(folder: Path) -> None:
    try:
        pids = (folder / "cgroup.procs").read_text().split()
    except OSError:
        return
    for pid in pids:
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            continue


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    except OSError as error:
        error.filename = str(path)  # write() alone does not say where
        raise
    finally:
        os.close(descriptor)


def _write_if_there(path: Path, text: str) -> None:
    if path.exists():
        _write(path, text)


def _lab(pid: int) -> str:
    """pid, start time and pid namespace of a process: together never used again on this machine since it booted."""
    started = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    return f"{pid}-{started}-{_pid_namespace()}"


def _pid_namespace() -> int:
    return Path("/proc/self/ns/pid").stat().st_ino


def _dead(name: str) -> bool:
    parts = name.split("-")
    if len(parts) < 4 or not parts[0].isdigit() or parts[2] != str(_pid_namespace()):
        return False
    try:
        return _lab(int(parts[0])) != "-".join(parts[:3])
    except (FileNotFoundError, ProcessLookupError):
        return True
