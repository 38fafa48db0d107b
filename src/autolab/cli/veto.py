"""`autolab veto`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import say


def veto(
    trial: Annotated[Path, typer.Argument(help="A trial's folder.")],
    experiment: Annotated[int, typer.Argument(min=1, help="The number of the experiment.")],
    reason: Annotated[str, typer.Option(help="Why it must not count; the agent is told.")],
) -> None:
    """Say that an experiment must not count: it stays in the ledger, is no best any more, and is not graded."""
    from autolab.runs import people

    say(f"autolab: veto of experiment {experiment} of {trial.name}: {people.veto(trial, experiment, reason)}")
