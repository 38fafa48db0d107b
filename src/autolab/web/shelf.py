"""Which runs and trials there are, and a row for each trial: kept for as long as its ledger stays as it is."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError
from autolab.runs.store import LEDGER, is_trial
from autolab.web.follow import FollowedTrial, held
from autolab.web.peek import peek
from autolab.web.rows import trial_row

_KEPT = 64
_EXPERIMENTS = 12_000
"""Trials, and experiments of them all, whose state is held; of the others only the row is."""

Stamp = tuple[int, int]


class Shelf:
    """Runs by name, each a folder. Safe to use from several threads."""

    def __init__(self, runs: Iterable[Path] = (), parent: Path | None = None, only: str | None = None) -> None:
        """`runs`: these; `parent`: besides, every run that lies in this folder, now or later. `only`: one trial's name."""
        self._given = {folder.name: folder for folder in runs}
        self._parent = parent
        self._only = only
        self.asked = time.monotonic()  # when a person last wanted something; reading ahead waits for a pause
        self._mutex = threading.Lock()
        self._followed: OrderedDict[Path, FollowedTrial] = OrderedDict()
        self._rows: dict[Path, tuple[Stamp, dict[str, Any], Trial]] = {}
        self._peeks: dict[Path, tuple[Stamp, dict[str, Any]]] = {}

    def runs(self) -> dict[str, Path]:
        """Run folders by name, newest first."""
        found = dict(self._given)
        if self._parent is not None and self._parent.is_dir():
            found |= {each.name: each for each in self._parent.iterdir() if is_run(each)}
        return dict(sorted(found.items(), key=lambda item: -_mtime(item[1] / "trials")))

    def run(self, name: str) -> Path:
        """The folder of a run. AutolabError for one that is not there."""
        found = self.runs().get(name)
        if found is None:
            raise AutolabError(f"no run {name!r} here; there are: {', '.join(self.runs()) or 'none'}")
        return found

    def trials(self, run: str) -> list[Path]:
        """Folders of a run's trials that have begun, by name."""
        folder = self.run(run) / "trials"
        try:
            found = sorted(each for each in folder.iterdir() if is_trial(each))
        except OSError:
            return []
        return [each for each in found if self._only in {None, each.name}]

    def trial(self, run: str, name: str) -> FollowedTrial:
        """A trial, read to its end. AutolabError for one that is not there."""
        trials = self.run(run) / "trials"
        found = next((each for each in trials.iterdir() if each.name == name), None) if trials.is_dir() else None
        if found is None or not is_trial(found) or self._only not in {None, name}:
            raise AutolabError(f"no trial {name!r} in run {run}")
        return self.follow(found)

    def follow(self, folder: Path) -> FollowedTrial:
        """The trial in this folder, read to its end."""
        with self._mutex:
            trial = self._followed.pop(folder, None) or FollowedTrial(folder)
            self._followed[folder] = trial
            while len(self._followed) > 1 and (len(self._followed) > _KEPT or self._held() > _EXPERIMENTS):
                self._followed.popitem(last=False)
        trial.refresh()
        return trial

    def _read(self, folder: Path) -> FollowedTrial:
        """The trial for its row only. One that is over is not kept, or a table would push out the trial that is looked at."""
        if folder in self._followed:
            return self.follow(folder)
        trial = FollowedTrial(folder)
        trial.refresh()
        return trial if trial.state.ended or trial.problem else self.follow(folder)

    def _held(self) -> int:
        """Experiments of all trials whose state is held; one takes some 5 KB."""
        return sum(len(each.experiments) for each in self._followed.values())

    def row(self, folder: Path) -> dict[str, Any]:
        """What a table shows of a trial, from its whole ledger."""
        stamp = _stamp(folder)
        known = self._rows.get(folder)
        if known is None or known[0] != stamp:
            trial = self._read(folder)
            known = (stamp, trial_row(trial), _lean(trial))
            self._rows[folder] = known
        return known[1] if known[1]["over"] else {**known[1], "working": held(folder)}

    def rows(self, run: str, patience: float | None = None) -> list[dict[str, Any]]:
        """A row for each trial of a run. After `patience` seconds what was not read yet comes short, and says `partial`."""
        end = None if patience is None else time.monotonic() + patience
        found = []
        for folder in self.trials(run):
            known = self._rows.get(folder)
            if end is not None and time.monotonic() > end and (known is None or known[0] != _stamp(folder)):
                found.append(self.glance(folder))
            else:
                found.append(self.row(folder))
        return found

    def lean(self) -> list[tuple[Trial, int]]:
        """Every trial of every run as analysis sees it, without its experiments; and its ledger's size."""
        found = []
        for run in self.runs():
            for folder in self.trials(run):
                self.row(folder)
                stamp, _, trial = self._rows[folder]
                found.append((trial, stamp[0]))
        return found

    def glance(self, folder: Path) -> dict[str, Any]:
        """What a trial's first and last line say: little, at once."""
        stamp = _stamp(folder)
        known = self._peeks.get(folder)
        if known is None or known[0] != stamp:
            known = self._peeks[folder] = (stamp, peek(folder))
        return known[1]

    def changed(self, folder: Path) -> Stamp:
        """A mark that is another one once the trial's ledger is."""
        return _stamp(folder)


def is_run(folder: Path) -> bool:
    """Whether a run lies there: it has trials, or the plan of some."""
    return (folder / "trials").is_dir() or (folder / "run.json").is_file()


def open_shelf(place: Path) -> Shelf:
    """The shelf for a folder of runs, one run, or one trial. AutolabError for anything else."""
    place = place.absolute()
    if is_trial(place):
        return Shelf([place.parent.parent], only=place.name)
    if is_run(place):
        return Shelf([place])
    if not place.is_dir():
        raise AutolabError(f"{place}: no such folder; give a folder of runs, a run or a trial, or begin one: autolab run TASK -a climb")
    return Shelf(parent=place)


def _lean(trial: FollowedTrial) -> Trial:
    """Thousands of them fit in memory: the grade, what was spent, what it depends on."""
    nothing: dict[str, Any] = {"experiments": (), "states": (), "notes": (), "told": (), "acts": frozenset(), "vetoes": (), "best": None}
    return Trial(trial.folder, replace(trial.state, **nothing), trial.problem)


def _stamp(folder: Path) -> Stamp:
    try:
        found = (folder / LEDGER).stat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)


def _mtime(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
