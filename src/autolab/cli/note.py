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
    from autolab.cli.people import deliver, open_trial, words
    from autolab.ledger.records import Note

    words(text, "a note")
    open_trial(trial)
    say(f"autolab: note for {trial.name}: {deliver(trial, Note(author='person', text=text))}")
