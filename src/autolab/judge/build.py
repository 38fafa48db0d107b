"""From a submission to a program: built in a box of its own on a pristine copy, its outputs collected as regular files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autolab.judge.outcome import Ended, kept, over_limit
from autolab.judge.pristine import lay_out
from autolab.measure.cachegrind import environment
from autolab.measure.program import Program
from autolab.sandbox.box import BoxSpec, Limits, Mount, Sandbox
from autolab.sandbox.untrusted import Untrusted, read_file
from autolab.task.task import Task

BUILD_PROCESSES = 64
RUN_OUTPUT_BYTES = 64 << 10  # what a run may print; nobody reads a figure there


@dataclass(frozen=True)
class Built:
    """A program ready to run, and what its build printed."""

    program: Program
    output: str


def build(
    sandbox: Sandbox, task: Task, files: Mapping[str, bytes], work: Path, name: str, *, keep: bool = False
) -> Built:
    """Builds `files` over the pristine tree. The program's folder is `work/name`, made anew unless `keep`.

    Raises Ended with build_failed, timed_out or over_limit.
    """
    program = work / name
    if keep:
        return Built(_program(task, program), "")
    sandbox.remove_folder(program)
    if task.optimization.build is None:
        lay_out(task, files, program)
        return Built(_program(task, program), "")
    app = sandbox.make_folder(work, f"{name}-build")
    try:
        lay_out(task, files, app)
        output = _make(sandbox, task, app)
        _collect(task, app, program, output)
    finally:
        sandbox.remove_folder(app)
    return Built(_program(task, program), output)


def run_limits(task: Task) -> Limits:
    """What one run of the candidate may use."""
    run, environment = task.optimization.run, task.spec.environment
    return Limits(
        wall_s=run.timeout_sec if run else 60.0,
        cpu_s=run.cpu_sec if run else None,
        memory_mb=environment.memory_mb,
        processes=run.processes if run else 1,
        output_bytes=RUN_OUTPUT_BYTES,
        disk_mb=environment.storage_mb,
    )


def _program(task: Task, folder: Path) -> Program:
    run = task.optimization.run
    assert run is not None  # the spec's validator: instruments that run have the table
    instrument = task.optimization.instrument
    env = environment(instrument.gogc) if instrument.kind == "cachegrind" else {}
    return Program(folder, run.command, run.processes, run_limits(task), env)


def _make(sandbox: Sandbox, task: Task, app: Path) -> str:
    table, environment = task.optimization.build, task.spec.environment
    assert table is not None
    limits = Limits(
        wall_s=table.timeout_sec,
        memory_mb=max(environment.memory_mb, 1024),  # compilers need room that programs do not
        processes=BUILD_PROCESSES,
        disk_mb=environment.storage_mb,
    )
    box = sandbox.run(
        BoxSpec(argv=table.command, mounts=(Mount(app, "/app", writable=True),), cwd="/app", limits=limits, name="build")
    )
    if (over := over_limit(box, "the build", table.timeout_sec, "build")) is not None:
        raise over
    if not box.ok:
        raise Ended("build_failed", f"the build ended with {box.describe()}", output=kept(box), during="build")
    return kept(box)


def _collect(task: Task, app: Path, program: Path, output: str) -> None:
    """Takes the declared outputs out of the tree that a candidate's build left, as regular files and nothing else."""
    table = task.optimization.build
    assert table is not None
    for path in table.outputs:
        try:
            content = read_file(app, path, task.spec.environment.storage_mb << 20)
        except Untrusted as error:
            raise Ended("build_failed", f"the build left no usable {error}", output=output, during="build") from error
        place = program / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        place.chmod(0o755)
    for place in (program, *(each for each in program.rglob("*") if each.is_dir())):
        place.chmod(0o755)
