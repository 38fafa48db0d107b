"""Checks of what a task's own programs measure: anchors on many seeds, repeatability, limits, confirmation."""

import functools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autolab.authoring.findings import Report
from autolab.judge.judge import Judge
from autolab.judge.score import score
from autolab.judge.submission import from_files
from autolab.ledger.records import Measurement
from autolab.task.task import Task

ANCHOR_TOLERANCE = 0.02  # of a score
STATED_TOLERANCE = 0.05  # of a stated anchor, under the same toolchain
BASELINE_S, REFERENCE_S, GRADE_S = 5.0, 3.0, 30.0  # wall seconds on one core (design.md, Speed of the loop)
CONFIRM_ROOM = 1.3
_NOISY = frozenset({"paired", "script"})
"""Kinds whose figures need not repeat to the digit."""


def check_measures(task: Task, judge: Judge, seeds: Sequence[int], report: Report) -> None:
    """`seeds`: the stated one first, then others."""
    baseline, reference = from_files(task, task.baseline_files), from_files(task, task.reference_files)
    lows = [judge.measure(baseline, seed) for seed in seeds]
    highs = [judge.measure(reference, seed) for seed in seeds]
    for name, wanted, measured in (("baseline", 0.0, lows), ("reference", 1.0, highs)):
        _on_scale(task, name, wanted, seeds, measured, report)
        _stated(task, name, measured[0], report)
    again, spent = _timed(functools.partial(judge.measure, baseline, seeds[0]))
    _repeats(task, lows[0], again, report)
    _within("baseline measure", BASELINE_S, spent, report)
    _within("reference measure", REFERENCE_S, _timed(functools.partial(judge.measure, reference, seeds[0]))[1], report)
    for name, wanted, submission in (("baseline", 0.0, baseline), ("reference", 1.0, reference)):
        grade, spent = _timed(functools.partial(judge.grade, submission))
        _on_scale(task, f"{name} grade", wanted, grade.seeds[:1], [grade], report, stated=False)
        _within(f"{name} grade", GRADE_S, spent, report)
    _confirmation(task, grade, report)


@dataclass(frozen=True)
class Spent:
    """Seconds of one measure: on the wall, and CPU of everything that it ran."""

    wall: float
    cpu: float


def _timed(measure: Callable[[], Measurement]) -> tuple[Measurement, Spent]:
    before, begun = os.times(), time.perf_counter()
    found = measure()
    wall, after = time.perf_counter() - begun, os.times()
    return found, Spent(wall, sum(after[:4]) - sum(before[:4]))


def _on_scale(
    task: Task, name: str, wanted: float, seeds: Sequence[int], measured: Sequence[Measurement], report: Report, *, stated: bool = True
) -> None:
    """The score must be right against anchors measured on the same cases and, so that seeds are alike, the stated ones."""
    failed = [f"seed {seed}: {each.verdict}: {each.reason}" for seed, each in zip(seeds, measured, strict=True) if each.score is None]
    if failed:
        report.add(name, False, "; ".join(failed[:3]))
        return
    scores = [each.score for each in measured if each.score is not None]
    if stated:
        scores += [_against_stated(task, each) for each in measured]
    worst = max(scores, key=lambda each: abs(each - wanted))
    spread = f"{len(measured)} seed{'s' if len(measured) > 1 else ''}, score {min(scores):.4f} to {max(scores):.4f}"
    report.figures[name] = {"scores": scores}
    report.add(name, abs(worst - wanted) <= ANCHOR_TOLERANCE, f"{spread}, wanted {wanted:.2f} +- {ANCHOR_TOLERANCE}")


def _against_stated(task: Task, measured: Measurement) -> float:
    spec = task.optimization
    assert measured.metric is not None
    if spec.instrument.kind in _NOISY:  # this machine's: stated anchors document it, no more
        return measured.score or 0.0
    return score(measured.metric, spec.baseline.score, spec.reference.score, spec.direction, spec.scale)


def _stated(task: Task, name: str, measured: Measurement, report: Report) -> None:
    if measured.anchors is None:
        return
    stated = getattr(task.optimization, name).score
    found = getattr(measured.anchors, name)
    off = abs(found / stated - 1)
    report.figures[f"{name} anchor"] = {"stated": stated, "measured": found}
    report.add(f"{name} anchor", off <= STATED_TOLERANCE, f"stated {stated:,.10g}, measured {found:,.10g}, {off:.2%} apart, at most {STATED_TOLERANCE:.0%}")


def _repeats(task: Task, first: Measurement, again: Measurement, report: Report) -> None:
    same = again.counted == first.counted and again.verdict == first.verdict
    text = f"the same seed gave {first.counted} and {again.counted}"
    if task.optimization.instrument.kind in _NOISY:
        same, text = again.verdict == first.verdict, f"the same seed gave {first.verdict} and {again.verdict}"
    report.add("repeatable", same, f"{text}: identical" if same else text)


def _within(name: str, limit: float, spent: Spent, report: Report) -> None:
    """The limit is for a core of one's own: where neighbours stretch the wall time, CPU time tells what it would be."""
    report.figures[f"{name} seconds"] = {"wall": round(spent.wall, 2), "cpu": round(spent.cpu, 2)}
    text = f"{spent.wall:.1f} s, {spent.cpu:.1f} s of CPU, at most {limit:.0f} s of either"
    report.add(f"{name} time", min(spent.wall, spent.cpu) <= limit, text)


def _confirmation(task: Task, grade: Measurement, report: Report) -> None:
    """Confirmation by time must never hurt the honest: k x paired has room over counted."""
    if task.optimization.instrument.kind != "callgrind" or grade.paired is None or grade.counted is None or grade.anchors is None:
        return
    counted = grade.anchors.baseline / grade.counted
    room = task.optimization.instrument.confirm * grade.paired.speedup / counted
    report.figures["confirmation"] = {"counted": counted, "paired": grade.paired.speedup, "room": room}
    text = f"counted {counted:.1f}x, paired {grade.paired.speedup:.1f}x: k x paired is {room:.2f} x counted, at least {CONFIRM_ROOM}"
    report.add("confirmation", room >= CONFIRM_ROOM, text)
