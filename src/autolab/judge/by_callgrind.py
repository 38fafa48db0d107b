"""Measuring by counted instructions or cycles (callgrind; cachegrind for Go), confirmed by paired time."""

from collections.abc import Sequence

from autolab.errors import AutolabError
from autolab.judge.anchors import anchor_counts, built_anchor, per_seed
from autolab.judge.build import build
from autolab.judge.cases import CountCase, draw, run_all
from autolab.judge.counting import count_candidate, count_case
from autolab.judge.kept import KeptAnchors
from autolab.judge.outcome import Ended, kept
from autolab.judge.pairing import pair_up
from autolab.judge.reading import Order, Reading
from autolab.judge.score import beyond_floor
from autolab.ledger.records import Anchors, CaseSample, Noise, Paired
from autolab.measure.confirm import confirmed_metric
from autolab.measure.counted import Counted, merged_profile, net
from autolab.measure.noise import noise_of_counts
from autolab.measure.program import Execution

RECOUNTS = 3
"""How often the starting program is counted to see how far its counts lie apart."""

BEYOND_FLOOR = "counted beyond the floor"


def read(order: Order) -> Reading:
    """Build, run and check natively, count, then confirm by time where the score is worth it."""
    with order.phases("build"):
        built = build(order.sandbox, order.task, order.files, order.work, "candidate")
    with order.phases("draw"):
        cases = draw(order)
    native = run_all(order, built.program, cases)
    with order.phases("instrument"):
        runs = count_candidate(order, built.program, cases, native)
    with order.phases("anchors"):
        known = anchor_counts(order, cases)
    anchors = known.anchors
    counted = per_seed(order, [run.value for run in runs], known.empty)
    paired = None
    if order.confirm_above is None or order.score(counted, anchors) > order.confirm_above:
        paired = pair_up(order, built.program).paired
    return Reading(
        metric=_confirmed(order, counted, anchors, paired),
        anchors=anchors,
        counted=counted,
        paired=paired,
        samples=_samples(cases, native, runs, known),
        profile=merged_profile(runs),
        flags=_flags(order, counted),
        build_output=built.output,
        run_output=kept(native[0].box) if native else "",
    )


def noise(order: Order) -> Noise:
    """How far counts of the starting program lie apart here. AutolabError where it fails or answers wrongly."""
    stated = order.task.optimization.instrument.tolerance
    try:
        cases = draw(order)
        empty = anchor_counts(order, cases).empty
        program = built_anchor(order, "baseline")
        counts = [
            per_seed(order, [count_case(order, program, case).value for case in cases], empty) for _ in range(RECOUNTS)
        ]
    except Ended as ended:
        raise AutolabError(f"{order.task.name}: its starting program was not counted: {ended.reason}") from ended
    return noise_of_counts(counts, stated)


def _confirmed(order: Order, counted: float, anchors: Anchors, paired: Paired | None) -> float:
    if paired is None:
        return counted
    return confirmed_metric(counted, anchors.baseline, order.task.optimization.instrument.confirm, paired)


def _flags(order: Order, counted: float) -> tuple[str, ...]:
    """A count that nothing honest can have is shown to a person even where time keeps it from scoring."""
    spec = order.task.optimization
    floor = spec.floor.score if spec.floor else None
    return (BEYOND_FLOOR,) if beyond_floor(counted, floor, spec.direction) else ()


def _samples(
    cases: Sequence[CountCase], native: Sequence[Execution], runs: Sequence[Counted], known: KeptAnchors
) -> tuple[CaseSample, ...]:
    return tuple(
        CaseSample(
            family=case.family,
            size="count",
            seed=case.seed,
            raw={event: float(figure) for event, figure in run.raw.items()},
            empty=empty,
            value=net(run.value, empty),
            wall_s=before.box.wall_s,
            cpu_s=before.box.cpu_s,
        )
        for case, before, run, empty in zip(cases, native, runs, known.empty, strict=True)
    )
