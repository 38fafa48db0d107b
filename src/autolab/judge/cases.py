"""The cases of one measure: inputs drawn once by verify.py, run natively, checked in full."""

from collections.abc import Sequence
from dataclasses import dataclass

from autolab.judge.build import run_limits
from autolab.judge.outcome import Ended, kept, run_failed
from autolab.judge.reading import Order
from autolab.judge.seeds import case_seed
from autolab.judge.verifier import Verifier
from autolab.measure.program import Execution, Program, execute
from autolab.sandbox.box import Sandbox
from autolab.task.task import Task


@dataclass(frozen=True)
class CountCase:
    """An input that is run: what instruments count on, or quality is judged by."""

    family: str
    seed: int
    input: bytes


def draw(order: Order, size: str = "count") -> list[CountCase]:
    """One case per seed and family, seed by seed."""
    cases = order.task.optimization.cases
    assert cases is not None  # the spec's validator
    drawn = []
    for seed in order.seeds:
        for family in cases.families:
            own = case_seed(seed, family, size)
            drawn.append(CountCase(family, own, order.verifier.draw(own, family, size)))
    return drawn


def example_of(sandbox: Sandbox, task: Task, seed: int) -> bytes | None:
    """An input to try programs on: of one case per family the shortest. None where programs take no input.

    The seeds differ from those of every measure and grade, whose size is `count` or `time`. VerifierFailed as ever.
    """
    cases = task.optimization.cases
    if cases is None or task.optimization.run is None:
        return None
    with Verifier(sandbox, task) as verifier:
        drawn = [verifier.draw(case_seed(seed, family, "example"), family, "count") for family in cases.families]
    return min(drawn, key=len)


def run_all(order: Order, program: Program, cases: Sequence[CountCase]) -> list[Execution]:
    """Runs and checks every case natively, where a failure shows cheaply. Raises Ended at the first one."""
    done = []
    for case in cases:
        with order.phases("run"):
            execution = execute(order.sandbox, program, case.input, order.work)
        with order.phases("verify"):
            check(order, case, execution)
        done.append(execution)
    return done


def check(order: Order, case: CountCase, execution: Execution, what: str = "a run") -> None:
    """Raises Ended unless the run gave a whole and right output."""
    what = f"{what} of family {case.family}"
    if (failed := run_failed(execution, what, run_limits(order.task).wall_s)) is not None:
        raise failed
    assert execution.output is not None
    if (complaint := order.verifier.check(case.input, execution.output)) is not None:
        raise Ended("wrong_output", f"family {case.family}: {complaint}", output=kept(execution.box))
