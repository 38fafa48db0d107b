"""How exactly a task's own figures must come out, by the kind of its instrument."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autolab.ledger.records import Measurement, Noise
from autolab.task.task import Task

ANCHOR_TOLERANCE = 0.02  # of a score
MOST_TOLERANCE = 0.25  # of a score: what times cannot place better than this, they do not measure
STATED_TOLERANCE = 0.05  # of a stated anchor, under the same toolchain
STATED_TIMED = 0.5  # of a stated speed-up, which depends on the processor too and documents no more
QUALITY_SPREAD = 0.10  # standard deviation of the reference's score over seeds, on the stated scale
QUALITY_SEEDS = 2  # other seeds than the stated one: each is trained on three times


@dataclass(frozen=True)
class Seconds:
    """The most that a measure of the baseline, one of the reference and a grade may take, on one core."""

    baseline: float = 5.0
    reference: float = 3.0
    grade: float = 30.0


def seconds_of(task: Task) -> Seconds:
    """design.md, Speed of the loop; research tasks have limits of their own."""
    if task.optimization.instrument.kind == "quality":
        return Seconds(120.0, 120.0, 1200.0)
    return Seconds()


def seeds_of(task: Task, seeds: Sequence[int]) -> Sequence[int]:
    """The seeds that are worth their time: of research tasks a few."""
    return seeds[: 1 + QUALITY_SEEDS] if task.optimization.instrument.kind == "quality" else seeds


def score_tolerance(task: Task, noise: Noise | None, measured: Sequence[Measurement]) -> float:
    """How far a score of the task's own programs may lie from the wanted one.

    A timed one's may lie off by twice the noise floor and the widest of the measurements' own intervals.
    """
    if task.optimization.instrument.kind != "paired" or noise is None:
        return ANCHOR_TOLERANCE
    paired = [each.paired for each in measured if each.paired is not None]
    widest = max((math.log(each.high / each.low) for each in paired), default=0.0)
    return ANCHOR_TOLERANCE + in_score(task, 2 * math.log1p(noise.floor) + widest, measured)


def in_score(task: Task, log_ratio: float, measured: Sequence[Measurement]) -> float:
    """A step of so much in ln(metric), at the reference, as a part of the scale from baseline to reference."""
    anchors = next((each.anchors for each in measured if each.anchors is not None), None)
    stated = task.optimization
    baseline, reference = (anchors.baseline, anchors.reference) if anchors else (stated.baseline.score, stated.reference.score)
    if stated.scale == "log":
        return log_ratio / abs(math.log(reference / baseline))
    return math.expm1(log_ratio) * reference / abs(reference - baseline)


def stated_tolerance(task: Task) -> float:
    """How far a measured anchor may lie from the stated one, as a ratio less 1."""
    return STATED_TIMED if task.optimization.instrument.kind == "paired" else STATED_TOLERANCE
