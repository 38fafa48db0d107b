"""Ends a trial whose agent does not come back: its process is killed, its bench closed for it, and it goes on to its grade."""

import contextlib
import os
import signal
import time
from subprocess import Popen

from autolab.errors import LedgerError
from autolab.lab.budget import used
from autolab.lab.journal import Journal
from autolab.lab.pulse import FILE
from autolab.lab.trial import TrialPlan
from autolab.ledger.records import BenchClosed
from autolab.sandbox.bubblewrap import default_sandbox

GRACE_S = 600.0
"""For an agent to come back after its budget has ended, as a slow answer of a model may last."""

_ENDING_S = 20.0
_POLL_S = 0.05


class Watch:
    """Watches the pulse of one trial, from before its process is started."""

    def __init__(self, trial: TrialPlan) -> None:
        self._trial = trial
        self._path = trial.folder / FILE
        self._path.unlink(missing_ok=True)  # of a lab that is gone
        self._seen, self._since = "", time.monotonic()

    def overdue(self) -> bool:
        """Whether the budget has ended and for GRACE_S nothing came: neither a call nor, where the code lets no thread run, a pulse."""
        try:
            now = self._path.read_text()
        except OSError:  # no agent is at work
            now = ""
        if now != self._seen:
            self._seen, self._since = now, time.monotonic()
        still = time.monotonic() - self._since
        if not now or still <= GRACE_S:
            return False
        wall = self._trial.budget.wall_s
        return now.endswith(" over") or (wall is not None and self._used_s + still > wall + GRACE_S)

    def end(self, process: "Popen[bytes]") -> bool:
        """Kills the trial's process with all it forked, and closes the bench for it; False where that cannot be written."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the workers of jobs.py lead groups of their own
        process.wait()
        try:
            self._close()
        except (LedgerError, OSError):  # held by what left the process's group; the disk is full
            return False
        self._path.unlink(missing_ok=True)
        if process.stdout is not None:
            process.stdout.close()
        return True

    def _close(self) -> None:
        folder = self._trial.folder
        journal = self._journal()
        try:
            if journal.state.closed is None:
                stop = self._trial.budget.stop(used(journal.state, self._used_s))
                reason = "stopped" if journal.state.stop is not None else stop.part if stop else "wall"
                default_sandbox().remove_folder(folder / "bench")
                elapsed = max(self._used_s, journal.state.elapsed)
                journal.append(BenchClosed(reason=reason, detail=_STORY.format(GRACE_S), elapsed=elapsed))
        finally:
            journal.close()

    def _journal(self) -> Journal:
        """The ledger, once what the process forked is gone, too: until then its lock is held."""
        end = time.monotonic() + _ENDING_S
        while True:
            try:
                return Journal(self._trial.folder / "ledger.jsonl")
            except LedgerError:
                if time.monotonic() > end:
                    raise
                time.sleep(_POLL_S)

    @property
    def _used_s(self) -> float:
        return float(self._seen.split()[0]) if self._seen else 0.0


_STORY = "the agent did not come back to the bench within {:.0f} s after its budget had ended; its process was killed"
