"""`autolab resume`."""

from pathlib import Path
from typing import Annotated

import typer


def resume(
    run: Annotated[Path, typer.Argument(help="A run's folder, e.g. runs/NAME.")],
    jobs: Annotated[int | None, typer.Option(min=1, max=256, help="Trials at once; by default as before.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Continue a run with the options that it was begun with; run.json in its folder has them."""
    from autolab.cli.working import work

    work(run, None, jobs, as_json=as_json)
