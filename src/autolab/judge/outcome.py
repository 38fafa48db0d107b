"""How a step of judging ends early: a verdict with its reason, raised once and turned into a measurement at the top."""

from typing import Literal

from autolab.errors import AutolabError
from autolab.ledger.records import Verdict
from autolab.measure.program import Execution, ProgramFailed
from autolab.sandbox.box import BoxResult

During = Literal["build", "run"]

OUTPUT_KEPT = 4000
"""Characters of what a build or a run printed that a measurement keeps: the end, where errors stand."""


class Ended(AutolabError):  # noqa: N818 - an outcome
    """A verdict other than ok. `limit` says which, for over_limit and timed_out; `output` is what was printed `during` it."""

    def __init__(
        self, verdict: Verdict, reason: str, limit: str | None = None, output: str = "", during: During = "run"
    ) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason
        self.limit = limit
        self.output = output
        self.during = during


def kept(box: BoxResult) -> str:
    """The end of what a box printed, stdout before stderr, as text."""
    text = (box.stdout + box.stderr).decode(errors="replace")
    return text if len(text) <= OUTPUT_KEPT else f"... {len(text) - OUTPUT_KEPT} characters cut ...\n{text[-OUTPUT_KEPT:]}"


def over_limit(box: BoxResult, what: str, wall_s: float, during: During = "run") -> Ended | None:
    """The verdict for a box that was over one of its limits, None for one that was not."""
    if box.limit is None:
        return None
    if box.limit == "cpu":
        used = f"{what} used {box.cpu_s:.3g} s of CPU time, all its processes together, which is more than its budget"
        return Ended("timed_out", used, box.limit, kept(box), during)
    if box.limit == "wall":
        return Ended("timed_out", f"{what} took more than {wall_s:g} s", box.limit, kept(box), during)
    return Ended("over_limit", f"{what} went over the {box.limit} limit", box.limit, kept(box), during)


def run_failed(execution: Execution, what: str, wall_s: float) -> Ended | None:
    """The verdict for a run that gave no whole output: limits first, then crashes and exit codes, then the file."""
    box = execution.box
    if (over := over_limit(box, what, wall_s)) is not None:
        return over
    if not box.ok:
        return Ended("wrong_output", f"{what} ended with {box.describe()}", output=kept(box))
    if execution.output is None:
        return Ended("wrong_output", f"{what}: {execution.problem}", output=kept(box))
    return None


def timed_run_failed(error: ProgramFailed, wall_s: float) -> Ended:
    """The verdict for a run that failed while it was timed; a baseline or empty candidate that fails is the lab's fault."""
    if error.who != "candidate":
        return Ended("lab_error", f"the {error.who} program ended with {error.execution.box.describe()} while it was timed")
    what = "the timed run"
    return run_failed(error.execution, what, wall_s) or Ended("wrong_output", str(error))


def fault_of_task(name: str, ended: Ended) -> Ended:
    """What becomes of an ending that the task's own program `name` caused: the lab's fault, never the agent's."""
    reason = f"the task's {name} gave {ended.verdict}: {ended.reason}"
    return Ended("lab_error", reason, output=ended.output, during=ended.during)
