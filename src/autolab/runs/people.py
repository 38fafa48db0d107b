"""What a person may do to a trial or a run that goes on: note, veto, stop. The command line and the page call these."""

from collections.abc import Iterator
from pathlib import Path

from autolab.errors import AutolabError
from autolab.lab.mailbox import MAX_WORDS, Act, Mailbox
from autolab.ledger.records import Note, StopAsked, Veto
from autolab.runs.hold import ask_to_stop, holder
from autolab.runs.store import StoredTrial, is_trial, read_run, read_trial, unbegun


def open_trial(folder: Path) -> StoredTrial:
    """A trial that is not graded yet. AutolabError for anything else."""
    if not is_trial(folder):
        raise AutolabError(f"{folder} is no trial that has begun; give its folder, e.g. runs/NAME/trials/TASK__AGENT__1")
    trial = read_trial(folder)
    if trial.problem is not None:
        raise AutolabError(trial.problem)
    if trial.state.grade is not None:
        raise AutolabError(f"{folder}: graded already; its record is closed")
    return trial


def deliver(folder: Path, act: Act) -> str:
    """Brings the act to the trial's ledger; gives what became of it, in words."""
    if Mailbox(folder).deliver(act) == "taken":
        return "in the ledger"
    return "left for the lab that runs it, which takes it in at the agent's next call"


def words(text: str, what: str) -> str:
    """A person's words, neither empty nor too long."""
    if not text.strip() or len(text) > MAX_WORDS:
        raise AutolabError(f"{what} of {len(text)} characters: give from 1 to {MAX_WORDS}")
    return text


def note(folder: Path, text: str) -> str:
    """A note for the agent of an open trial; what became of it, in words."""
    words(text, "a note")
    open_trial(folder)
    return deliver(folder, Note(author="person", text=text))


def veto(folder: Path, experiment: int, reason: str) -> str:
    """A person's word that an experiment of an open trial must not count; what became of it, in words."""
    words(reason, "a reason")
    there = len(open_trial(folder).state.experiments)
    if not 1 <= experiment <= there:
        raise AutolabError(f"{folder}: no experiment {experiment}; there are {there}, numbered from 1")
    return deliver(folder, Veto(experiment=experiment, reason=reason))


def stop(folder: Path, reason: str = "") -> Iterator[tuple[str, str]]:
    """Ends a trial, or the trials of a run that have begun; gives each one's name and what became of the wish.

    AutolabError where nothing is to be stopped.
    """
    if reason:
        words(reason, "a reason")
    if is_trial(folder):
        open_trial(folder)
        yield folder.name, deliver(folder, StopAsked(reason=reason))
        return
    runs_now = holder(folder) is not None
    if runs_now:
        ask_to_stop(folder)
    found = [trial.folder for trial in read_run(folder) if _is_open(trial)] + (unbegun(folder) if runs_now else [])
    for each in found:
        yield each.name, deliver(each, StopAsked(reason=reason))
    if not found and not runs_now:
        raise AutolabError(f"{folder}: no trial of it is open and no lab works on it; nothing is to be stopped")


def _is_open(trial: StoredTrial) -> bool:
    state = trial.state
    closed = state.closed is not None and state.closed.reason != "interrupted"
    return trial.problem is None and not closed and state.ended is None
