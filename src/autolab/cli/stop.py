"""`autolab stop`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import say


def stop(
    folder: Annotated[Path, typer.Argument(metavar="RUN|TRIAL", help="A run's folder or a trial's.")],
    reason: Annotated[str, typer.Option(help="Why; it is written down.")] = "",
) -> None:
    """End a trial, or all trials of a run that have begun: what they reached is graded. No waiting trial is begun.

    The lab that runs it closes the bench at the agent's next call. Where no lab does, it happens when the run is continued.
    """
    from autolab.runs import people

    for name, fate in people.stop(folder, reason):
        say(f"autolab: stop of {name}: {fate}")
