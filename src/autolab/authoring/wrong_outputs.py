"""The checker must accept the reference's outputs and refuse every wrong one that verify.py can make of them."""

from collections.abc import Mapping
from pathlib import Path

from autolab.authoring.findings import Report
from autolab.judge.build import build
from autolab.judge.seeds import case_seed, hidden_seeds
from autolab.judge.verifier import Verifier
from autolab.measure.program import Program, execute
from autolab.sandbox.box import Sandbox
from autolab.task.task import Task

LEAST_WRONG = 20


def check_wrong_outputs(task: Task, sandbox: Sandbox, work: Path, report: Report) -> None:
    """One finding a family; for tasks without inputs, one in all. A script task has no checker of the judge's to try."""
    if task.optimization.instrument.kind == "script":
        return
    work.mkdir(parents=True, exist_ok=True)
    with Verifier(sandbox, task) as verifier:
        if task.optimization.instrument.kind == "count":
            _files(task, verifier, report)
            return
        program = build(sandbox, task, task.reference_files, work, "wrong").program
        assert task.optimization.cases is not None  # the spec's validator
        size = "dev" if task.optimization.instrument.kind == "quality" else "count"
        families = task.optimization.cases.families
        most = max(_family(sandbox, program, (family, size), verifier, work, report) for family in families)
        report.add("wrong outputs", most >= LEAST_WRONG, f"{most} in one family, at least {LEAST_WRONG}")


def _family(
    sandbox: Sandbox, program: Program, kind: tuple[str, str], verifier: Verifier, work: Path, report: Report
) -> int:
    """How many wrong outputs there were. `kind` of input: its family and size."""
    family, size = kind
    seed = case_seed(hidden_seeds(1)[0], family, size)
    case = verifier.draw(seed, family, size)
    right = execute(sandbox, program, case, work).output or b""
    wrong = verifier.wrong(case, right)
    accepted = [name for name, output in wrong.items() if verifier.check(case, output) is None]
    same = [name for name, output in wrong.items() if output == right]
    _judge(f"wrong outputs, {family}", verifier.check(case, right), len(wrong), accepted, same, report)
    return len(set(wrong.values()))


def _files(task: Task, verifier: Verifier, report: Report) -> None:
    right = dict(task.reference_files)
    wrong = verifier.wrong_files(right)
    accepted = [name for name, files in wrong.items() if verifier.check_files(files, 1) is None]
    same = [name for name, files in wrong.items() if _equal(files, right)]
    _judge("wrong outputs", verifier.check_files(right, 1), len(wrong), accepted, same, report)
    report.add("wrong outputs, number", len(wrong) >= LEAST_WRONG, f"{len(wrong)}, at least {LEAST_WRONG}")


def _equal(files: Mapping[str, bytes], right: Mapping[str, bytes]) -> bool:
    return dict(files) == dict(right)


def _judge(name: str, complaint: str | None, wrong: int, accepted: list[str], same: list[str], report: Report) -> None:
    if complaint is not None:
        report.add(name, False, f"the reference's own output is refused: {complaint}")
    elif same:
        report.add(name, False, f"not wrong at all: {', '.join(same)}; mend wrong() in verify.py")
    elif accepted:
        report.add(name, False, f"accepted by check: {', '.join(accepted[:5])}{' ...' if len(accepted) > 5 else ''}; mend check in verify.py")
    else:
        report.add(name, True, f"{wrong} refused")
