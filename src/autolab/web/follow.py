"""One trial as the page follows it: its state without the bulk, and where in the ledger the bulk lies."""

import os
import socket
import threading
from pathlib import Path
from typing import Any

from autolab.errors import AutolabError
from autolab.ledger.light import LightLedger, Placed
from autolab.ledger.records import Experiment, Grade, Line, State
from autolab.ledger.replay import TrialState, after
from autolab.runs.store import LEDGER, StoredTrial


class FollowedTrial:
    """A trial's ledger, read as far as it goes; `refresh` reads on. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mutex = threading.RLock()
        self.analysing = threading.Lock()  # one analysis at a time, kept until the ledger grows
        self.analysed: tuple[int, dict[str, Any]] = (-1, {})
        self._begin()

    def _begin(self) -> None:
        self._ledger = LightLedger(self.folder / LEDGER)
        self.state = TrialState()
        self.problem: str | None = None
        self.lines: list[Line] = []  # without their bulk
        self.experiments: list[Placed] = []  # by number - 1
        self.steps: list[tuple[Placed, float, int]] = []  # of the agent: line, budget wall used, experiments by then
        self.trees: dict[str, str] = {}  # of commits
        self.measured: dict[str, int] = {}  # tree -> the first experiment that measured it
        self.grade: Placed | None = None
        self.begun = ""  # UTC, of the first line
        self.updated = ""  # of the last

    def refresh(self) -> bool:
        """Reads what was added; whether anything was. A ledger that cannot be read is a problem, not an error."""
        with self._mutex:
            if self.problem is None and _size(self._ledger.path) < self._ledger.size:
                self._begin()  # another file lies there now
            if self.problem is not None:
                return False
            try:
                found = self._ledger.new()
                for placed in found:
                    self._take(placed)
            except AutolabError as error:
                self.problem = str(error)
                return True
            return bool(found)

    @property
    def stored(self) -> StoredTrial:
        """As the rest of the program has a trial."""
        return StoredTrial(self.folder, self.state, self.problem)

    def parent(self, experiment: Experiment) -> int | None:
        """The experiment that measured the state it came from; None where that state was not measured before it."""
        found = self.measured.get(self.trees.get(experiment.parent or "", ""))
        return found if found is not None and found < experiment.number else None

    @property
    def working(self) -> bool:
        """Whether a process of this machine holds the ledger now."""
        return self.state.ended is None and held(self.folder)

    def whole(self, placed: Placed) -> dict[str, Any]:
        """A line's record with all it holds."""
        return self._ledger.whole(placed.offset, placed.length)

    def _take(self, placed: Placed) -> None:
        line, record = placed.line, placed.line.record
        self.state = after(self.state, record)
        self.lines.append(line)
        self.begun, self.updated = self.begun or line.time, line.time
        match record:
            case State():
                self.trees[record.commit] = record.tree
            case Experiment():
                self.experiments.append(placed)
                self.trees[record.commit] = record.tree
                self.measured.setdefault(record.tree, record.number)
            case Grade():
                self.grade = placed
            case _:
                pass
        if not isinstance(record, State):
            self.steps.append((placed, self.state.elapsed, len(self.experiments)))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def held(folder: Path) -> bool:
    """Whether ledger.lock says that somebody writes: the lock itself is never tried, so that no writer finds it taken."""
    try:
        pid, _, host = (folder / "ledger.lock").read_text().strip().partition(" ")
    except OSError:
        return False
    if not pid.isdecimal() or host != socket.gethostname():
        return bool(pid)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
