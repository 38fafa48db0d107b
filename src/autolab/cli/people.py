"""What `stop`, `note` and `veto` share: a person's act on its way to a trial's ledger."""

from pathlib import Path

from autolab.errors import AutolabError
from autolab.lab.mailbox import MAX_WORDS, Act, Mailbox
from autolab.runs.store import StoredTrial, is_trial, read_trial


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
