"""Paired timing of a candidate against the baseline, every timed output checked."""

from collections.abc import Iterator

from autolab.judge.anchors import built_anchor
from autolab.judge.outcome import Ended, kept, timed_run_failed
from autolab.judge.reading import Order
from autolab.judge.seeds import hidden_seeds
from autolab.measure.core import own_core
from autolab.measure.paired import Case, Timing, time_pairs
from autolab.measure.program import Program, ProgramFailed


def pair_up(order: Order, candidate: Program) -> Timing:
    """Times `order.pairs` pairs on inputs that nobody has seen, one each; their seeds are in the result.

    Raises Ended: wrong_output where the candidate answers wrongly, lab_error where the baseline does.
    """
    baseline = built_anchor(order, "baseline")
    empty = built_anchor(order, "empty")
    limits = candidate.limits
    with order.quiet(), order.phases("queue"), own_core() as core, order.phases("pair"):
        try:
            timing = time_pairs(
                order.sandbox, candidate, baseline, empty, _cases(order), order.work,
                core=core, clock=order.task.optimization.instrument.clock,
            )  # fmt: skip
        except ProgramFailed as error:
            raise timed_run_failed(error, limits.wall_s) from error
    with order.phases("verify"):
        _check(order, timing)
    return timing


def _cases(order: Order) -> Iterator[Case]:
    cases = order.task.optimization.cases
    assert cases is not None  # the spec's validator
    family = cases.time_family or cases.families[0]
    for seed in hidden_seeds(order.pairs):
        yield Case(seed, order.verifier.draw(seed, family, "time"))


def _check(order: Order, timing: Timing) -> None:
    for done in timing.outputs:
        for who, execution in (("candidate", done.candidate), ("baseline", done.baseline)):
            if who == "baseline" and execution.output == done.candidate.output:
                continue  # the very bytes that were found right
            complaint = execution.problem if execution.output is None else order.verifier.check(done.case.input, execution.output)
            if complaint is not None and who == "candidate":
                raise Ended("wrong_output", f"a timed run: {complaint}", output=kept(execution.box))
            if complaint is not None:
                raise Ended("lab_error", f"the task's baseline answered wrongly in a timed run: {complaint}")
