"""The host's own noise, without any task: a small program timed against itself, as timed tasks are."""

import tempfile
from pathlib import Path

from autolab.ledger.records import Noise
from autolab.measure.core import own_core
from autolab.measure.noise import noise_of
from autolab.measure.paired import Case, time_pairs
from autolab.measure.program import Program
from autolab.sandbox.box import Limits, Sandbox

PAIRS = 7
_TURNS = 60_000  # about 50 ms of CPU, the least that a timed case of the suite takes


def host_noise(sandbox: Sandbox, pairs: int = PAIRS) -> Noise:
    """A/A of a counting loop, by CPU time. MachineBusy where no core becomes free; SandboxError where no box starts."""
    with tempfile.TemporaryDirectory(prefix="autolab-aa-") as name:
        work = Path(name)
        work.chmod(0o711)
        app = work / "app"
        app.mkdir(mode=0o755)
        counting, empty = (_program(app, turns) for turns in (_TURNS, 0))
        with own_core() as core:
            timing = time_pairs(
                sandbox, counting, counting, empty, (Case(number, b"") for number in range(pairs)), work, core=core
            )
        return noise_of(timing.paired.pairs, timing.resolution_s)


def _program(folder: Path, turns: int) -> Program:
    script = f"i=0; while [ $i -lt {turns} ]; do i=$((i+1)); done"
    return Program(folder, ("/usr/bin/sh", "-c", script), limits=Limits(wall_s=30))
