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

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from autolab.measure.counted import Counted, Tool, counted_run
from autolab.measure.log import parse_log
from autolab.measure.profile import parse_profile
from autolab.measure.program import Program
from autolab.sandbox.box import Limits, Sandbox

Event = Literal["instructions", "estimated_cycles"]

CACHES = ("--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64")  # bytes, ways, line

_OUTPUT = "callgrind.out"
_OPTIONS = (
    "--tool=callgrind",
    "--stats=yes",  # blocks executed, as the scheduler and as callgrind saw them
    f"--callgrind-out-file=/profile/{_OUTPUT}",
)
_TOOLS: Mapping[Event, Tool] = {
    "instructions": Tool(_OUTPUT, _OPTIONS, ("Ir",), parse_log, parse_profile, lambda raw: value_of(raw, "instructions")),
    "estimated_cycles": Tool(
        _OUTPUT,
        (*_OPTIONS, *CACHES),
        ("Ir", "Dr", "Dw", "I1mr", "D1mr", "D1mw", "ILmr", "DLmr", "DLmw"),
        parse_log,
        parse_profile,
        lambda raw: value_of(raw, "estimated_cycles"),
    ),
}


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
    """Counts one run of one process and one thread; see `counted.counted_run`."""
    return counted_run(sandbox, program, input, work, _TOOLS[event], cpu=cpu, limits=limits)


def value_of(raw: Mapping[str, int], event: Event) -> float:
    """Ir, or Ir + 10 L1 misses + 100 LL misses (the estimate of KCachegrind's manual, with fixed cache sizes)."""
    if event == "instructions":
        return float(raw["Ir"])
    first = raw["I1mr"] + raw["D1mr"] + raw["D1mw"]
    last = raw["ILmr"] + raw["DLmr"] + raw["DLmw"]
    return float(raw["Ir"] + 10 * first + 100 * last)
