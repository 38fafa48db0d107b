"""Counting Go: instructions of one run under cachegrind, without its cache simulation.

Callgrind crashes on the signals by which Go's runtime preempts goroutines; cachegrind does not. What a count is worth is
said in `callgrind.py`, and the same files are refused; only the check that counting was never switched off is not needed,
since cachegrind knows no such request. A Go program has threads of its runtime's, so the box lets it start threads, and a
run that starts a process is refused by its log (`log.py`).

A count does not repeat to the digit: the seeds of Go's maps are random, and its runtime's threads wake up by the clock. With
one P, without asynchronous preemption and with one policy of garbage collection for the task, counts of one program of some
ten million instructions lie about 0.1 % apart (`autolab tasks check --json` prints those of a task). A task states a
`tolerance`, 0.5 % unless it says otherwise: a smaller change is no change. Callgrind counts a little differently, so a task
keeps to one of them.
"""

from collections.abc import Mapping
from pathlib import Path

from autolab.measure.counted import Counted, Tool, counted_run
from autolab.measure.log import parse_refs
from autolab.measure.profile import parse_profile
from autolab.measure.program import Program
from autolab.sandbox.box import Limits, Sandbox

_TOOL = Tool(
    output="cachegrind.out",
    options=("--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/profile/cachegrind.out"),
    events=("Ir",),
    read_log=parse_refs,
    read_profile=lambda text: parse_profile(text, totals="summary"),
    value=lambda raw: float(raw["Ir"]),
)


def environment(gogc: str | int) -> Mapping[str, str]:
    """What a Go program is run with wherever it is counted or timed: `gogc` is `off` or the percentage of Go's GOGC."""
    return {"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1", "GOGC": str(gogc)}


def count(
    sandbox: Sandbox,
    program: Program,
    input: bytes,  # noqa: A002 - the word of the contract
    work: Path,
    *,
    cpu: int | None = None,
    limits: Limits | None = None,
) -> Counted:
    """Counts one run of one process, all its threads together; see `counted.counted_run`."""
    return counted_run(sandbox, program, input, work, _TOOL, cpu=cpu, limits=limits)
