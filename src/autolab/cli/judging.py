"""A judge for commands that judge outside a trial."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from autolab.errors import AutolabError
from autolab.judge.judge import Judge
from autolab.judge.submission import Submission, from_files, from_folder
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.task.task import Task


@contextlib.contextmanager
def judge_for(task: Task) -> Iterator[Judge]:
    """A judge that works in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="autolab-") as work:
        Path(work).chmod(0o711)  # boxes of root's lab have uids of their own, which must get to their mounts
        with Judge(task, default_sandbox(), Path(work)) as judge:
            yield judge


def submission_from(task: Task, folder: Path | None, reference: bool) -> Submission:
    """A folder's editable files, the reference's, or the starting program's."""
    if folder is not None and reference:
        raise AutolabError(f"give either {folder} or --reference, not both")
    if folder is not None:
        if not folder.is_dir():
            raise AutolabError(f"{folder} is no folder; give one that holds {', '.join(task.optimization.editable)}")
        return from_folder(task, folder)
    return from_files(task, task.reference_files if reference else task.baseline_files)
