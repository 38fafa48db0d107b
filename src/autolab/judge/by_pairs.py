"""Measuring by paired timing alone, where counts cannot tell: the metric is the speed-up over the baseline."""

import functools

from autolab.errors import AutolabError
from autolab.judge.anchors import built_anchor
from autolab.judge.build import build
from autolab.judge.cases import draw, run_all
from autolab.judge.kept import KeptAnchors, kept_or
from autolab.judge.outcome import Ended, kept
from autolab.judge.pairing import pair_up
from autolab.judge.reading import Order, Reading
from autolab.ledger.records import Noise
from autolab.measure.noise import detection_limit, noise_of


def read(order: Order) -> Reading:
    """Build, run and check every family once, then time pairs. Higher is better; the baseline is 1 by definition."""
    with order.phases("build"):
        built = build(order.sandbox, order.task, order.files, order.work, "candidate")
    with order.phases("draw"):
        cases = draw(order)
    native = run_all(order, built.program, cases)
    timing = pair_up(order, built.program)
    return Reading(
        metric=timing.paired.speedup,
        anchors=kept_or(order, functools.partial(_anchors, order)).anchors,
        paired=timing.paired,
        flags=("speed-up is a lower bound: the candidate is within the clock's resolution",) if timing.at_least else (),
        build_output=built.output,
        run_output=kept(native[0].box) if native else "",
    )


def noise(order: Order) -> Noise:
    """The starting program timed against itself. AutolabError where it fails or answers wrongly."""
    try:
        timing = pair_up(order, built_anchor(order, "baseline"))
    except Ended as ended:
        raise AutolabError(f"{order.task.name}: its starting program was not timed against itself: {ended.reason}") from ended
    return noise_of(timing.paired.pairs, timing.resolution_s)


def _anchors(order: Order) -> KeptAnchors:
    """The reference's own speed-up on this machine, and where it is kept what a measure can tell here, too."""
    found = pair_up(order, built_anchor(order, "reference")).paired.speedup
    if found <= 1:
        raise AutolabError(f"{order.task.name}: the reference is no faster than the baseline here ({found:.3g}x); run autolab tasks check")
    limit = detection_limit(noise(order), order.pairs) if order.cache is not None else None
    return KeptAnchors(baseline=1.0, reference=found, limit=limit)
