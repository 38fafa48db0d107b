"""What a way of measuring is given and what it gives back. A new way is one function and one line in `judge.KINDS`."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from autolab.judge.phases import Phases
from autolab.judge.score import score
from autolab.judge.verifier import Verifier
from autolab.ledger.records import Anchors, CaseSample, FunctionCost, Paired
from autolab.sandbox.box import Sandbox
from autolab.task.task import Task

Quiet = Callable[[], contextlib.AbstractContextManager[None]]
"""Gives a `with` inside which nothing else of the trial runs."""

Split = Literal["dev", "hidden"]
"""What a development measure is judged on, and what a grade is."""


@dataclass(frozen=True)
class Order:
    """One submission to be measured. `files` are all editable files, the starting program's where none were handed in."""

    sandbox: Sandbox
    task: Task
    verifier: Verifier
    files: Mapping[str, bytes]
    seeds: tuple[int, ...]
    work: Path  # a folder of this measure's own
    programs: Path  # a folder where built anchors stay between measures of one judge
    pairs: int
    phases: Phases
    cache: Path | None = None  # where anchors' figures are kept; None: nowhere
    confirm_above: float | None = None  # confirm by paired time where the score is above; None: always
    split: Split = "dev"  # quality: which inputs, and whose answers
    quiet: Quiet = contextlib.nullcontext  # around everything that is timed
    remeasure: bool = False  # anchors are measured anew and kept, whatever is kept already

    def score(self, metric: float, anchors: Anchors) -> float:
        """The score that a metric would have."""
        spec = self.task.optimization
        return score(metric, anchors.baseline, anchors.reference, spec.direction, spec.scale)


@dataclass(frozen=True)
class Reading:
    """What was read off a right program. `counted` is the metric before confirmation by time."""

    metric: float
    anchors: Anchors
    counted: float | None = None
    paired: Paired | None = None
    samples: tuple[CaseSample, ...] = ()
    profile: tuple[FunctionCost, ...] = ()
    flags: tuple[str, ...] = ()
    breakdown: Mapping[str, float] = field(default_factory=dict)
    spread: float | None = None
    build_output: str = ""
    run_output: str = ""
