"""A box's processes as the host sees them: what they use, where no cgroup tells.

Sampled, so short-lived peaks are missed; children that ended count through their parents.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class TreeUse:
    """CPU seconds (10 ms steps) and resident bytes (pages that processes share count once for each)."""

    cpu_s: float = 0.0
    memory: int = 0


def available() -> bool:
    """Whether this kernel lists a process's children."""
    return Path(f"/proc/self/task/{os.getpid()}/children").exists()


def use(launcher: int) -> TreeUse:
    """What the box below bubblewrap's process uses now, without bubblewrap's own two processes."""
    cpu = memory = 0
    for init in children(launcher):
        fields = _stat(init)
        cpu += int(fields[13]) + int(fields[14]) if fields else 0  # children of pid 1 that ended
        for pid in descendants(init):
            if fields := _stat(pid):
                cpu += sum(map(int, fields[11:15]))
                memory += int(fields[21])
    return TreeUse(cpu * _TICK, memory * _PAGE)


def descendants(pid: int) -> Iterator[int]:
    """Every process below `pid`, parents first."""
    waiting = children(pid)
    while waiting:
        found = waiting.pop()
        yield found
        waiting += children(found)


def children(pid: int) -> list[int]:
    """The children of all threads of a process; none if it is gone."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    except OSError:
        pass
    return found


def ancestors(pid: int) -> Iterator[int]:
    """The parent of a process, its parent, and so on, up to the first process."""
    while fields := _stat(pid):
        pid = int(fields[1])
        yield pid


def state(pid: int) -> str | None:
    """The state letter of proc(5), None if the process is gone."""
    fields = _stat(pid)
    return fields[0] if fields else None


def is_still(pid: int) -> bool:
    """Whether the process is stopped, gone, or waits in the kernel."""
    return state(pid) in {None, "T", "t", "Z", "X", "D"}


def _stat(pid: int) -> list[str] | None:
    """/proc/PID/stat from the third field on: the second may hold spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def counts_processes_by_namespace() -> bool:
    """Whether RLIMIT_NPROC set inside a user namespace counts that namespace's processes only (Linux 5.14)."""
    numbers = [int(part) for part in re.findall(r"\d+", os.uname().release)[:2]]
    return numbers >= [5, 14]
