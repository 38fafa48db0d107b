"""`tasks check`: everything that a task promises, tried."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from autolab.authoring.attacks import check_attacks
from autolab.authoring.findings import Report
from autolab.authoring.measures import check_measures
from autolab.authoring.words import check_words
from autolab.authoring.wrong_outputs import check_wrong_outputs
from autolab.errors import AutolabError
from autolab.judge.judge import Judge
from autolab.judge.outcome import Ended
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task

OTHER_SEEDS = 10
QUICK_OTHER_SEEDS = 2

Told = Callable[[Report], None]
"""Called after each part of a check, with what is known by then."""


def check_task(name_or_folder: str | Path, sandbox: Sandbox, *, quick: bool = False, told: Told | None = None) -> Report:
    """Checks one task; never raises for what is wrong with it. `quick`: fewer seeds."""
    report = Report(str(name_or_folder))
    try:
        task = load_task(name_or_folder)
    except AutolabError as error:
        report.add("loads", False, str(error))
        return report
    report.task = task.name
    report.figures["digest"] = task.digest
    report.add("loads", True, f"digest {task.digest[:12]}")
    tell = told or (lambda _: None)
    check_words(task, report)
    tell(report)
    try:
        _check_programs(task, sandbox, _seeds(task, quick=quick), report, tell)
    except (AutolabError, Ended) as error:
        report.add("judged", False, str(error))
    return report


def _check_programs(task: Task, sandbox: Sandbox, seeds: Sequence[int], report: Report, tell: Told) -> None:
    """Anchors are kept in a folder of the check's own: what is checked is measured now."""
    with tempfile.TemporaryDirectory(prefix="autolab-check-") as folder:
        work = Path(folder)
        work.chmod(0o711)
        check_wrong_outputs(task, sandbox, work / "wrong", report)
        tell(report)
        with Judge(task, sandbox, work, cache=work / "anchors") as judge:
            check_measures(task, judge, seeds, report)
            tell(report)
            check_attacks(task, judge, report)
            tell(report)


def _seeds(task: Task, *, quick: bool) -> list[int]:
    cases = task.optimization.cases
    stated = cases.stated_seed if cases else 1
    others = QUICK_OTHER_SEEDS if quick else OTHER_SEEDS
    return [stated, *(stated + 1000 + n for n in range(others))]
