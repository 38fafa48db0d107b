"""`autolab stop`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import say
from autolab.runs.store import StoredTrial


def stop(
    folder: Annotated[Path, typer.Argument(metavar="RUN|TRIAL", help="A run's folder or a trial's.")],
    reason: Annotated[str, typer.Option(help="Why; it is written down.")] = "",
) -> None:
    """End a trial, or all trials of a run that have begun: what they reached is graded. No waiting trial is begun.

    The lab that runs it closes the bench at the agent's next call. Where no lab does, it happens when the run is continued.
    """
    from autolab.cli.people import deliver, open_trial, words
    from autolab.errors import AutolabError
    from autolab.ledger.records import StopAsked
    from autolab.runs.hold import ask_to_stop, holder
    from autolab.runs.store import is_trial, read_run, unbegun

    if reason:
        words(reason, "--reason")
    if is_trial(folder):
        open_trial(folder)
        say(f"autolab: stop of {folder.name}: {deliver(folder, StopAsked(reason=reason))}")
        return
    runs_now = holder(folder) is not None
    if runs_now:
        ask_to_stop(folder)
    found = [trial.folder for trial in read_run(folder) if _is_open(trial)] + (unbegun(folder) if runs_now else [])
    for trial in found:
        say(f"autolab: stop of {trial.name}: {deliver(trial, StopAsked(reason=reason))}")
    if not found and not runs_now:
        raise AutolabError(f"{folder}: no trial of it is open and no lab works on it; nothing is to be stopped")


def _is_open(trial: StoredTrial) -> bool:
    state = trial.state
    closed = state.closed is not None and state.closed.reason != "interrupted"
    return trial.problem is None and not closed and state.ended is None
