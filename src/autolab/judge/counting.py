"""Counting a program on a measure's cases."""

from collections.abc import Sequence

from autolab.judge.cases import CountCase, check
from autolab.judge.outcome import Ended, run_failed
from autolab.judge.reading import Order
from autolab.measure import cachegrind, callgrind
from autolab.measure.callgrind import Event
from autolab.measure.counted import Counted
from autolab.measure.log import CountRefused
from autolab.measure.program import Execution, Program, ProgramFailed


def count_case(order: Order, program: Program, case: CountCase, event: Event | None = None) -> Counted:
    """One counted run, of the task's own event unless another is asked for. Raises Ended for a run that fails or whose count is not to be believed."""
    try:
        instrument = order.task.optimization.instrument
        if instrument.kind == "cachegrind":
            return cachegrind.count(order.sandbox, program, case.input, order.work)
        return callgrind.count(order.sandbox, program, case.input, order.work, event or instrument.event)
    except (CountRefused, ProgramFailed) as error:
        raise not_counted(error, program, case) from error


def not_counted(error: CountRefused | ProgramFailed, program: Program, case: CountCase) -> Ended:
    """The verdict for a counted run that failed or whose count is not to be believed."""
    if isinstance(error, CountRefused):
        return Ended("invalid", str(error))
    what = f"the counted run of family {case.family}"
    return run_failed(error.execution, what, program.limits.wall_s) or Ended("wrong_output", str(error))


def count_candidate(
    order: Order,
    program: Program,
    cases: Sequence[CountCase],
    native: Sequence[Execution],
    event: Event | None = None,
) -> list[Counted]:
    """Counts every case, and checks the outputs that were counted: they may differ from those of the native runs."""
    counted = []
    for case, before in zip(cases, native, strict=True):
        run = count_case(order, program, case, event)
        if run.execution.output != before.output:
            check(order, case, run.execution, "the counted run")
        counted.append(run)
    return counted
