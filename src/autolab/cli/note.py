"""`autolab note`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import say


def note(
    trial: Annotated[Path, typer.Argument(help="A trial's folder.")],
    text: Annotated[str, typer.Argument(help="What the agent is to be told at its next status.")],
) -> None:
    """Leave a note that the agent sees at its next status. It is in the ledger."""
    from autolab.runs import people

    say(f"autolab: note for {trial.name}: {people.note(trial, text)}")
