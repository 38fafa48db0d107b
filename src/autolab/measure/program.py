"""One run of one program on one input, in a fresh box with fresh folders."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autolab.errors import AutolabError
from autolab.sandbox.box import BoxResult, BoxSpec, Limits, Mount, Sandbox
from autolab.sandbox.untrusted import Untrusted, read_file

_PLACES = {"{input}": "/in/input", "{output}": "/out/output"}


@dataclass(frozen=True)
class Program:
    """A built program. `folder` holds the build's outputs only and is mounted read-only at /app."""

    folder: Path
    command: tuple[str, ...]  # with {input} and {output}
    processes: int = 1
    limits: Limits = field(default_factory=Limits)
    env: Mapping[str, str] = field(default_factory=dict)  # added to a box's fixed environment

    @property
    def argv(self) -> tuple[str, ...]:
        """The command with the paths that the box has. The same for every run: counts depend on it."""
        return tuple(_filled(word) for word in self.command)


@dataclass(frozen=True)
class Execution:
    """How the box ended, and the whole output; `output` None with the cause in `problem` where there is no usable one."""

    box: BoxResult
    output: bytes | None
    problem: str | None = None


class ProgramFailed(AutolabError):  # noqa: N818 - an outcome
    """A measured program ended other than with exit code 0; `execution` says how."""

    def __init__(self, execution: Execution, who: str = "the program", seed: int | None = None) -> None:
        super().__init__(f"{who} ended with {execution.box.describe()}")
        self.execution = execution
        self.who = who
        self.seed = seed


def execute(
    sandbox: Sandbox,
    program: Program,
    input: bytes,  # noqa: A002 - the word of the contract
    work: Path,
    *,
    wrap: tuple[str, ...] = (),
    cpu: int | None = None,
    proc: bool = False,
    mounts: tuple[Mount, ...] = (),
    limits: Limits | None = None,
) -> Execution:
    """Runs the program once.

    `work` is a folder of the lab's; what the run puts there is gone afterwards. `wrap` stands before the command (an
    instrument). Without /proc unless asked for, so that a candidate sees little of the machine.
    """
    given = limits or program.limits
    folder = work / f"case-{uuid.uuid4().hex[:12]}"
    inner = folder / "in"
    inner.mkdir(parents=True)
    out = None
    try:
        (inner / "input").write_bytes(input)
        (inner / "input").chmod(0o444)
        inner.chmod(0o755)
        out = sandbox.make_folder(folder, "out")
        spec = BoxSpec(
            argv=(*wrap, *program.argv),
            mounts=(
                Mount(program.folder, "/app"),
                Mount(inner, "/in"),
                Mount(out, "/out", writable=True),
                *mounts,
            ),
            cwd="/app",
            env=program.env,
            limits=replace(given, processes=program.processes),
            policy="run",
            cpu=cpu,
            proc=proc,
            name="run",
        )
        box = sandbox.run(spec)
        output, problem = read_output(out, "output", given.disk_mb << 20)
        return Execution(box, output, problem)
    finally:
        if out is not None:
            sandbox.remove_folder(out)
        sandbox.remove_folder(folder)


def read_output(folder: Path, name: str, limit: int) -> tuple[bytes | None, str | None]:
    """A file of at most `limit` bytes that a candidate left: (content, None), or (None, what is wrong with it)."""
    try:
        return read_file(folder, name, limit), None
    except Untrusted as error:
        return None, f"{error.path}: {error.reason}"


def _filled(word: str) -> str:
    for place, path in _PLACES.items():
        word = word.replace(place, path)
    return word
