"""Measuring by heap blocks, behind a gate of instructions.

The metric is the blocks of every case and one for each, summed; of several seeds the mean. Nothing is taken off for the
driver. There is no confirmation by time: a block is one call of the allocator whatever it costs, so time can neither
buy nor fake a gain. What could be traded for blocks is work, and that is what the gate limits: a submission may need at
most `gate` times the baseline's instructions on the same cases, both less the empty candidate's.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from autolab.judge.anchors import built_anchor, per_seed
from autolab.judge.build import build
from autolab.judge.by_callgrind import BEYOND_FLOOR
from autolab.judge.cases import CountCase, check, draw, run_all
from autolab.judge.counting import count_candidate, count_case, not_counted
from autolab.judge.kept import heap_at
from autolab.judge.outcome import Ended, fault_of_task, kept
from autolab.judge.reading import Order, Reading
from autolab.judge.score import beyond_floor
from autolab.ledger.records import Anchors, CaseSample
from autolab.measure import cache
from autolab.measure.callgrind import Counted
from autolab.measure.log import CountRefused
from autolab.measure.memcheck import HeapCounted, count_blocks, value_of
from autolab.measure.program import Execution, Program, ProgramFailed


@dataclass(frozen=True)
class HeapAnchors:
    """Blocks of baseline and reference on the cases, the baseline's net instructions, and the empty candidate's."""

    baseline: float
    reference: float
    instructions: float
    empty: tuple[float, ...]


def read(order: Order) -> Reading:
    """Build, run and check natively, count blocks, then instructions for the gate."""
    with order.phases("build"):
        built = build(order.sandbox, order.task, order.files, order.work, "candidate")
    with order.phases("draw"):
        cases = draw(order)
    native = run_all(order, built.program, cases)
    with order.phases("instrument"):
        blocks = [_blocks(order, built.program, case, before) for case, before in zip(cases, native, strict=True)]
        counted = count_candidate(order, built.program, cases, native, "instructions")
    with order.phases("anchors"):
        known = _anchors(order, cases)
    _gate(order, per_seed(order, [run.value for run in counted], known.empty), known.instructions)
    metric = _mean(order, blocks)
    spec = order.task.optimization
    beyond = beyond_floor(metric, spec.floor.score if spec.floor else None, spec.direction)
    return Reading(
        metric=metric,
        anchors=Anchors(baseline=known.baseline, reference=known.reference),
        counted=metric,
        samples=tuple(_sample(*each) for each in zip(cases, native, blocks, counted, strict=True)),
        flags=(BEYOND_FLOOR,) if beyond else (),
        build_output=built.output,
        run_output=kept(native[0].box) if native else "",
    )


def _gate(order: Order, candidate: float, baseline: float) -> None:
    gate = order.task.optimization.instrument.gate
    if candidate > gate * baseline:
        raise Ended(
            "invalid",
            f"{candidate:,.0f} instructions, the starting program needs {baseline:,.0f} on the same inputs; "
            f"at most {gate:g} times as many may be spent to save heap blocks",
        )


def _blocks(order: Order, program: Program, case: CountCase, before: Execution) -> HeapCounted:
    """One run under memcheck; its output is checked unless it is the same as before."""
    try:
        run = count_blocks(order.sandbox, program, case.input, order.work)
    except (CountRefused, ProgramFailed) as error:
        raise not_counted(error, program, case) from error
    if run.execution.output != before.output:
        check(order, case, run.execution, "the counted run")
    return run


def _mean(order: Order, runs: Sequence[HeapCounted]) -> float:
    return sum(value_of(run.blocks) for run in runs) / len(order.seeds)


def _anchors(order: Order, cases: Sequence[CountCase]) -> HeapAnchors:
    """The anchors on these cases: kept ones where there are any, else counted now. What fails there is the lab's fault."""
    keep = heap_at(order.cache, order.task, order.seeds) if order.cache is not None else None
    if keep is not None and not order.remeasure and (known := _kept(cache.read(keep), len(cases))) is not None:
        return known
    metrics = {}
    for name in ("baseline", "reference"):
        program = built_anchor(order, name)
        try:
            native = run_all(order, program, cases)
            runs = [_blocks(order, program, case, before) for case, before in zip(cases, native, strict=True)]
        except Ended as ended:
            raise fault_of_task(name, ended) from ended
        metrics[name] = _mean(order, runs)
    empty, baseline = (_instructions(order, name, cases) for name in ("empty", "baseline"))
    found = HeapAnchors(metrics["baseline"], metrics["reference"], per_seed(order, baseline, empty), tuple(empty))
    if keep is not None:
        cache.keep(keep, asdict(found))
    return found


def _instructions(order: Order, name: str, cases: Sequence[CountCase]) -> list[float]:
    try:
        return [count_case(order, built_anchor(order, name), case, "instructions").value for case in cases]
    except Ended as ended:
        raise fault_of_task(name, ended) from ended


def _kept(value: object, cases: int) -> HeapAnchors | None:
    """What a cache file holds, None where it is not of the right shape."""
    if not isinstance(value, dict):
        return None
    baseline, reference, instructions = (value.get(name) for name in ("baseline", "reference", "instructions"))
    empty = value.get("empty")
    if not isinstance(baseline, float) or not isinstance(reference, float) or not isinstance(instructions, float):
        return None
    if not isinstance(empty, list) or len(empty) != cases or not all(isinstance(each, float) for each in empty):
        return None
    return HeapAnchors(baseline, reference, instructions, tuple(empty))


def _sample(case: CountCase, before: Execution, heap: HeapCounted, run: Counted) -> CaseSample:
    return CaseSample(
        family=case.family,
        size="count",
        seed=case.seed,
        raw={**{name: float(figure) for name, figure in heap.raw.items()}, "instructions": run.value},
        empty=0.0,
        value=value_of(heap.blocks),
        wall_s=before.box.wall_s,
        cpu_s=before.box.cpu_s,
    )
