"""Measuring by paired timing alone, where counts cannot tell: the metric is the speed-up over the baseline."""

from pathlib import Path

from autolab.errors import AutolabError
from autolab.judge.anchors import built_anchor
from autolab.judge.build import build
from autolab.judge.cases import draw, run_all
from autolab.judge.outcome import kept
from autolab.judge.pairing import pair_up
from autolab.judge.reading import Order, Reading
from autolab.ledger.records import Anchors
from autolab.measure import cache
from autolab.measure.fingerprint import machine, toolchain


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
        anchors=Anchors(baseline=1.0, reference=_reference(order)),
        paired=timing.paired,
        flags=("speed-up is a lower bound: the candidate is within the clock's resolution",) if timing.at_least else (),
        build_output=built.output,
        run_output=kept(native[0].box) if native else "",
    )


def _reference(order: Order) -> float:
    """The reference's own speed-up on this machine, timed on first use and kept."""
    keep = _kept_at(order)
    known = cache.read(keep) if keep is not None else None
    if isinstance(known, float) and known > 1:
        return known
    found = pair_up(order, built_anchor(order, "reference")).paired.speedup
    if found <= 1:
        raise AutolabError(f"{order.task.name}: the reference is no faster than the baseline here ({found:.3g}x); run autolab tasks check")
    if keep is not None:
        cache.keep(keep, found)
    return found


def _kept_at(order: Order) -> Path | None:
    if order.cache is None:
        return None
    cpu = "".join(letter if letter.isalnum() else "-" for letter in machine()["cpu"])
    return order.cache / toolchain().fingerprint / order.task.digest[:32] / f"paired-{cpu}.json"
