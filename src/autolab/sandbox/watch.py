"""The limits that must be looked after while a box runs: what the kernel does not end by itself."""

import time
from collections.abc import Mapping
from pathlib import Path

from autolab.sandbox import disk, tree
from autolab.sandbox.box import BoxSpec, LimitName
from autolab.sandbox.cgroup import Group

EVERY_S = 0.05
_BOMB = 256  # refused processes: a program that copes with a refusal stays far below


class Watch:
    """Looks at one box from outside, by its control group where there is one, else by its processes."""

    def __init__(self, spec: BoxSpec, launcher: int, group: Group | None) -> None:
        self._limits = spec.limits
        self._launcher = launcher
        self._group = group
        self._by_tree = group is None or "memory" not in group.folders or group.cpu_s() is None
        self._writable = [Path(mount.source) for mount in spec.mounts if mount.writable]
        self._devices = {source.stat().st_dev for source in self._writable}
        self._nameless: Mapping[int, int] = {}
        self._next_disk = 0.0
        self._seen_cpu = 0.0

    def look(self) -> LimitName | None:
        """The limit that the box is over, if any. Cheap: called every 50 ms."""
        if self._by_tree and (over := self._over_by_tree()):
            return over
        if self._group is not None:
            if self._group.refused_processes() >= _BOMB:
                return "processes"
            if self._over_cpu(self._group.cpu_s() or 0.0):
                return "cpu"
        if time.monotonic() < self._next_disk:
            return None
        started = time.monotonic()
        if self._writable or self._by_tree:
            self._nameless = disk.nameless(tree.descendants(self._launcher))
        full = self.over_disk()
        now = time.monotonic()
        self._next_disk = now + max(EVERY_S, 10 * (now - started))  # a tenth of a core at most
        return "disk" if full else None

    def over_disk(self) -> bool:
        """Whether all writable mounts together hold more than the limit; files without a name as of the last look."""
        if not self._writable:
            return False
        nameless = sum(size for device, size in self._nameless.items() if device in self._devices)
        return disk.usage(self._writable).over((self._limits.disk_mb << 20) - nameless)

    def seen_cpu_s(self, setup_s: float) -> float:
        """CPU seconds of the box by other means than its pid 1's: they count processes that were killed at the end."""
        counted = self._group.cpu_s() if self._group is not None else None
        return self._seen_cpu if counted is None else counted - setup_s

    def verdict(self, ended_well: bool, cpu_s: float, signal: int | None) -> LimitName | None:
        """The limit that a box which ended by itself was over, if any."""
        import signal as names

        if self._over_cpu(cpu_s) or (signal == names.SIGXCPU and self._limits.cpu_s is not None):
            return "cpu"  # the kernel may end a process a tick before the sum is over the limit
        if signal == names.SIGXFSZ or self.over_disk():
            return "disk"
        if self._group is not None and not ended_well:
            if self._group.killed_for_memory():
                return "memory"
            if self._group.refused_processes():
                return "processes"
        return None

    def _over_by_tree(self) -> LimitName | None:
        now = tree.use(self._launcher)
        self._seen_cpu = max(self._seen_cpu, now.cpu_s)
        files = sum(size for device, size in self._nameless.items() if device not in self._devices)
        if max(now.memory, files) > self._limits.memory_mb << 20:  # not their sum: mapped ones count in both
            return "memory"
        return "cpu" if self._over_cpu(now.cpu_s) else None

    def _over_cpu(self, cpu_s: float) -> bool:
        return self._limits.cpu_s is not None and cpu_s > self._limits.cpu_s
