"""What commands that judge outside a trial share."""

from pathlib import Path

from autolab.errors import AutolabError
from autolab.judge.submission import Submission, from_files, from_folder
from autolab.task.task import Task


def submission_from(task: Task, folder: Path | None, reference: bool) -> Submission:
    """A folder's editable files, the reference's, or the starting program's."""
    if folder is not None and reference:
        raise AutolabError(f"give either {folder} or --reference, not both")
    if folder is not None:
        if not folder.is_dir():
            raise AutolabError(f"{folder} is no folder; give one that holds {', '.join(task.optimization.editable)}")
        return from_folder(task, folder)
    return from_files(task, task.reference_files if reference else task.baseline_files)
