"""`autolab measure`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import print_json


def measure(
    task: Annotated[str, typer.Argument(help="A task of the suite, or a task folder.")],
    folder: Annotated[Path | None, typer.Argument(help="A folder with the editable files; by default the starting program.")] = None,
    reference: Annotated[bool, typer.Option("--reference", help="Measure the task's reference.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Development seed of the inputs.")] = 1,
    confirm: Annotated[bool, typer.Option(help="Confirm a gain by paired time.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, raw samples included.")] = False,
) -> None:
    """Measure a folder of files as a submission, outside any trial. Exit code 1 for any verdict but ok."""
    from autolab.cli.judging import submission_from
    from autolab.cli.measured import print_measurement
    from autolab.judge.judge import NEVER
    from autolab.judge.temporary import temporary_judge
    from autolab.task.load import load_task

    loaded = load_task(task)
    with temporary_judge(loaded) as judge:
        found = judge.measure(submission_from(loaded, folder, reference), seed, 0.0 if confirm else NEVER)
    print_json(found.model_dump(mode="json")) if as_json else print_measurement(found)
    raise typer.Exit(0 if found.verdict == "ok" else 1)
