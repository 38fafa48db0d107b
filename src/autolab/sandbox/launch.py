"""How a box's processes are started: never bubblewrap as real uid 0, and nothing interpolated into shell text.

Bubblewrap started by root keeps uid 0 in the kernel whatever uid it shows inside, and could write /proc/sys. So root
goes through a small shell stage that makes hidden mount sources reachable and joins the control group, then drops to the
slot's uid. A second stage, after the parent-death signal is set, makes sure that the lab still lives.
"""

import contextlib
import fcntl
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.crash import crash_point
from autolab.errors import SandboxError
from autolab.sandbox import arguments, gate, guardian, ownership, seccomp, slots
from autolab.sandbox.box import BoxSpec, only_usr

BWRAP = "/usr/bin/bwrap"
TOOLS = {  # path -> Debian package
    BWRAP: "bubblewrap",
    "/usr/bin/setpriv": "util-linux",
    arguments.PRLIMIT: "util-linux",
    "/usr/bin/taskset": "util-linux",
    "/usr/bin/unshare": "util-linux",
    "/usr/bin/mount": "mount",
    "/usr/bin/sh": "dash",
    "/usr/bin/mkdir": "coreutils",
    "/usr/bin/grep": "grep",
    "/usr/bin/sleep": "coreutils",
    "/usr/bin/rm": "coreutils",
    "/usr/bin/chmod": "coreutils",
}

# $1 folder for mounts, $2 how many, the sources; then how many groups to join, their cgroup.procs; then the command
_PREPARE = """
stage=$1; mounts=$2; shift 2; i=0
if [ "$mounts" -gt 0 ]; then /usr/bin/mount -n -t tmpfs -o mode=0711,size=64k autolab "$stage" || exit 125; fi
while [ "$i" -lt "$mounts" ]; do
  if [ -d "$1" ]; then /usr/bin/mkdir "$stage/$i"; else : > "$stage/$i"; fi
  /usr/bin/mount -n --rbind "$1" "$stage/$i" || exit 125
  i=$((i + 1)); shift
done
groups=$1; shift
while [ "$groups" -gt 0 ]; do
  echo 0 > "$1" || exit 125
  groups=$((groups - 1)); shift
done
exec "$@"
"""
_STILL_THERE = '[ "$PPID" = "$1" ] || exit 125; shift; exec "$@"'


@dataclass(frozen=True)
class Plan:
    """Everything that starting one box needs beside its spec."""

    uid: int | None  # the slot's, where the lab is root
    joins: Sequence[str]  # cgroup.procs files
    pin: int | None  # a core to pin to where no cpuset group does
    counted_processes: bool
    memory_by_rlimit: bool


@dataclass(frozen=True)
class Launched:
    """A started box: bubblewrap's process and its report. `started` by time.monotonic."""

    process: "subprocess.Popen[bytes]"
    report: gate.Report
    started: float


def start(spec: BoxSpec, plan: Plan, *, talk: bool) -> Launched:
    """Starts a box and returns when its command starts. With `talk` its stdin is a pipe, else it reads `spec.stdin`."""
    started = time.monotonic()
    sources = [_source(mount.source) for mount in spec.mounts]
    with contextlib.ExitStack() as open_here:
        hidden = _hidden(spec, sources, plan.uid)
        stage = f"{slots.state_folder()}/stage" if hidden else ""
        if hidden:
            Path(stage).mkdir(mode=0o711, exist_ok=True)
        seen = [f"{stage}/{hidden.index(source)}" if source in hidden else source for source in sources]
        contents = {**arguments.ETC, gate.STDIN: spec.stdin} if spec.stdin else arguments.ETC
        files = {place: _memory_file(open_here, content) for place, content in contents.items()}
        policy = _memory_file(open_here, seccomp.program(spec.policy, spec.limits.processes == 1))
        links = [(str(Path(name).readlink()), name) for name in only_usr()]
        words = arguments.box_arguments(spec, seen, links, files, policy)
        options = _memory_file(open_here, b"".join(os.fsencode(word) + b"\0" for word in words))
        status, report = os.pipe()
        open_here.callback(os.close, report)
        command = _chain(plan, stage, hidden)
        command += [BWRAP, "--args", str(options), "--json-status-fd", str(report), "--"]
        inner = arguments.box_command(
            spec, counted_processes=plan.counted_processes, memory_by_rlimit=plan.memory_by_rlimit
        )
        command += gate.waiting(inner, talk=talk, has_input=bool(spec.stdin))
        try:
            process = _spawn(command, (options, policy, report, *files.values()))
        except BaseException:
            os.close(status)
            raise
    launched = Launched(process, gate.Report(status), started)
    crash_point("sandbox.spawned")
    try:
        gate.open_when_safe(process, launched.report, talk=talk)
    except BaseException:
        gate.abandon(process, launched.report)
        raise
    return launched


def _spawn(command: list[str], descriptors: Sequence[int]) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=descriptors, env=guardian.environment(), cwd="/",
            process_group=0,
        )  # fmt: skip # a group of its own: Ctrl-C is for the lab, which decides what becomes of its boxes
    except OSError as error:
        raise SandboxError(f"{command[0]} cannot be started: {error.strerror}") from error


def _chain(plan: Plan, stage: str, hidden: Sequence[str]) -> list[str]:
    """The commands before bubblewrap, each of which executes the next in the same process."""
    words: list[str] = []
    if hidden:
        words += ["/usr/bin/unshare", "--mount", "--propagation", "private"]
    if hidden or plan.joins:
        words += ["/usr/bin/sh", "-c", _PREPARE, "autolab", stage, str(len(hidden)), *hidden]
        words += [str(len(plan.joins)), *plan.joins]
    words += ["/usr/bin/setpriv", "--pdeathsig", "KILL"]
    if plan.uid is not None:
        words += ["--reuid", str(plan.uid), "--regid", str(plan.uid), "--clear-groups", "--inh-caps=-all"]
    words += ["/usr/bin/sh", "-c", _STILL_THERE, "autolab", str(os.getpid())]
    if plan.pin is not None:
        words += ["/usr/bin/taskset", "-c", str(plan.pin)]
    return words


def _source(path: Path) -> str:
    try:
        return os.path.realpath(path, strict=True)
    except OSError as error:
        raise SandboxError(f"mount source {path} cannot be used: {error.strerror}") from error


def _hidden(spec: BoxSpec, sources: Sequence[str], uid: int | None) -> list[str]:
    """The sources that the slot's uid cannot walk to, for instance below a home of mode 0700."""
    if uid is None:
        return []
    for mount, source in zip(spec.mounts, sources, strict=True):
        if not mount.writable and not ownership.readable(Path(source), uid):
            mode = Path(source).stat().st_mode & 0o777
            raise SandboxError(f"{source} (mode {mode:04o}) cannot be read in a box, run: chmod -R o+rX {source}")
    return [source for source in dict.fromkeys(sources) if not ownership.reachable(Path(source), uid)]


def _memory_file(open_here: contextlib.ExitStack, content: bytes) -> int:
    """A sealed file in memory: it has no size that a pipe would choke on, and a box cannot grow it."""
    descriptor = os.memfd_create("box", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    open_here.callback(os.close, descriptor)
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor
