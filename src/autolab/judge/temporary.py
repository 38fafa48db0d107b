"""A judge for one occasion, outside any trial."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from autolab.judge.judge import Judge
from autolab.judge.submission import Submission
from autolab.ledger.records import Measurement
from autolab.measure.noise import marked
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.task.task import Task


@contextlib.contextmanager
def temporary_judge(task: Task) -> Iterator[Judge]:
    """A judge that works in a temporary folder, with this machine's sandbox."""
    with tempfile.TemporaryDirectory(prefix="autolab-") as work:
        Path(work).chmod(0o711)  # boxes of root's lab have uids of their own, which must get to their mounts
        with Judge(task, default_sandbox(), Path(work)) as judge:
            yield judge


def graded(judge: Judge, submission: Submission, seeds: Sequence[int] | None = None) -> Measurement:
    """A grade outside a trial, which has no record of the host's noise: for a timed task that is measured first."""
    noise = judge.noise(judge.task.optimization.instrument.grade_pairs)
    return marked(judge.grade(submission, seeds), noise)
