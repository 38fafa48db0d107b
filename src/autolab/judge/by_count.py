"""Measuring a submission that is itself the answer: verify.py checks it and counts."""

from collections.abc import Mapping

from autolab.judge.outcome import Ended, fault_of_task
from autolab.judge.reading import Order, Reading
from autolab.ledger.records import Anchors
from autolab.measure.figures import FigureRefused, finite_figure


def read(order: Order) -> Reading:
    """Check, then count. Of several seeds the worst count stands, so that suiting one input gains nothing."""
    with order.phases("verify"):
        figure = _worst(order, order.files)
    with order.phases("anchors"):
        anchors = Anchors(
            baseline=_anchor(order, "baseline", order.task.baseline_files),
            reference=_anchor(order, "reference", order.task.reference_files),
        )
    return Reading(metric=figure, anchors=anchors, counted=figure)


def _worst(order: Order, files: Mapping[str, bytes]) -> float:
    figures = []
    for seed in order.seeds:
        if (complaint := order.verifier.check_files(dict(files), seed)) is not None:
            raise Ended("wrong_output", complaint)
        try:
            figures.append(finite_figure(order.verifier.count(dict(files), seed), order.task.unit))
        except FigureRefused as error:
            raise Ended("invalid", str(error)) from error
    return max(figures) if order.task.optimization.direction == "lower" else min(figures)


def _anchor(order: Order, name: str, files: Mapping[str, bytes]) -> float:
    try:
        return _worst(order, files)
    except Ended as ended:
        raise fault_of_task(name, ended) from ended
