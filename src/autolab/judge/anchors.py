"""The task's own programs: baseline, reference and empty candidate, built once, and counted on the candidate's cases."""

from collections.abc import Sequence

from autolab.judge.build import build
from autolab.judge.cases import CountCase, check
from autolab.judge.counting import count_case
from autolab.judge.kept import KeptAnchors, kept_or
from autolab.judge.outcome import Ended, fault_of_task
from autolab.judge.reading import Order
from autolab.measure.counted import metric, net
from autolab.measure.program import Program


def built_anchor(order: Order, name: str) -> Program:
    """The baseline, reference or empty program, built once per judge."""
    folder = order.programs / name
    with order.phases("anchors"):
        try:
            files = getattr(order.task, f"{name}_files")
            return build(order.sandbox, order.task, files, order.programs, name, keep=folder.is_dir()).program
        except Ended as ended:
            raise fault_of_task(name, ended) from ended


def anchor_counts(order: Order, cases: Sequence[CountCase]) -> KeptAnchors:
    """The anchors on these cases: kept ones where there are any, else counted now.

    Anchors that do not build, run or answer rightly are the lab's fault: Ended with lab_error.
    """

    def count() -> KeptAnchors:
        empty, baseline, reference = (_count(order, name, cases) for name in ("empty", "baseline", "reference"))
        return KeptAnchors(
            baseline=per_seed(order, baseline, empty), reference=per_seed(order, reference, empty), empty=tuple(empty)
        )

    return kept_or(order, count, cases=len(cases))


def per_seed(order: Order, counts: Sequence[float], empty: Sequence[float]) -> float:
    """The metric: the sum over one seed's cases, net of the empty candidate; of several seeds their mean."""
    return metric(net(value, nothing) for value, nothing in zip(counts, empty, strict=True)) / len(order.seeds)


def _count(order: Order, name: str, cases: Sequence[CountCase]) -> list[float]:
    """The counts of one of them. The empty candidate's outputs are wrong by intent and not checked."""
    program = built_anchor(order, name)
    values = []
    try:
        for case in cases:
            run = count_case(order, program, case)
            if name != "empty":
                check(order, case, run.execution, "the counted run")
            values.append(run.value)
    except Ended as ended:
        raise fault_of_task(name, ended) from ended
    return values
