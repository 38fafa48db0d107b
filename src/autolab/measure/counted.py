"""What counting tools of Valgrind share: one counted run, read and believed or refused, and what becomes of its figures."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autolab.errors import SandboxError
from autolab.ledger.records import FunctionCost
from autolab.measure.image import uncountable
from autolab.measure.log import Collected, CountRefused, illegal_instruction
from autolab.measure.profile import Profile, ProfileError, function_costs
from autolab.measure.program import Execution, Program, ProgramFailed, execute, read_output
from autolab.sandbox.box import Limits, Mount, Sandbox

# Debian's second is a script that adds debug libraries' paths
_BINARIES = ("/usr/bin/valgrind.bin", "/usr/bin/valgrind")
_LOG_BYTES = 16 << 20  # about 100 bytes for each system call of the candidate
_PROFILE_BYTES = 64 << 20
_OWN_MEMORY_MB = 512  # Valgrind's own translations and tables
_TOP = 30


@dataclass(frozen=True)
class Counted:
    """One counted run. `raw` has the tool's totals by event, `value` the metric made of them, net of nothing."""

    value: float
    raw: Mapping[str, int]
    profile: tuple[FunctionCost, ...]
    execution: Execution


@dataclass(frozen=True)
class Tool:
    """A counting tool: its options, the events it counts, and how its log, its output file and its totals are read.

    `output` is the name of the one file that it writes in /profile.
    """

    output: str
    options: tuple[str, ...]
    events: tuple[str, ...]
    read_log: Callable[[str, tuple[str, ...]], Collected]
    read_profile: Callable[[str], Profile]
    value: Callable[[Mapping[str, int]], float]


def counted_run(
    sandbox: Sandbox,
    program: Program,
    input: bytes,  # noqa: A002 - the word of the contract
    work: Path,
    tool: Tool,
    *,
    cpu: int | None = None,
    limits: Limits | None = None,
) -> Counted:
    """Counts one run.

    `limits` are for the run under Valgrind, which takes 10 to 500 times as long as the program's own. Raises
    ProgramFailed where the program died, failed or met a limit, CountRefused where its count cannot be believed.
    """
    if (reason := uncountable(program.folder)) is not None:
        raise CountRefused(reason)
    folder = work / f"counted-{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    results = sandbox.make_folder(folder, "profile")
    try:
        execution = execute(
            sandbox,
            program,
            input,
            work,
            wrap=under_valgrind(*tool.options),
            cpu=cpu,
            proc=True,  # Valgrind reads its own memory map there and stops without it
            mounts=(Mount(results, "/profile", writable=True),),
            limits=_room(limits or program.limits),
        )
        return _believed(execution, program, tool, results)
    finally:
        sandbox.remove_folder(results)
        sandbox.remove_folder(folder)


def net(counted: float, empty: float) -> float:
    """One case's part of the metric: what the candidate did beyond the empty candidate.

    Can be negative for one that does less than nothing; `metric` sees to the sum.
    """
    return counted - empty


def metric(cases: Iterable[float]) -> float:
    """The metric: the sum over cases, never below 1, so that a ratio of two metrics always exists."""
    return max(1.0, float(sum(cases)))


def merged_profile(runs: Sequence[Counted]) -> tuple[FunctionCost, ...]:
    """The profile of several runs together, dearest first; shares are of what the runs' profiles name."""
    costs: dict[tuple[str, str], float] = {}
    for run in runs:
        for item in run.profile:
            key = (item.function, item.file)
            costs[key] = costs.get(key, 0.0) + item.cost
    whole = sum(run.value for run in runs) or 1.0
    dearest = sorted(costs.items(), key=lambda pair: (-pair[1], pair[0]))[:_TOP]
    return tuple(FunctionCost(function=at[0], file=at[1], cost=cost, share=cost / whole) for at, cost in dearest)


def under_valgrind(*options: str) -> tuple[str, ...]:
    """The words before a command that run it under Valgrind, with a tool's own options.

    The shell only moves descriptors: Valgrind's log gets the box's stderr for itself, and what the program says on
    stderr goes to the box's stdout.
    """
    binary = next((path for path in _BINARIES if Path(path).exists()), None)
    if binary is None:
        raise SandboxError("valgrind is not installed in /usr/bin; install it (Debian: apt-get install valgrind)")
    return (
        "/bin/sh", "-c", 'exec "$@" 9>&2 2>&1', "sh", binary,
        "--command-line-only=yes",  # no .valgrindrc and VALGRIND_OPTS that a candidate could leave for an exec
        "--trace-children=yes",
        "--vgdb=no",
        "--log-fd=9",
        "--trace-syscalls=yes",
        *options,
    )  # fmt: skip


def _room(limits: Limits) -> Limits:
    return replace(
        limits,
        memory_mb=limits.memory_mb + _OWN_MEMORY_MB,
        output_bytes=limits.output_bytes + _LOG_BYTES,
        disk_mb=limits.disk_mb + (_PROFILE_BYTES >> 20),
    )


def _believed(execution: Execution, program: Program, tool: Tool, results: Path) -> Counted:
    log = execution.box.stderr.decode(errors="replace")
    if (illegal := illegal_instruction(log)) is not None:
        raise illegal
    if not execution.box.ok:
        raise ProgramFailed(execution)
    collected = tool.read_log(log, program.argv)
    if collected.events != tool.events:
        raise CountRefused(f"the counted run's log has events {' '.join(collected.events)[:80]!r}")
    profile = _profile(results, tool)
    if (profile.events, profile.totals) != (collected.events, collected.totals):
        raise CountRefused("the tool's output file and Valgrind's log give different totals")
    raw = dict(zip(collected.events, collected.totals, strict=True))
    return Counted(tool.value(raw), raw, function_costs([profile], tool.value, _TOP), execution)


def _profile(results: Path, tool: Tool) -> Profile:
    names = sorted(path.name for path in results.iterdir())
    if names != [tool.output]:
        raise CountRefused(f"a counted run leaves one output file of its tool, this one left {len(names)}")
    content, problem = read_output(results, tool.output, _PROFILE_BYTES)
    if content is None:
        raise CountRefused(f"the tool's output file cannot be read: {problem}")
    try:
        return tool.read_profile(content.decode(errors="replace"))
    except ProfileError as error:
        raise CountRefused(str(error)) from error
