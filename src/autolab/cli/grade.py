"""`autolab grade`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import print_json


def grade(
    what: Annotated[str, typer.Argument(help="A task of the suite, a task folder, or a trial's folder.")],
    folder: Annotated[Path | None, typer.Argument(help="With a task: a folder with the editable files.")] = None,
    reference: Annotated[bool, typer.Option("--reference", help="With a task: grade its reference.")] = False,
    seeds: Annotated[str | None, typer.Option(help="Seeds with commas between, to repeat a grade. Default: new hidden ones.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, raw samples included.")] = False,
) -> None:
    """Grade a submission on hidden seeds, or repeat a trial's stored grade on its own seeds.

    A repeated grade is compared with the stored one; exit code 1 if a counted metric differs, or the verdict is not ok.
    """
    from autolab.cli.judging import submission_from
    from autolab.cli.measured import print_measurement
    from autolab.cli.output import say
    from autolab.judge.temporary import graded, temporary_judge
    from autolab.runs.regrade import differs, stored_grade
    from autolab.runs.store import is_trial
    from autolab.task.load import load_task

    stored = stored_grade(Path(what)) if is_trial(Path(what)) else None
    task = stored.task if stored else load_task(what)
    submission = stored.submission if stored else submission_from(task, folder, reference)
    chosen = _seeds(seeds) or (stored.grade.measurement.seeds if stored else None)
    with temporary_judge(task) as judge:
        found = graded(judge, submission, chosen)
    print_json(found.model_dump(mode="json")) if as_json else print_measurement(found)
    within = task.optimization.instrument.repeats_within
    difference = differs(stored.grade.measurement, found, within) if stored else None
    if difference is not None:
        say(f"autolab: not the stored grade: {difference}")
    raise typer.Exit(0 if found.verdict == "ok" and difference is None else 1)


def _seeds(text: str | None) -> tuple[int, ...] | None:
    from autolab.errors import AutolabError

    try:
        return tuple(int(part) for part in text.split(",")) if text else None
    except ValueError:
        raise AutolabError(f"--seeds {text!r}: give whole numbers with commas between") from None
