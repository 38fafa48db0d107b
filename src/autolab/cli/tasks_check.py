"""`autolab tasks check`."""

from dataclasses import asdict
from typing import Annotated

import typer

from autolab.authoring.findings import Report
from autolab.cli.output import print_json, say, visible
from autolab.errors import AutolabError


def check(
    tasks: Annotated[list[str] | None, typer.Argument(help="Tasks of the suite, or task folders.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the suite.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Two other seeds instead of ten.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all figures.")] = False,
) -> None:
    """Say precisely what is wrong with a task: what it says, its anchors, its checker, its attacks, its limits."""
    from autolab.authoring.check import check_task
    from autolab.sandbox.bubblewrap import default_sandbox
    from autolab.task.load import suite_tasks

    names = suite_tasks() if every else tasks or []
    if not names:
        raise AutolabError("no task given; name tasks or folders, or give --all")
    sandbox = default_sandbox()
    reports = []
    for name in names:
        say(f"autolab: checking {name}")
        told = _Told()
        report = check_task(name, sandbox, quick=quick, told=told)
        told(report)
        reports.append(report)
    if as_json:
        print_json([{"ok": report.ok, **asdict(report)} for report in reports])
    else:
        for report in reports:
            wrong = sum(1 for _ in report.failed())
            print(f"{report.task}: {'ok' if not wrong else f'{wrong} wrong'}, {len(report.findings)} checks")
            for finding in report.failed():
                print(visible(f"  {finding.check}: {finding.text}"))
    raise typer.Exit(0 if all(report.ok for report in reports) else 1)


class _Told:
    """Prints findings on stderr as they come."""

    def __init__(self) -> None:
        self._said = 0

    def __call__(self, report: Report) -> None:
        for finding in report.findings[self._said :]:
            say(visible(f"  {'ok  ' if finding.ok else 'FAIL'} {finding.check}: {finding.text}"))
        self._said = len(report.findings)
