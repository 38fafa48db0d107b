"""Counting a program on a measure's cases."""

from collections.abc import Sequence

from autolab.judge.cases import CountCase, check
from autolab.judge.outcome import Ended, run_failed
from autolab.judge.reading import Order
from autolab.measure.callgrind import Counted, count
from autolab.measure.log import CountRefused
from autolab.measure.program import Execution, Program, ProgramFailed


def count_case(order: Order, program: Program, case: CountCase) -> Counted:
    """One counted run. Raises Ended for a run that fails or whose count is not to be believed."""
    try:
        return count(order.sandbox, program, case.input, order.work, order.task.optimization.instrument.event)
    except CountRefused as error:
        raise Ended("invalid", str(error)) from error
    except ProgramFailed as error:
        what = f"the counted run of family {case.family}"
        raise run_failed(error.execution, what, program.limits.wall_s) or Ended("wrong_output", str(error)) from error


def count_candidate(
    order: Order, program: Program, cases: Sequence[CountCase], native: Sequence[Execution]
) -> list[Counted]:
    """Counts every case, and checks the outputs that were counted: they may differ from those of the native runs."""
    counted = []
    for case, before in zip(cases, native, strict=True):
        run = count_case(order, program, case)
        if run.execution.output != before.output:
            check(order, case, run.execution, "the counted run")
        counted.append(run)
    return counted
