"""What `autolab doctor` looks at: one small function per group of facts, each giving checks in the order people read them.

Tools count in /usr only, because that is all a box sees of the machine.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autolab.errors import AutolabError

_MIB = 1 << 20
NEEDED_MEMORY_MB = 2048  # the default memory_mb of a task's box
NEEDED_DISK_MB = 1024  # a run of the suite's own tasks stays well below this
_ASK_TIMEOUT_S = 20
# x86-64-v3, for which the suite's C and Rust programs are compiled (x86-64 psABI, micro-architecture levels)
_LEVEL_3 = ("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe")


@dataclass(frozen=True)
class Tool:
    """A program in /usr/bin, the Debian package it comes from, and how it is asked for its version."""

    package: str
    ask: str = "--version"
    needed: bool = True
    use: str = ""


TOOLS: Mapping[str, Tool] = {
    "bwrap": Tool("bubblewrap"),
    "setpriv": Tool("util-linux"),
    "git": Tool("git"),
    "valgrind": Tool("valgrind"),
    "gcc": Tool("gcc"),
    "g++": Tool("g++"),
    "make": Tool("make"),
    "rustc": Tool("rustc", needed=False, use="tasks in Rust"),
    "go": Tool("golang", ask="version", needed=False, use="tasks in Go"),
}


@dataclass(frozen=True)
class Check:
    """One fact about the machine. `mend` is empty where there is nothing to mend."""

    name: str
    ok: bool
    found: str
    mend: str = ""
    needed: bool = True  # without it the suite cannot be run here

    @property
    def state(self) -> str:
        """`ok`, `missing`, or `limited` for what a run can do without."""
        return "ok" if self.ok else "missing" if self.needed else "limited"


def all_checks() -> Iterator[Check]:
    """Every check, made when it is asked for."""
    yield from machine()
    yield python()
    yield from tools()
    yield from sandbox()
    yield from timing()
    yield from storage()


def machine() -> Iterator[Check]:
    """Processor, cores and memory."""
    flags = set(_cpu_flags())
    lacking = [flag for flag in _LEVEL_3 if flag not in flags]
    is_x86 = platform.machine() == "x86_64"
    found = platform.machine() + (f" without {', '.join(lacking)}" if is_x86 and lacking else "")
    mend = "the suite's programs are compiled for x86-64-v3; use a machine with AVX2 and FMA"
    yield Check("processor", is_x86 and not lacking, found, "" if is_x86 and not lacking else mend)
    cores = len(os.sched_getaffinity(0))
    one = "with one core the lab and a timed program share it; timings spread more"
    yield Check("cores", cores > 1, str(cores), one if cores == 1 else "", needed=False)
    memory = _available_memory_mb()
    low = f"a task's box may use {NEEDED_MEMORY_MB} MiB; end other programs or lower memory_mb in task.toml"
    yield Check("memory", memory >= NEEDED_MEMORY_MB, f"{memory} MiB available", "" if memory >= NEEDED_MEMORY_MB else low)


def python() -> Check:
    """The interpreter that runs the lab, and verify.py in its box."""
    return Check("python", sys.version_info >= (3, 11), f"{platform.python_version()}  {sys.executable}", "")


def tools(folder: Path = Path("/usr/bin")) -> Iterator[Check]:
    """Programs of the machine, with the package that brings each."""
    for name, tool in TOOLS.items():
        path = folder / name
        if os.access(path, os.X_OK):
            yield Check(name, ok=True, found=f"{_version(path, tool.ask)}  {path}", needed=tool.needed)
            continue
        elsewhere = shutil.which(name)
        found = f"not in {folder}" + (f" (boxes do not see {elsewhere})" if elsewhere else "")
        why = f" (for {tool.use})" if tool.use else ""
        yield Check(name, ok=False, found=found, mend=f"apt-get install {tool.package}{why}", needed=tool.needed)


def sandbox() -> Iterator[Check]:
    """What protects the machine from candidates, and whether a counted program would run in a box."""
    from autolab.sandbox.box import BoxSpec, Limits
    from autolab.sandbox.bubblewrap import default_sandbox

    try:
        boxes = default_sandbox()
        in_force = boxes.in_force()
    except AutolabError as error:
        yield Check("sandbox", ok=False, found="no box can be started", mend=str(error))
        return
    yield Check("sandbox", ok=True, found=f"{in_force.kind} {in_force.version}: {', '.join(in_force.features)}")
    yield from (_shortfall(line) for line in in_force.missing)
    if os.access("/usr/bin/valgrind", os.X_OK):
        argv = ("/usr/bin/valgrind", "--tool=callgrind", "--callgrind-out-file=/tmp/profile", "/usr/bin/true")
        result = boxes.run(BoxSpec(argv=argv, limits=Limits(memory_mb=NEEDED_MEMORY_MB), name="doctor"))
        last = result.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        mend = "" if result.ok else f"apt-get install --reinstall valgrind; it said: {last}"
        yield Check("valgrind in a box", result.ok, "counts /usr/bin/true" if result.ok else result.describe(), mend)


def timing() -> Iterator[Check]:
    """How noisy paired timing is here: a small program against itself."""
    from autolab.measure.host import host_noise
    from autolab.measure.noise import MOST_FLOOR, detection_limit
    from autolab.sandbox.bubblewrap import default_sandbox

    try:
        noise = host_noise(default_sandbox())
    except AutolabError as error:
        yield Check("timing (A/A)", ok=False, found="not measured", mend=str(error), needed=False)
        return
    limit = detection_limit(noise, len(noise.pairs))
    found = f"spread {noise.spread:.1%} over {len(noise.pairs)} pairs; gains of {limit:.1%} show in one measure, {noise.floor:.1%} between two"
    mend = f"end other programs: above {MOST_FLOOR:.0%} between two, results of timed tasks are marked low_precision"
    yield Check("timing (A/A)", not noise.low_precision, found, mend if noise.low_precision else "", needed=False)


def _shortfall(line: str) -> Check:
    """A protection that is not there. What the lab has a lesser substitute for comes with its mend after a semicolon."""
    found, _, mend = line.rpartition("; ")
    if found:
        return Check("sandbox", ok=False, found=found, mend=mend, needed=False)
    return Check("sandbox", ok=False, found=line, mend="use a machine whose kernel allows it; boxes here would not hold")


def storage() -> Iterator[Check]:
    """Where runs and cached anchors are written."""
    from autolab.measure.cache import cache_folder

    here = Path.cwd()
    free = shutil.disk_usage(here).free // _MIB
    mend = f"a run needs up to {NEEDED_DISK_MB} MiB; free some, or run with --out on another disk"
    yield Check("free disk", free >= NEEDED_DISK_MB, f"{free} MiB in {here}", "" if free >= NEEDED_DISK_MB else mend)
    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        writable = os.access(cache, os.W_OK)
    except OSError:
        writable = False
    mend = "" if writable else "set XDG_CACHE_HOME to a folder that can be written, or anchors are measured each time"
    yield Check("cache folder", writable, f"{cache}{'' if writable else ' cannot be written'}", mend, needed=False)


def _version(path: Path, ask: str) -> str:
    """The first line a tool prints about its version."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "GOTOOLCHAIN": "local"}
    try:
        done = subprocess.run(
            [path, ask],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_TIMEOUT_S,
            env=environment,
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"gives no version ({type(error).__name__})"
    return (done.stdout.strip() or "gives no version").partition("\n")[0]


def _cpu_flags() -> list[str]:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("flags"):
            return line.partition(":")[2].split()
    return []


def _available_memory_mb() -> int:
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) // 1024
    return 0


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
