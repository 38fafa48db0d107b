"""Paired timing: candidate and baseline by turns on one core, in the same minutes, on the same fresh inputs."""

import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autolab.ledger.records import Pair, Paired
from autolab.measure.program import Execution, Program, ProgramFailed, execute
from autolab.sandbox.box import Sandbox

Clock = Literal["cpu", "wall"]

RESAMPLES = 2000
EMPTY_RUNS = 5
LEAST_RESOLUTION_S = 0.0002  # no difference of two box times below this is told, however still the machine
_SMALLEST_S = 1e-6  # stands for a time that a resample put at or below the empty candidate's


@dataclass(frozen=True)
class Case:
    """An input for one pair: the seed it was drawn from, and its bytes."""

    seed: int
    input: bytes


@dataclass(frozen=True)
class Outputs:
    """What both programs answered on one input; the judge checks both."""

    case: Case
    candidate: Execution
    baseline: Execution


@dataclass(frozen=True)
class Times:
    """Raw seconds of boxes, nothing taken off."""

    candidate: tuple[float, ...]
    baseline: tuple[float, ...]
    empty: tuple[float, ...]


@dataclass(frozen=True)
class Timing:
    """A paired timing.

    `resolution_s`: how well the empty candidate's time is known. `at_least`: the candidate's time is within it, so that
    `paired.speedup` is a lower bound, and the limit above it is as wide as the clock leaves it.
    """

    paired: Paired
    resolution_s: float
    at_least: bool
    outputs: tuple[Outputs, ...]


def time_pairs(
    sandbox: Sandbox,
    candidate: Program,
    baseline: Program,
    empty: Program,
    cases: Iterable[Case],
    work: Path,
    *,
    core: int,
    clock: Clock = "cpu",
    seed: int = 0,
) -> Timing:
    """Times one pair per case, A B, B A, A B and so on, the empty candidate beside the first pairs.

    `cases` are drawn as they come, so that an input exists only once its turn has come: give a generator. `seed` is the
    bootstrap's. Take `core` from `core.own_core`; programs of several processes that are timed by the wall get all cores. A
    program that does not end with exit code 0 raises ProgramFailed, whose `who` is candidate, baseline or empty.
    """
    # the box's clock is read outside it (BoxResult); nothing that a program says about time is looked at
    programs = {"candidate": candidate, "baseline": baseline, "empty": empty}
    outputs: list[Outputs] = []
    empties: list[float] = []
    for turn, case in enumerate(cases):
        order = ("candidate", "baseline") if turn % 2 == 0 else ("baseline", "candidate")
        ran: dict[str, Execution] = {}
        for who in (*order, "empty") if turn < EMPTY_RUNS else order:
            pinned = core if clock == "cpu" or programs[who].processes == 1 else None
            ran[who] = execute(sandbox, programs[who], case.input, work, cpu=pinned)
            if not ran[who].box.ok:
                raise ProgramFailed(ran[who], who, case.seed)
        outputs.append(Outputs(case, ran["candidate"], ran["baseline"]))
        empties += [seconds(ran["empty"], clock)] if "empty" in ran else []
    times = Times(
        tuple(seconds(item.candidate, clock) for item in outputs),
        tuple(seconds(item.baseline, clock) for item in outputs),
        tuple(empties),
    )
    paired, resolution, at_least = compare(times, [item.case.seed for item in outputs], clock, seed)
    return Timing(paired, resolution, at_least, tuple(outputs))


def seconds(execution: Execution, clock: Clock) -> float:
    """The box's time by the chosen clock, read outside it."""
    return execution.box.cpu_s if clock == "cpu" else execution.box.wall_s


def compare(times: Times, seeds: Sequence[int], clock: Clock, seed: int = 0) -> tuple[Paired, float, bool]:
    """The paired speed-up, the resolution of its times, and whether it is only a lower bound.

    Speed-up: (median baseline - median empty) / (median candidate - median empty), with its bootstrap interval at 95 %.
    Neither time counts as less than the resolution, so that a candidate close to the empty one gets no huge ratio. The
    interval resamples pairs and empty runs together (2,000 times, percentiles 2.5 and 97.5); there only a clock tick is the
    limit, so that the upper end stays as far away as the times really leave it. Percentile bootstrap: Efron and
    Tibshirani, An Introduction to the Bootstrap, chapter 13.
    """
    if not times.candidate or not times.empty:
        raise ValueError("a paired timing needs at least one pair and one run of the empty candidate")
    nothing = statistics.median(times.empty)
    resolution = resolution_of(times.empty)
    net_candidate = statistics.median(times.candidate) - nothing
    net_baseline = statistics.median(times.baseline) - nothing
    speedup = max(net_baseline, resolution) / max(net_candidate, resolution)
    low, high = _interval(times, seed)
    pairs = tuple(
        Pair(seed=seed, candidate_s=candidate - nothing, baseline_s=baseline - nothing)
        for seed, candidate, baseline in zip(seeds, times.candidate, times.baseline, strict=True)
    )
    paired = Paired(
        speedup=speedup, low=min(low, speedup), high=max(high, speedup), pairs=pairs, clock=clock, empty_s=nothing
    )
    return paired, resolution, net_candidate <= resolution


def resolution_of(empty: Sequence[float]) -> float:
    """How well a net time can be known: the mean distance of two empty runs, and never less than 0.2 ms."""
    gaps = [abs(a - b) for a, b in itertools.combinations(empty, 2)]
    return max(LEAST_RESOLUTION_S, statistics.fmean(gaps) if gaps else 0.0)


def _interval(times: Times, seed: int) -> tuple[float, float]:
    import numpy as np

    random = np.random.default_rng(seed)
    candidate, baseline, empty = (np.asarray(each) for each in (times.candidate, times.baseline, times.empty))
    chosen = random.integers(len(candidate), size=(RESAMPLES, len(candidate)))
    nothing = np.median(empty[random.integers(len(empty), size=(RESAMPLES, len(empty)))], axis=1)
    of_candidate = np.maximum(np.median(candidate[chosen], axis=1) - nothing, _SMALLEST_S)
    of_baseline = np.maximum(np.median(baseline[chosen], axis=1) - nothing, _SMALLEST_S)
    low, high = np.percentile(of_baseline / of_candidate, [2.5, 97.5])
    return float(low), float(high)
