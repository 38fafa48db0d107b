"""Which protections hold here: read inside a box, not assumed."""

import functools
import os
import re
import subprocess
from collections.abc import Hashable
from typing import Protocol

from autolab.errors import SandboxError
from autolab.sandbox import cgroup_search, launch, slots, tree
from autolab.sandbox.box import BoxResult, BoxSpec, InForce

_LOOK = """
cat /proc/self/status; echo net; cat /proc/net/dev
set -- /proc/[0-9]*; echo processes $#
if (: >> /proc/sys/kernel/core_pattern) 2> /dev/null; then echo kernel open; else echo kernel closed; fi
"""  # the append opens the file and writes nothing: as the kernel's own uid 0 it would succeed
_AS_ROOT = "run the lab as root, or have an administrator delegate a cgroup v2 with memory and pids to it"


class Runner(Hashable, Protocol):
    """What a probe needs of a sandbox."""

    def run(self, spec: BoxSpec) -> BoxResult:
        """Runs a box to its end."""
        ...


@functools.cache
def _version() -> str:
    done = subprocess.run([launch.BWRAP, "--version"], capture_output=True, text=True)
    return done.stdout.strip().rpartition(" ")[2] or "unknown"


def in_force(runner: Runner) -> InForce:
    """Features that a box shows, and one line for each that is missing."""
    return _in_force(runner, os.geteuid())


@functools.lru_cache(maxsize=1)
def _in_force(runner: Runner, _uid: int) -> InForce:
    result = runner.run(BoxSpec(argv=("/bin/sh", "-c", _LOOK), name="probe"))
    if not result.ok:
        raise SandboxError(f"the probe of the sandbox failed: {result.describe()}: {result.stderr[-200:].decode(errors='replace')}")
    seen = result.stdout.decode(errors="replace")
    features, missing = _seen(seen)
    more_features, more_missing = _around()
    return InForce("bubblewrap", _version(), (*features, *more_features), (*missing, *more_missing))


def _seen(text: str) -> tuple[list[str], list[str]]:
    """What the box itself shows."""
    net = re.findall(r"^\s*(\S+):\s", text.partition("net\n")[2], re.MULTILINE)
    holds = {
        "seccomp": bool(re.search(r"^Seccomp:\s*2$", text, re.MULTILINE)),
        "no-new-privileges": bool(re.search(r"^NoNewPrivs:\s*1$", text, re.MULTILINE)),
        "no-capabilities": bool(re.search(r"^CapEff:\s*0+$", text, re.MULTILINE)),
        "netns": net == ["lo"],
        "pidns": bool(re.search(r"^processes [1-9]$", text, re.MULTILINE)),
        "kernel-settings-closed": bool(re.search(r"^kernel closed$", text, re.MULTILINE)),
    }
    features = [name for name, holds_here in holds.items() if holds_here]
    return features, [f"{name} is not in force inside boxes" for name in holds if name not in features]


def _around() -> tuple[list[str], list[str]]:
    """What is set around the box."""
    features, missing = ["rlimits"], []
    hierarchy = cgroup_search.find()
    controllers = set(hierarchy.parents) if hierarchy is not None else set()
    if hierarchy is not None:
        features.append(f"cgroup-v{hierarchy.version}:{','.join(sorted(controllers))}")
    if "memory" not in controllers:
        missing.append(f"memory limit by sampling and RLIMIT_DATA only, no memory cgroup is writable; {_AS_ROOT}")
    if "pids" not in controllers:
        missing.append(f"process limit by RLIMIT_NPROC only, no pids cgroup is writable; {_AS_ROOT}")
    if "cpuset" not in controllers:
        missing.append(f"pinning to a core by affinity only, which a program can undo; {_AS_ROOT}")
    if os.geteuid() == 0:
        features.append(f"uid-slot:{slots.FIRST_UID}-{slots.FIRST_UID + slots.COUNT - 1}")
    else:
        missing.append("boxes share the lab's own uid on the host; run the lab as root for one uid per box")
        if not tree.counts_processes_by_namespace():
            missing.append("no process limit: this kernel counts one user's boxes together; use Linux 5.14 or newer")
    return features, missing
