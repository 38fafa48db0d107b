"""Graded trials as a predictions file of the kind that SWE-bench takes."""

import json
from collections.abc import Iterator, Sequence

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError
from autolab.lab.snapshots import Snapshots


def predictions(trials: Sequence[Trial]) -> Iterator[str]:
    """A JSON line for each graded trial: `instance_id`, `model_name_or_path` and `model_patch`.

    That is the task; agent__attempt, since a name may have one prediction an instance; and what the graded state changed,
    as a unified diff. AutolabError where a trial's git repository is gone. Trials without a grade are left out.
    """
    for trial in trials:
        start, grade = trial.state.start, trial.state.grade
        if grade is None or start is None:
            continue
        history = trial.folder / "history.git"
        if not history.is_dir():
            raise AutolabError(f"{history}: missing, so the patch cannot be made; bring back the trial's whole folder")
        patch = Snapshots.read(history).diff(start.commit, grade.commit)
        name = f"{trial.agent}__{trial.attempt}"
        yield json.dumps({"instance_id": trial.task, "model_name_or_path": name, "model_patch": patch}, ensure_ascii=False) + "\n"
