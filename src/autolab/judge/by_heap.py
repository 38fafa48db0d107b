"""Measuring by heap blocks, behind a gate of instructions.

The metric is the blocks of every case and one for each, summed; of several seeds the mean. Nothing is taken off for the
driver. There is no confirmation by time: a block is one call of the allocator whatever it costs, so time can neither
buy nor fake a gain. What could be traded for blocks is work, and that is what the gate limits: a submission may need at
most `gate` times the baseline's instructions on the same cases, both less the empty candidate's.
"""

from collections.abc import Sequence

from autolab.judge.anchors import built_anchor, per_seed
from autolab.judge.build import build
from autolab.judge.by_callgrind import BEYOND_FLOOR
from autolab.judge.cases import CountCase, check, draw, run_all
from autolab.judge.counting import count_candidate, count_case, not_counted
from autolab.judge.kept import KeptAnchors, kept_or
from autolab.judge.outcome import Ended, fault_of_task, kept
from autolab.judge.reading import Order, Reading
from autolab.judge.score import beyond_floor
from autolab.ledger.records import CaseSample
from autolab.measure.counted import Counted
from autolab.measure.log import CountRefused
from autolab.measure.memcheck import HeapCounted, count_blocks, value_of
from autolab.measure.program import Execution, Program, ProgramFailed


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
    assert known.instructions is not None  # _anchors
    _gate(order, per_seed(order, [run.value for run in counted], known.empty), known.instructions)
    metric = _mean(order, blocks)
    spec = order.task.optimization
    beyond = beyond_floor(metric, spec.floor.score if spec.floor else None, spec.direction)
    return Reading(
        metric=metric,
        anchors=known.anchors,
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


def _anchors(order: Order, cases: Sequence[CountCase]) -> KeptAnchors:
    """The anchors on these cases: kept ones where there are any, else counted now. What fails there is the lab's fault."""

    def count() -> KeptAnchors:
        empty, baseline = (_instructions(order, name, cases) for name in ("empty", "baseline"))
        return KeptAnchors(
            baseline=_anchor_blocks(order, "baseline", cases),
            reference=_anchor_blocks(order, "reference", cases),
            empty=tuple(empty),
            instructions=per_seed(order, baseline, empty),
        )

    return kept_or(order, count, cases=len(cases))


def _anchor_blocks(order: Order, name: str, cases: Sequence[CountCase]) -> float:
    program = built_anchor(order, name)
    try:
        native = run_all(order, program, cases)
        return _mean(order, [_blocks(order, program, case, before) for case, before in zip(cases, native, strict=True)])
    except Ended as ended:
        raise fault_of_task(name, ended) from ended


def _instructions(order: Order, name: str, cases: Sequence[CountCase]) -> list[float]:
    try:
        return [count_case(order, built_anchor(order, name), case, "instructions").value for case in cases]
    except Ended as ended:
        raise fault_of_task(name, ended) from ended


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
