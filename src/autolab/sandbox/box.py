"""The sandbox Protocol: what a box is given, what it gives back. Nothing here knows how a box is made."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Literal, Protocol, Self

if TYPE_CHECKING:
    from autolab.sandbox.freeze import Freezer

Policy = Literal["bench", "run", "judge"]
"""System-call policy. `bench`: an agent's or a build's box, which may start processes. `run`: one candidate process;
no fork, no copying between files in the kernel. `judge`: trusted-with-the-score code (verify.py)."""

LimitName = Literal["wall", "cpu", "memory", "output", "processes", "disk"]

FIXED_ENV: Mapping[str, str] = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - the box's own small tmpfs
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""The whole environment of a box, unless a spec adds to it: instruction counts depend on the environment."""


@dataclass(frozen=True)
class Mount:
    """A host file or folder at a place in the box. Read-only unless said otherwise."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Limits:
    """What a box may use. Seconds, MiB, bytes, counts. `cpu_s` None: no limit beside the wall."""

    wall_s: float = 60.0
    cpu_s: float | None = None
    memory_mb: int = 2048
    processes: int = 64
    output_bytes: int = 1 << 20  # stdout and stderr together
    disk_mb: int = 256  # all writable mounts together; also the largest single file
    tmp_mb: int = 64


@dataclass(frozen=True)
class BoxSpec:
    """One box: a command and everything it can see. Without mounts it sees a read-only /usr and its own /tmp only."""

    argv: tuple[str, ...]
    mounts: tuple[Mount, ...] = ()
    cwd: str = "/"
    env: Mapping[str, str] = field(default_factory=dict)  # added to FIXED_ENV
    limits: Limits = Limits()
    policy: Policy = "bench"
    stdin: bytes = b""
    cpu: int | None = None  # pin every process of the box to this core
    proc: bool = True  # mount the box's own /proc
    name: str = "box"  # for logs and cgroup names; never seen inside


@dataclass(frozen=True)
class BoxResult:
    """How a box ended. Exactly one of `exit_code` and `signal` is set, except when `limit` says the lab killed it."""

    exit_code: int | None
    signal: int | None
    limit: LimitName | None
    stdout: bytes  # capped at limits.output_bytes together with stderr
    stderr: bytes
    wall_s: float
    cpu_s: float  # user + system of the whole box, read outside it
    peak_memory_bytes: int | None = None  # None where no cgroup tells

    @property
    def ok(self) -> bool:
        """Ended by itself with exit code 0, within every limit."""
        return self.limit is None and self.exit_code == 0

    def describe(self) -> str:
        """One line for a person or an agent: `exit code 1`, `killed by signal 11 (SIGSEGV)`, `over the memory limit`."""
        import signal as names

        if self.limit is not None:
            return f"over the {self.limit} limit"
        if self.signal is not None:
            try:
                return f"killed by signal {self.signal} ({names.Signals(self.signal).name})"
            except ValueError:
                return f"killed by signal {self.signal}"
        return f"exit code {self.exit_code}"


class Session(Protocol):
    """A box that is talked to while it runs. A context manager: leaving it kills whatever is left."""

    @property
    def stdin(self) -> IO[bytes]:
        """The box's input."""
        ...

    @property
    def stdout(self) -> IO[bytes]:
        """The box's output; it ends when the box does."""
        ...

    def finish(self) -> BoxResult:
        """Closes stdin, waits within the wall limit, returns how it ended."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True)
class InForce:
    """Which protections hold on this machine; recorded with every result. `missing` has one line each, for people."""

    kind: str  # "bubblewrap"
    version: str
    features: tuple[str, ...]  # e.g. "seccomp", "cgroup-v1:memory,pids", "netns", "uid-slot", "rlimits"
    missing: tuple[str, ...]


class Sandbox(Protocol):
    """Starts boxes. Safe to call from several threads."""

    def run(self, spec: BoxSpec, freezer: "Freezer | None" = None) -> BoxResult:
        """Runs a box to its end; meanwhile `freezer` can hold it still. SandboxError if it could not be started."""
        ...

    def open(self, spec: BoxSpec) -> Session:
        """Starts a box to talk to."""
        ...

    def in_force(self) -> InForce:
        """Which protections hold here."""
        ...

    def make_folder(self, parent: Path, name: str) -> Path:
        """A new folder that box processes may write, once mounted."""
        ...

    def remove_folder(self, folder: Path) -> None:
        """Removes it whatever a box left in it (modes, owners)."""
        ...


def only_usr() -> tuple[str, ...]:
    """Top-level links into /usr that a box gets (/bin, /lib, ...), as they are on this machine."""
    return tuple(
        name for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32") if os.path.islink(name)  # noqa: PTH114
    )
