"""The default sandbox: bubblewrap, a control group where one can be made, and one uid per box where the lab is root."""

import contextlib
import functools
import os
from pathlib import Path

from autolab.crash import crash_point
from autolab.errors import SandboxError
from autolab.sandbox import arguments, cgroup_search, gate, launch, ownership, probe, reap, slots, tree
from autolab.sandbox.box import BoxResult, BoxSpec, InForce, Sandbox
from autolab.sandbox.cgroup import Group
from autolab.sandbox.freeze import Freezer
from autolab.sandbox.running import Running
from autolab.sandbox.session import BoxSession


class Bubblewrap:
    """Implements `Sandbox`. Safe to use from several threads; it holds nothing between boxes.

    A box dies with the thread that started it: start long boxes from threads that outlive them.
    """

    def run(self, spec: BoxSpec, freezer: Freezer | None = None) -> BoxResult:
        """Runs a box to its end; meanwhile `freezer` can hold it still. SandboxError if it could not be started."""
        running = _start(spec, talk=False)
        if freezer is not None:
            running.freezer = freezer
            freezer.attach(running.process.pid)
        stdout, stderr = running.process.stdout, running.process.stderr
        assert stdout is not None
        assert stderr is not None
        with stdout, stderr:
            return running.supervise([stdout.fileno(), stderr.fileno()])

    def open(self, spec: BoxSpec) -> BoxSession:
        """Starts a box to talk to. That it could not be started shows when it is finished."""
        return BoxSession(_start(spec, talk=True), spec.limits.output_bytes)

    def in_force(self) -> InForce:
        """What a first box found in force; probed once per process."""
        return probe.in_force(self)

    def make_folder(self, parent: Path, name: str) -> Path:
        """A new folder that box processes may write once it is mounted writable."""
        if not name or "/" in name or name in {".", ".."}:
            raise SandboxError(f"{name!r} is no name of a folder")
        folder = parent / name
        try:
            folder.mkdir(mode=0o755)
        except OSError as error:
            raise SandboxError(f"folder {folder} cannot be made: {error.strerror}") from error
        return folder

    def remove_folder(self, folder: Path) -> None:
        """Removes a folder whatever a box left in it; a folder that is not there is fine."""
        ownership.remove(folder)


@functools.cache
def default_sandbox() -> Sandbox:
    """The sandbox of this machine, the same each time; SandboxError names the packages that are missing."""
    missing = {tool: package for tool, package in launch.TOOLS.items() if not os.access(tool, os.X_OK)}
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        raise SandboxError(f"the sandbox needs {', '.join(missing)}, which cannot be executed; run: apt install {packages}")
    return Bubblewrap()


def _start(spec: BoxSpec, *, talk: bool) -> Running:
    arguments.check(spec)
    reap.adopt_orphans()
    with contextlib.ExitStack() as held:
        slot = held.enter_context(slots.take(_owner(spec))) if os.geteuid() == 0 else None
        if slot is not None:
            _give_mounts(spec, slot.uid)
        group = _make_group(spec, held)
        plan = _plan(spec, slot, group)
        crash_point("sandbox.prepared")
        launched = launch.start(spec, plan, talk=talk)
        try:
            running = Running(spec, launched, group)
        except BaseException:
            gate.abandon(launched.process, launched.report)
            raise
        running.held = held.pop_all()
        crash_point("sandbox.started")
        return running


def _make_group(spec: BoxSpec, held: contextlib.ExitStack) -> Group | None:
    hierarchy = cgroup_search.find()
    if hierarchy is None:
        return None
    group = hierarchy.make(spec.name, spec.limits, spec.cpu)
    held.callback(group.remove)
    return group


def _plan(spec: BoxSpec, slot: slots.Slot | None, group: Group | None) -> launch.Plan:
    folders = group.folders if group is not None else {}
    return launch.Plan(
        uid=slot.uid if slot is not None else None,
        joins=group.joins if group is not None else (),
        pin=None if "cpuset" in folders else spec.cpu,
        counted_processes=slot is not None or tree.counts_processes_by_namespace(),
        memory_by_rlimit="memory" not in folders,
    )


def _owner(spec: BoxSpec) -> int | None:
    """The uid that holds the first writable mount: keeping it saves changing the tree's owner."""
    for mount in spec.mounts:
        if mount.writable and mount.source.exists():
            return mount.source.stat().st_uid
    return None


def _give_mounts(spec: BoxSpec, uid: int) -> None:
    for mount in spec.mounts:
        if mount.writable:
            try:
                ownership.give(mount.source.resolve(strict=True), uid)
            except OSError as error:
                raise SandboxError(f"mount source {mount.source} cannot be given to a box: {error.strerror}") from error
