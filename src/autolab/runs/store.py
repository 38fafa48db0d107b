"""A run on disk: a folder of trials. What is there is read from the ledgers, nothing is kept twice."""

from dataclasses import dataclass
from pathlib import Path

from autolab.errors import AutolabError
from autolab.ledger.reader import read_ledger
from autolab.ledger.replay import TrialState, replay

LEDGER = "ledger.jsonl"


@dataclass(frozen=True)
class StoredTrial:
    """A trial's folder and what its ledger tells; `problem` where it cannot be read."""

    folder: Path
    state: TrialState
    problem: str | None = None

    @property
    def name(self) -> str:
        """The folder's name: task__agent__attempt."""
        return self.folder.name


def is_trial(folder: Path) -> bool:
    """Whether the folder is one trial's."""
    return (folder / LEDGER).is_file()


def read_trial(folder: Path) -> StoredTrial:
    """One trial. A ledger that cannot be read makes a trial with a problem, so that one cannot hide the others."""
    try:
        return StoredTrial(folder, replay(read_ledger(folder / LEDGER)))
    except AutolabError as error:
        return StoredTrial(folder, TrialState(), str(error))


def read_run(folder: Path) -> list[StoredTrial]:
    """All trials of a run, by name. AutolabError if the folder is no run."""
    return [read_trial(each) for each in trial_folders(folder)]


def trial_folders(folder: Path) -> list[Path]:
    """The folders of a run's trials, by name. AutolabError if the folder is no run."""
    trials = folder / "trials"
    if not trials.is_dir():
        raise AutolabError(f"{folder} is no run: it has no folder trials; give a folder that autolab run made, e.g. runs/NAME")
    return [each for each in sorted(trials.iterdir()) if is_trial(each)]


def unbegun(folder: Path) -> list[Path]:
    """Folders of a run's trials that have no ledger yet: of trials about to begin, or never begun."""
    return [each for each in sorted((folder / "trials").glob("*")) if each.is_dir() and not is_trial(each)]
