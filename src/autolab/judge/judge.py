"""The judge: one submission in, one measurement out, whatever the submission does."""

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from autolab import __version__
from autolab.crash import crash_point
from autolab.errors import AutolabError
from autolab.judge import by_callgrind, by_count, by_heap, by_pairs, by_quality, by_script
from autolab.judge.kept import default_folder
from autolab.judge.outcome import Ended
from autolab.judge.phases import Phases
from autolab.judge.reading import Order, Quiet, Reading, Split
from autolab.judge.score import settle
from autolab.judge.seeds import hidden_seeds
from autolab.judge.submission import Submission, from_files
from autolab.judge.tools import need_tools
from autolab.judge.verifier import Verifier
from autolab.ledger.records import Measurement, Noise, Provenance
from autolab.measure.fingerprint import machine, toolchain
from autolab.sandbox.box import Sandbox
from autolab.task.task import Task

KINDS: Mapping[str, Callable[[Order], Reading]] = {
    "callgrind": by_callgrind.read,
    "cachegrind": by_callgrind.read,
    "heap": by_heap.read,
    "paired": by_pairs.read,
    "count": by_count.read,
    "quality": by_quality.read,
    "script": by_script.read,
}
"""Ways of measuring, by the `kind` of task.toml's instrument table."""

_NOISES: Mapping[str, Callable[[Order], Noise]] = {"cachegrind": by_callgrind.noise, "paired": by_pairs.noise}

NEVER = float("inf")
"""For `confirm_above`: no confirmation by time."""


class Judge:
    """Measures and grades submissions to one task. A context manager that removes what it built.

    `work` is a folder of the lab's for builds and runs, `cache` where anchors' figures are kept (default: the user's
    cache folder); one judge works on one submission at a time. A missing tool is an AutolabError.
    """

    def __init__(self, task: Task, sandbox: Sandbox, work: Path, cache: Path | None = None) -> None:
        need_tools(task)
        self.task = task
        self._cache = cache or default_folder()
        self._sandbox = sandbox
        self._work = work / f"judge-{uuid.uuid4().hex[:12]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._work, ignore_errors=True)

    def measure(
        self, submission: Submission, seed: int, confirm_above: float = 0.0, quiet: Quiet = contextlib.nullcontext
    ) -> Measurement:
        """A development measure: one case per family from `seed`. A score above `confirm_above` is confirmed by time.

        What is timed is timed inside `quiet()`, the wait for a free core included.
        """
        pairs = self.task.optimization.instrument.pairs
        return self._judge(submission, (seed,), pairs, confirm_above, keep=True, quiet=quiet)

    def grade(self, submission: Submission, seeds: Sequence[int] | None = None) -> Measurement:
        """The grade: always confirmed, on hidden seeds drawn now. `seeds` repeats a stored grade's."""
        cases = self.task.optimization.cases
        chosen = tuple(seeds) if seeds else hidden_seeds(cases.grade_seeds if cases else 1)
        return self._judge(submission, chosen, self.task.optimization.instrument.grade_pairs, None, keep=False, split="hidden")

    def calibrate(self, seed: int) -> Measurement:
        """Measures baseline and reference anew on this machine, keeps them, and gives the baseline's measurement."""
        pairs, baseline = self.task.optimization.instrument.pairs, from_files(self.task, self.task.baseline_files)
        return self._judge(baseline, (seed,), pairs, NEVER, keep=True, remeasure=True)

    def noise(self, pairs: int | None = None) -> Noise | None:
        """How noisy this host is for the task: the starting program against itself, by default with a measure's pairs.

        None for tasks whose figures repeat to the digit. AutolabError where the starting program fails.
        """
        instrument, cases = self.task.optimization.instrument, self.task.optimization.cases
        if (noise := _NOISES.get(instrument.kind)) is None or cases is None:
            return None
        with self._order({}, (cases.stated_seed,), pairs or instrument.pairs, Phases()) as order:
            return noise(replace(order, cache=self._cache))

    @cached_property
    def provenance(self) -> Provenance:
        """What every figure of this judge depends on."""
        tools = toolchain()
        return Provenance(
            task=self.task.spec.task.name,
            task_digest=self.task.digest,
            autolab=__version__,
            machine=dict(machine()),
            toolchain=dict(tools.versions),
            fingerprint=tools.fingerprint,
            sandbox=asdict(self._sandbox.in_force()),
        )

    def _judge(
        self,
        submission: Submission,
        seeds: tuple[int, ...],
        pairs: int,
        confirm_above: float | None,
        *,
        keep: bool,
        remeasure: bool = False,
        split: Split = "dev",
        quiet: Quiet = contextlib.nullcontext,
    ) -> Measurement:
        phases = Phases()
        measurement = Measurement(
            verdict="lab_error",
            unit=self.task.unit,
            seeds=seeds,
            dropped=submission.dropped,
            provenance=self.provenance,
        )
        try:
            with self._order(submission.files, seeds, pairs, phases) as bare:
                crash_point("judge.judging")
                order = replace(
                    bare,
                    cache=self._cache if keep else None,
                    confirm_above=confirm_above,
                    split=split,
                    quiet=quiet,
                    remeasure=remeasure,
                )
                found = self._settled(KINDS[self.task.optimization.instrument.kind](order))
        except Ended as ended:
            found = _ended(ended)
        except (AutolabError, OSError) as error:
            found = {"verdict": "lab_error", "reason": " ".join(str(error).split())}
        return measurement.model_copy(update={**found, "phases": phases.seconds})

    @contextlib.contextmanager
    def _order(
        self, files: Mapping[str, bytes], seeds: tuple[int, ...], pairs: int, phases: Phases
    ) -> Iterator[Order]:
        """An order with verify.py's box open and a folder of its own, which is gone afterwards."""
        folder, programs = self._work / uuid.uuid4().hex[:12], self._work / "anchors"
        verifier = Verifier(self._sandbox, self.task)
        try:
            programs.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
            script = self.task.optimization.instrument.kind == "script"  # has no verify.py
            with contextlib.nullcontext() if script else verifier:
                yield Order(
                    sandbox=self._sandbox,
                    task=self.task,
                    verifier=verifier,
                    files={**self.task.baseline_files, **files},
                    seeds=seeds,
                    work=folder,
                    programs=programs,
                    pairs=pairs,
                    phases=phases,
                )
        finally:
            self._sandbox.remove_folder(folder)

    def _settled(self, reading: Reading) -> dict[str, object]:
        """The fields of a measurement whose outputs were all right."""
        spec = self.task.optimization
        scored = settle(
            "ok",
            reading.metric,
            reading.anchors.baseline,
            reading.anchors.reference,
            direction=spec.direction,
            scale=spec.scale,
            floor=spec.floor.score if spec.floor else None,
        )
        return {
            "verdict": scored.verdict,
            "reason": scored.reason,
            "metric": scored.metric,
            "score": scored.score,
            "counted": reading.counted,
            "confirmed": reading.paired is not None,
            "paired": reading.paired,
            "anchors": reading.anchors,
            "samples": reading.samples,
            "profile": reading.profile,
            "flags": reading.flags,
            "breakdown": dict(reading.breakdown),
            "spread": reading.spread,
            "build_output": reading.build_output,
            "run_output": reading.run_output,
        }


def _ended(ended: Ended) -> dict[str, object]:
    return {
        "verdict": ended.verdict,
        "reason": ended.reason,
        "limit": ended.limit,
        f"{ended.during}_output": ended.output,
    }
