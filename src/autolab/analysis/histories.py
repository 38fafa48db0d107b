"""The program's states of a trial, for what is said of structure."""

from pathlib import Path

from autolab.analysis.moves import Files
from autolab.lab.snapshots import Snapshots
from autolab.ledger.replay import TrialState

HISTORY = "history.git"


def files_of(trial: Path, state: TrialState) -> Files | None:
    """Gives the files of each of the trial's states by its tree; None where its history is not at hand."""
    folder = trial / HISTORY
    if not (folder / "objects").is_dir():
        return None
    return Snapshots.read(folder).states({each.tree for each in state.states}).__getitem__
