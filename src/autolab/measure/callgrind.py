"""Counting: instructions or estimated cycles of one run under callgrind, in the candidate's own kind of box.

What the count is worth. Valgrind shares its process with the candidate, so the log and the output file can be written to by
both. The totals are read from the log, a pipe in which nothing can be taken back (`log.py`), and must equal the output
file's (`profile.py`). Builds with client requests or with memory for new code are refused (`image.py`). That settles forged
files and lines, other programs and processes, and client requests. A counted run is one process: `--trace-children` makes
Valgrind follow a child or another program, so that its lines show up in the log, and the log is then refused, because what
ran before an exec is lost. It cannot settle a candidate that writes into Valgrind's own memory or jumps into the client
request of the library that Valgrind preloads; such a count is bounded by the paired time that confirms it (`confirm.py`),
which is read outside the box.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from autolab.errors import SandboxError
from autolab.ledger.records import FunctionCost
from autolab.measure.image import uncountable
from autolab.measure.log import CountRefused, illegal_instruction, parse_log
from autolab.measure.profile import Profile, ProfileError, function_costs, parse_profile
from autolab.measure.program import Execution, Program, ProgramFailed, execute, read_output
from autolab.sandbox.box import Limits, Mount, Sandbox

Event = Literal["instructions", "estimated_cycles"]

CACHES = ("--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64")  # bytes, ways, line

# Debian's second is a script that adds debug libraries' paths
_BINARIES = ("/usr/bin/valgrind.bin", "/usr/bin/valgrind")
_EVENTS: Mapping[Event, tuple[str, ...]] = {
    "instructions": ("Ir",),
    "estimated_cycles": ("Ir", "Dr", "Dw", "I1mr", "D1mr", "D1mw", "ILmr", "DLmr", "DLmw"),
}
_LOG_BYTES = 16 << 20  # about 100 bytes for each system call of the candidate
_PROFILE_BYTES = 64 << 20
_OWN_MEMORY_MB = 512  # Valgrind's own translations and tables
_TOP = 30


@dataclass(frozen=True)
class Counted:
    """One counted run. `raw` has callgrind's totals by event, `value` the metric made of them, net of nothing."""

    value: float
    raw: Mapping[str, int]
    profile: tuple[FunctionCost, ...]
    execution: Execution


def count(
    sandbox: Sandbox,
    program: Program,
    input: bytes,  # noqa: A002 - the word of the contract
    work: Path,
    event: Event,
    *,
    cpu: int | None = None,
    limits: Limits | None = None,
) -> Counted:
    """Counts one run.

    `limits` are for the run under callgrind, which takes 10 to 500 times as long as the program's own. Raises
    ProgramFailed where the program died, failed or met a limit, CountRefused where its count cannot be believed.
    """
    if (reason := uncountable(program.folder)) is not None:
        raise CountRefused(reason)
    folder = work / f"callgrind-{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    results = sandbox.make_folder(folder, "profile")
    try:
        execution = execute(
            sandbox,
            program,
            input,
            work,
            wrap=_wrap(event),
            cpu=cpu,
            proc=True,  # Valgrind reads its own memory map there and stops without it
            mounts=(Mount(results, "/profile", writable=True),),
            limits=_room(limits or program.limits),
        )
        return _believed(execution, program, event, results)
    finally:
        sandbox.remove_folder(results)
        sandbox.remove_folder(folder)


def value_of(raw: Mapping[str, int], event: Event) -> float:
    """Ir, or Ir + 10 L1 misses + 100 LL misses (the estimate of KCachegrind's manual, with fixed cache sizes)."""
    if event == "instructions":
        return float(raw["Ir"])
    first = raw["I1mr"] + raw["D1mr"] + raw["D1mw"]
    last = raw["ILmr"] + raw["DLmr"] + raw["DLmw"]
    return float(raw["Ir"] + 10 * first + 100 * last)


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


def _wrap(event: Event) -> tuple[str, ...]:
    return under_valgrind(
        "--tool=callgrind",
        "--stats=yes",  # blocks executed, as the scheduler and as callgrind saw them
        "--callgrind-out-file=/profile/callgrind.out",
        *(CACHES if event == "estimated_cycles" else ()),
    )


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


def _believed(execution: Execution, program: Program, event: Event, results: Path) -> Counted:
    log = execution.box.stderr.decode(errors="replace")
    if (illegal := illegal_instruction(log)) is not None:
        raise illegal
    if not execution.box.ok:
        raise ProgramFailed(execution)
    collected = parse_log(log, program.argv)
    if collected.events != _EVENTS[event]:
        raise CountRefused(f"the counted run's log has events {' '.join(collected.events)[:80]!r}")
    profile = _profile(results)
    if (profile.events, profile.totals) != (collected.events, collected.totals):
        raise CountRefused("callgrind's output file and Valgrind's log give different totals")
    raw = dict(zip(collected.events, collected.totals, strict=True))
    costs = function_costs([profile], lambda figures: value_of(figures, event), _TOP)
    return Counted(value_of(raw, event), raw, costs, execution)


def _profile(results: Path) -> Profile:
    names = sorted(path.name for path in results.iterdir())
    if names != ["callgrind.out"]:
        raise CountRefused(f"a counted run leaves one output file of callgrind, this one left {len(names)}")
    content, problem = read_output(results, "callgrind.out", _PROFILE_BYTES)
    if content is None:
        raise CountRefused(f"callgrind's output file cannot be read: {problem}")
    try:
        return parse_profile(content.decode(errors="replace"))
    except ProfileError as error:
        raise CountRefused(str(error)) from error
