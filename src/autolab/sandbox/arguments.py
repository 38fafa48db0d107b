"""What bubblewrap is told: pure functions from a box's spec to lists of words."""

import math
from collections.abc import Mapping, Sequence

from autolab.errors import SandboxError
from autolab.sandbox.box import FIXED_ENV, BoxSpec, Limits

MIB = 1 << 20
OPEN_FILES = 1024
STACK_BYTES = 8 * MIB  # fixed, since the address space's layout follows it
PRLIMIT = "/usr/bin/prlimit"

ETC: Mapping[str, bytes] = {
    "/etc/passwd": b"box:x:1000:1000:box:/tmp:/bin/sh\n",
    "/etc/group": b"box:x:1000:\n",
}
"""Files of the box's own /etc: programs that ask for their user's name get one, the same on every machine."""

_ISOLATION = (
    "--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session", "--clearenv",
    "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "box",
)


def box_arguments(
    spec: BoxSpec, sources: Sequence[str], links: Sequence[tuple[str, str]], files: Mapping[str, int], seccomp_fd: int
) -> list[str]:
    """Bubblewrap's options.

    `sources` are the mounts' host paths in order, `links` pairs of (target, place) into /usr, `files` open descriptors
    with the contents of files to create.
    """
    size = str(max(1, spec.limits.tmp_mb) * MIB)
    words = [*_ISOLATION, "--ro-bind", "/usr", "/usr"]
    for target, place in links:
        words += ["--symlink", target, place]
    words += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    for place, descriptor in files.items():
        words += ["--perms", "0444", "--file", str(descriptor), place]
    words += ["--dev", "/dev", "--perms", "1777", "--size", size, "--tmpfs", "/dev/shm"]  # noqa: S108
    if spec.proc:
        words += ["--proc", "/proc"]
    words += ["--perms", "1777", "--size", size, "--tmpfs", "/tmp"]  # noqa: S108
    for mount, source in zip(spec.mounts, sources, strict=True):
        words += ["--bind" if mount.writable else "--ro-bind", source, mount.target]
    # The box's root and /dev are memory of half the machine's size: nothing may be written there.
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", spec.cwd, "--seccomp", str(seccomp_fd)]
    for name, value in {**FIXED_ENV, **spec.env}.items():
        words += ["--setenv", name, value]
    return words


def box_command(spec: BoxSpec, *, counted_processes: bool, memory_by_rlimit: bool) -> list[str]:
    """The command inside the box: its limits are set there, where the kernel counts processes for this box alone."""
    return [PRLIMIT, *_rlimits(spec.limits, counted_processes, memory_by_rlimit), "--", *spec.argv]


def _rlimits(limits: Limits, counted_processes: bool, memory_by_rlimit: bool) -> list[str]:
    words = [f"--nofile={OPEN_FILES}", "--core=0", f"--stack={STACK_BYTES}", f"--fsize={limits.disk_mb * MIB}"]
    if counted_processes:
        # one for the box's pid 1, one so that a pids cgroup, which can tell, refuses first
        words.append(f"--nproc={limits.processes + 2}")
    if limits.cpu_s is not None:
        seconds = max(1, math.ceil(limits.cpu_s))
        words.append(f"--cpu={seconds}:{seconds + 1}")
    if memory_by_rlimit:
        # twice the limit: the watch, which sees the whole tree, kills at the limit itself and can say why
        words.append(f"--data={2 * limits.memory_mb * MIB}")
    return words


def check(spec: BoxSpec) -> None:
    """Refuses a spec that bubblewrap would misread."""
    if not spec.argv or not spec.argv[0]:
        raise SandboxError("a box needs a command: argv is empty")
    texts = [*spec.argv, *spec.env, *spec.env.values(), spec.cwd, *(mount.target for mount in spec.mounts)]
    for text in texts:
        if "\0" in text:
            raise SandboxError(f"a box's words cannot hold a NUL character: {text!r:.80}")
    for name in spec.env:
        if not name or "=" in name:
            raise SandboxError(f"{name!r} is no name of an environment variable")
    for mount in spec.mounts:
        parts = mount.target.split("/")
        if not mount.target.startswith("/") or mount.target == "/" or ".." in parts:
            raise SandboxError(f"a mount's target must be an absolute path below /, without '..': {mount.target!r}")
