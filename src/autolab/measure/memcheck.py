"""Heap blocks: how many one run asks the allocator for, by memcheck, in the candidate's own kind of box.

A block is a call of malloc, calloc, realloc, an aligned variant or C++'s new that gives memory; giving it back is not
counted, and a block that grows in place is counted again.

What the count is worth. Memcheck stands in for the allocator of the C library, and its total is one line of Valgrind's
log, a pipe in which nothing can be taken back. The candidate lives in the same process and can write to that pipe, so the
log is refused unless it has exactly one process and exactly one such line (`log.py`); what builds are refused for
(`image.py`) is the same as for instructions. Forged lines, children and client requests are settled by that; a candidate
that writes into Valgrind's own memory is not. Nor is memory that never comes from that allocator counted: static arrays,
the stack, mmap, an allocator of the program's own, and everything in a program that is linked statically. A task that
counts blocks has to close those ways in its build.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autolab.measure.counted import under_valgrind
from autolab.measure.image import uncountable
from autolab.measure.log import CountRefused, illegal_instruction, one_process, only
from autolab.measure.program import Execution, Program, ProgramFailed, execute
from autolab.sandbox.box import Limits, Sandbox

_LOG_BYTES = 16 << 20  # about 100 bytes for each system call of the candidate
_OWN_MEMORY_MB = 768  # Valgrind's own translations and tables, and what memcheck keeps of freed blocks
_NUMBER = r"[0-9][0-9,]{0,23}"  # 18 digits, in threes
_TOTAL = "total heap usage:"


@dataclass(frozen=True)
class HeapCounted:
    """One counted run. `raw` has its heap blocks and their bytes."""

    blocks: int
    raw: Mapping[str, int]
    execution: Execution


def count_blocks(
    sandbox: Sandbox,
    program: Program,
    input: bytes,  # noqa: A002 - the word of the contract
    work: Path,
    *,
    cpu: int | None = None,
    limits: Limits | None = None,
) -> HeapCounted:
    """Counts one run's heap blocks.

    `limits` are for the run under memcheck, which takes 10 to 50 times as long as the program's own. Raises ProgramFailed
    where the program died, failed or met a limit, CountRefused where its count cannot be believed.
    """
    if (reason := uncountable(program.folder)) is not None:
        raise CountRefused(reason)
    given = limits or program.limits
    execution = execute(
        sandbox,
        program,
        input,
        work,
        wrap=under_valgrind("--tool=memcheck", "--leak-check=no", "--undef-value-errors=no", "--keep-stacktraces=none", "--read-inline-info=no"),
        cpu=cpu,
        proc=True,  # Valgrind reads its own memory map there and stops without it
        limits=replace(
            given,
            memory_mb=given.memory_mb + given.memory_mb // 4 + _OWN_MEMORY_MB,  # two bits and more for each byte
            output_bytes=given.output_bytes + _LOG_BYTES,
        ),
    )
    log = execution.box.stderr.decode(errors="replace")
    if (illegal := illegal_instruction(log)) is not None:
        raise illegal
    if not execution.box.ok:
        raise ProgramFailed(execution)
    blocks, amount = parse_heap(log, program.argv)
    return HeapCounted(blocks, {"blocks": blocks, "bytes": amount}, execution)


def parse_heap(log: str, command: tuple[str, ...]) -> tuple[int, int]:
    """Blocks and bytes of the one process that the log is about. Raises CountRefused for any other log."""
    pid = one_process(log, command)
    pattern = rf"^=={pid}== +{_TOTAL} ({_NUMBER}) allocs, {_NUMBER} frees, ({_NUMBER}) bytes allocated$"
    blocks, amount = (int(figure.replace(",", "")) for figure in only(pattern, log, "total heap usage", _TOTAL))
    return blocks, amount


def value_of(blocks: int) -> float:
    """One case's part of the metric: its blocks and one, so that a program without any has a ratio to others, too."""
    return float(blocks + 1)
