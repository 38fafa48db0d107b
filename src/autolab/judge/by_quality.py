"""Measuring quality from predictions, under a budget of CPU time.

The candidate's box holds the program and one input, which has no answers in it, and may use `run.cpu_sec` of CPU time,
summed over every process that it starts, read from outside. What it writes is checked for its form and then judged by
verify.py in another box, where the answers are made from the seed. Development measures draw the split `dev`, grades the
split `hidden`, on seeds that nobody has seen; the metric is the mean over seeds and families.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autolab.judge.anchors import built_anchor
from autolab.judge.build import build
from autolab.judge.cases import CountCase, draw, run_all
from autolab.judge.kept import KeptAnchors, kept_or
from autolab.judge.outcome import Ended, fault_of_task, kept
from autolab.judge.reading import Order, Reading
from autolab.judge.verifier import VerifierFailed
from autolab.ledger.records import CaseSample
from autolab.measure.figures import FigureRefused, finite_figure
from autolab.measure.program import Execution, Program

MOST_CATEGORIES = 100


@dataclass(frozen=True)
class Judged:
    """One run and what its predictions are worth."""

    case: CountCase
    execution: Execution
    figure: float
    breakdown: Mapping[str, float]


def read(order: Order) -> Reading:
    """Build, run and check every case within the budget, judge the predictions, then the anchors' on the same cases."""
    with order.phases("build"):
        built = build(order.sandbox, order.task, order.files, order.work, "candidate")
    with order.phases("draw"):
        cases = draw(order, order.split)
    runs = _judged(order, built.program, cases)
    with order.phases("anchors"):
        anchors = kept_or(order, lambda: _anchors(order, cases)).anchors
    metric = _mean(runs)
    return Reading(
        metric=metric,
        anchors=anchors,
        counted=metric,
        samples=tuple(_sample(order, run) for run in runs),
        breakdown=breakdown([run.breakdown for run in runs]),
        spread=spread([run.figure for run in runs], len(order.seeds)),
        build_output=built.output,
        run_output=kept(runs[0].execution.box),
    )


def breakdown(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean by category over the runs that have it, in the order in which categories first occur."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: statistics.fmean(run[name] for run in runs if name in run) for name in names}


def spread(figures: Sequence[float], seeds: int) -> float | None:
    """Standard deviation over seeds of each one's mean; `figures` are seed by seed. None: of one seed."""
    families = len(figures) // seeds
    means = [statistics.fmean(figures[at : at + families]) for at in range(0, len(figures), families)]
    return statistics.stdev(means) if len(means) > 1 else None


def _judged(order: Order, program: Program, cases: Sequence[CountCase]) -> list[Judged]:
    done = run_all(order, program, cases)
    with order.phases("verify"):
        return [_quality(order, case, execution) for case, execution in zip(cases, done, strict=True)]


def _quality(order: Order, case: CountCase, execution: Execution) -> Judged:
    assert execution.output is not None  # run_all
    answer = order.verifier.quality(case.input, execution.output, case.seed, case.family, order.split)
    figure, parts = answer if isinstance(answer, list | tuple) and len(answer) == 2 else (answer, {})
    if not isinstance(parts, dict) or len(parts) > MOST_CATEGORIES:
        raise VerifierFailed(f"{order.task.verify}: quality gave {parts!r:.80} as its breakdown; give at most {MOST_CATEGORIES} names with a figure each")
    try:
        figure = finite_figure(figure, order.task.unit)
        parts = {str(name)[:80]: finite_figure(part, str(name)[:80]) for name, part in parts.items()}
    except FigureRefused as error:
        raise Ended("invalid", f"family {case.family}: {error}", output=kept(execution.box)) from error
    return Judged(case, execution, figure, parts)


def _anchors(order: Order, cases: Sequence[CountCase]) -> KeptAnchors:
    return KeptAnchors(baseline=_anchor(order, "baseline", cases), reference=_anchor(order, "reference", cases))


def _anchor(order: Order, name: str, cases: Sequence[CountCase]) -> float:
    program = built_anchor(order, name)
    try:
        return _mean(_judged(order, program, cases))
    except Ended as ended:
        raise fault_of_task(name, ended) from ended


def _mean(runs: Sequence[Judged]) -> float:
    return statistics.fmean(run.figure for run in runs)


def _sample(order: Order, run: Judged) -> CaseSample:
    return CaseSample(
        family=run.case.family,
        size=order.split,
        seed=run.case.seed,
        raw=dict(run.breakdown),
        value=run.figure,
        wall_s=run.execution.box.wall_s,
        cpu_s=run.execution.box.cpu_s,
    )
