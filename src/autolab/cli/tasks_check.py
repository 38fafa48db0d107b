"""`autolab tasks check`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from autolab.authoring.findings import Finding, Report
from autolab.cli.output import print_json, say, visible
from autolab.errors import AutolabError


def check(
    tasks: Annotated[list[str] | None, typer.Argument(help="Tasks of the suite, or task folders.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the suite.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Two other seeds instead of ten.")] = False,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Tasks checked at once, each in a process of its own.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all figures.")] = False,
) -> None:
    """Say precisely what is wrong with a task: what it says, its anchors, its checker, its attacks, its limits."""
    from autolab.task.load import suite_tasks

    names = suite_tasks() if every else tasks or []
    if not names:
        raise AutolabError("no task given; name tasks or folders, or give --all")
    reports = _apart(names, jobs, quick=quick) if jobs > 1 and len(names) > 1 else _one_by_one(names, quick=quick)
    if as_json:
        print_json([{"ok": report.ok, **asdict(report)} for report in reports])
    else:
        for report in reports:
            wrong = sum(1 for _ in report.failed())
            print(f"{report.task}: {'ok' if not wrong else f'{wrong} wrong'}, {len(report.findings)} checks")
            for finding in report.failed():
                print(visible(f"  {finding.check}: {finding.text}"))
    raise typer.Exit(0 if all(report.ok for report in reports) else 1)


def _one_by_one(names: Sequence[str], *, quick: bool) -> list[Report]:
    from autolab.authoring.check import check_task
    from autolab.sandbox.bubblewrap import default_sandbox

    sandbox, reports = default_sandbox(), []
    for name in names:
        say(f"autolab: checking {name}")
        told = _Told()
        report = check_task(name, sandbox, quick=quick, told=told)
        told(report)
        reports.append(report)
    return reports


def _apart(names: Sequence[str], jobs: int, *, quick: bool) -> list[Report]:
    """Several at once; what each found is told when it is done. What is timed still takes turns on a core of its own."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda name: _in_a_process(name, quick=quick), names))


def _in_a_process(name: str, *, quick: bool) -> Report:
    import json
    import subprocess
    import sys
    import time

    begun = time.monotonic()
    words = [sys.executable, "-m", "autolab.cli.main", "tasks", "check", name, "--json", *(["--quick"] if quick else [])]
    done = subprocess.run(words, capture_output=True, text=True)
    try:
        (found,) = json.loads(done.stdout)
    except ValueError:
        raise AutolabError(f"{name}: its check ended with exit code {done.returncode}: {done.stderr.strip()[-500:]}") from None
    findings = [Finding(**each) for each in found["findings"]]
    say(f"autolab: checked {name} in {time.monotonic() - begun:.0f} s\n{done.stderr.rstrip()}")
    return Report(found["task"], findings, found["figures"])


class _Told:
    """Prints findings on stderr as they come."""

    def __init__(self) -> None:
        self._said = 0

    def __call__(self, report: Report) -> None:
        for finding in report.findings[self._said :]:
            say(visible(f"  {'ok  ' if finding.ok else 'FAIL'} {finding.check}: {finding.text}"))
        self._said = len(report.findings)
