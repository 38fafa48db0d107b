"""The task's own programs: baseline, reference and empty candidate, built once, and counted on the candidate's cases."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from autolab.judge.build import build
from autolab.judge.cases import CountCase, check
from autolab.judge.counting import count_case
from autolab.judge.kept import counted_at
from autolab.judge.outcome import Ended, fault_of_task
from autolab.judge.reading import Order
from autolab.measure import cache
from autolab.measure.callgrind import metric, net
from autolab.measure.program import Program


@dataclass(frozen=True)
class AnchorCounts:
    """Metrics of baseline and reference on the cases, and what the empty candidate costs on each."""

    baseline: float
    reference: float
    empty: tuple[float, ...]


def built_anchor(order: Order, name: str) -> Program:
    """The baseline, reference or empty program, built once per judge."""
    folder = order.programs / name
    with order.phases("anchors"):
        try:
            files = getattr(order.task, f"{name}_files")
            return build(order.sandbox, order.task, files, order.programs, name, keep=folder.is_dir()).program
        except Ended as ended:
            raise fault_of_task(name, ended) from ended


def anchor_counts(order: Order, cases: Sequence[CountCase]) -> AnchorCounts:
    """The anchors on these cases: kept ones where there are any, else counted now.

    Anchors that do not build, run or answer rightly are the lab's fault: Ended with lab_error.
    """
    keep = counted_at(order.cache, order.task, order.seeds) if order.cache is not None else None
    if keep is not None and not order.remeasure and (known := _kept(cache.read(keep), len(cases))) is not None:
        return known
    empty = _count(order, "empty", cases)
    baseline = _count(order, "baseline", cases)
    reference = _count(order, "reference", cases)
    found = AnchorCounts(
        per_seed(order, baseline, empty),
        per_seed(order, reference, empty),
        tuple(empty),
    )
    if keep is not None:
        cache.keep(keep, asdict(found))
    return found


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


def _kept(value: object, cases: int) -> AnchorCounts | None:
    """What a cache file holds, None where it is not of the right shape."""
    if not isinstance(value, dict):
        return None
    baseline, reference, empty = value.get("baseline"), value.get("reference"), value.get("empty")
    if not isinstance(baseline, float) or not isinstance(reference, float) or not isinstance(empty, list):
        return None
    if len(empty) != cases or not all(isinstance(each, float) for each in empty):
        return None
    return AnchorCounts(baseline, reference, tuple(empty))
