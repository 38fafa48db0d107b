"""What counts depend on besides the submission: the toolchain's fingerprint, and facts about the machine.

The fingerprint is the same on two machines with the same packages and the same instruction sets: it holds versions and
contents, no paths' times. Asking eight compilers and hashing libraries takes about 100 ms, so the answers are kept in the
user's cache folder under the identity of the files they came from.
"""

import contextlib
import functools
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autolab.measure import cache as cache_files

_VERSIONS: Mapping[str, tuple[str, ...]] = {
    "gcc": ("/usr/bin/gcc", "--version"),
    "g++": ("/usr/bin/g++", "--version"),
    "ld": ("/usr/bin/ld", "--version"),
    "rustc": ("/usr/bin/rustc", "--version"),
    "go": ("/usr/bin/go", "version"),
    "python3": ("/usr/bin/python3", "--version"),
    "valgrind": ("/usr/bin/valgrind", "--version"),
}
_CONTENTS: Mapping[str, tuple[str, ...]] = {  # the first that exists; what runs inside every counted process
    "libc": ("/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib64/libc.so.6"),
    "libm": ("/usr/lib/x86_64-linux-gnu/libm.so.6", "/usr/lib64/libm.so.6"),
    "ld.so": ("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/usr/lib64/ld-linux-x86-64.so.2"),
    "callgrind": (
        "/usr/libexec/valgrind/callgrind-amd64-linux",
        "/usr/lib/valgrind/callgrind-amd64-linux",
        "/usr/lib/x86_64-linux-gnu/valgrind/callgrind-amd64-linux",
    ),
    "cachegrind": (
        "/usr/libexec/valgrind/cachegrind-amd64-linux",
        "/usr/lib/valgrind/cachegrind-amd64-linux",
        "/usr/lib/x86_64-linux-gnu/valgrind/cachegrind-amd64-linux",
    ),
    "memcheck": (
        "/usr/libexec/valgrind/memcheck-amd64-linux",
        "/usr/lib/valgrind/memcheck-amd64-linux",
        "/usr/lib/x86_64-linux-gnu/valgrind/memcheck-amd64-linux",
    ),
}
# Valgrind passes these on from the processor to the program, whose libc chooses functions by them (VEX, guest_amd64_helpers)
_SEEN_FEATURES = frozenset({
    "cx16", "pni", "ssse3", "sse4_1", "sse4_2", "aes", "pclmulqdq", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm",
    "rdrand", "rdseed", "rdtscp", "movbe",
})  # fmt: skip
_ASK_TIMEOUT_S = 20
_CACHE_VERSION = 1


@dataclass(frozen=True)
class Toolchain:
    """Versions by tool (a missing tool is left out) and the digest of all that counts depend on."""

    versions: Mapping[str, str]
    fingerprint: str


@functools.cache
def toolchain() -> Toolchain:
    """The toolchain of /usr, asked at most once a process."""
    return toolchain_of(_VERSIONS, _CONTENTS, cache_files.cache_folder())


@functools.cache
def machine() -> Mapping[str, str]:
    """Facts for provenance: processor, cores that this process may use, memory, kernel, system."""
    info = _cpuinfo()
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": info.get("model name", platform.processor() or "unknown"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{pages / 2**30:.1f} GiB",
        "kernel": platform.release(),
        "system": _system(),
        "arch": platform.machine(),
    }


def toolchain_of(
    commands: Mapping[str, tuple[str, ...]], contents: Mapping[str, tuple[str, ...]], cache: Path
) -> Toolchain:
    """The toolchain of these tools: the commands that tell their versions, and the files whose contents count.

    Of each `contents` the first path that exists is taken. Answers are kept in `cache` until one of the files changes.
    """
    wanted = {name: (command[0],) for name, command in commands.items()} | dict(contents)
    found = {name: next((path for path in map(Path, paths) if path.exists()), None) for name, paths in wanted.items()}
    files = {name: path for name, path in found.items() if path is not None}
    key = hashlib.sha256(json.dumps([_CACHE_VERSION, _identities(files)]).encode()).hexdigest()[:24]
    kept = cache / f"toolchain-{key}.json"
    facts = _kept(kept)
    if facts is None:
        facts = {name: _ask(commands[name]) if name in commands else _digest(path) for name, path in files.items()}
        cache_files.keep(kept, facts)
    features = " ".join(sorted(_SEEN_FEATURES & set(_cpuinfo().get("flags", "").split())))
    whole = json.dumps([facts, features, platform.machine()], sort_keys=True)
    versions = {name: fact for name, fact in facts.items() if name in commands}
    versions["libc"] = os.confstr("CS_GNU_LIBC_VERSION") or "unknown"
    return Toolchain(versions, hashlib.sha256(whole.encode()).hexdigest()[:16])


def _identities(files: Mapping[str, Path]) -> list[list[str | int]]:
    found: list[list[str | int]] = []
    for name, path in sorted(files.items()):
        real = path.resolve()
        facts = real.stat()
        found.append([name, str(real), facts.st_size, facts.st_mtime_ns, facts.st_ino])
    return found


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _ask(command: tuple[str, ...]) -> str:
    """A tool's first line about its version."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_ASK_TIMEOUT_S,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "GOTOOLCHAIN": "local"},
            stdin=subprocess.DEVNULL,
            cwd="/",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"gives no version ({type(error).__name__})"
    lines = done.stdout.strip().splitlines()
    return lines[0].strip() if lines else f"gives no version (exit code {done.returncode})"


def _cpuinfo() -> dict[str, str]:
    """The first processor's entries of /proc/cpuinfo."""
    with contextlib.suppress(OSError):
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").partition("\n\n")[0]
        rows = (row.partition(":") for row in first.splitlines())
        return {key.strip(): value.strip() for key, _, value in rows}
    return {}


def _system() -> str:
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return platform.system()


def _kept(path: Path) -> dict[str, str] | None:
    """Answers kept earlier, None where there is nothing usable."""
    facts = cache_files.read(path)
    good = isinstance(facts, dict) and all(isinstance(fact, str) for fact in facts.values())
    return facts if good else None
