"""Runs and trials as all of analysis sees them: one immutable view, read from ledgers only.

A ledger that is empty, torn or still being written gives what it tells so far; one that cannot be read gives a trial
with a `problem`, so that one cannot hide the others.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Experiment, Line, Measurement, Provenance, Verdict
from autolab.ledger.replay import TrialState
from autolab.runs.store import LEDGER, StoredTrial, is_trial, read_trial, trial_folders

Status = Literal["scored", "zero", "void", "unfinished", "unreadable"]
"""scored: graded ok. zero: graded, any other verdict of the agent's making; reward 0. void: the lab's error, counts
nowhere but is counted. unfinished: no grade yet. unreadable: see `Trial.problem`."""

MACHINE = ("cpu", "cores", "arch", "system")
"""What of provenance.machine makes two machines the same one; kernel and memory change with an update or a setting."""


@dataclass(frozen=True)
class Trial:
    """One trial as its ledger tells it. None: not known, or has not happened.

    `state.experiments` are light: without samples, profile, paired repetitions, dropped files, build and run output.
    `lines` has everything.
    """

    folder: Path
    state: TrialState
    problem: str | None = None  # why the ledger cannot be read

    @property
    def name(self) -> str:
        """The folder's name: task__agent__attempt."""
        return self.folder.name

    @property
    def run(self) -> str:
        """The run's name as the ledger has it; the folder's where there is no record yet."""
        started = self.state.started
        return started.run if started else self.folder.absolute().parent.parent.name

    @cached_property
    def task(self) -> str:
        """The task's short name, without the organisation."""
        return self.provenance.task.rpartition("/")[2] if self.provenance else self._part(0)

    @property
    def agent(self) -> str:
        """The agent as ledgers tell agents apart: name, @model, ?settings."""
        return self.state.started.agent if self.state.started else self._part(1)

    @property
    def attempt(self) -> int | None:
        """1, 2..."""
        return self.state.started.attempt if self.state.started else None

    @property
    def model(self) -> str | None:
        """provider/name; None: the agent has no model, or the lab does not know."""
        return self.state.started.model if self.state.started else None

    @property
    def axis(self) -> str | None:
        """faster, smarter or smaller; None in ledgers that do not say."""
        return self.state.started.axis if self.state.started else None

    @property
    def scale(self) -> str | None:
        """The scale that the metric is scored on, log or linear; None in ledgers that do not say."""
        return self.state.started.scale if self.state.started else None

    @property
    def feedback(self) -> str | None:
        """What the agent was told of its experiments: true, withheld, shuffled or delayed:N."""
        return self.state.started.feedback if self.state.started else None

    @property
    def budget(self) -> Mapping[str, float | None]:
        """Limits by the names of TrialState.spent; None or absent: unlimited."""
        return self.state.started.budget if self.state.started else {}

    @property
    def provenance(self) -> Provenance | None:
        """What the trial's figures depend on, as it began. The grade has its own, which may differ after a resume."""
        return self.state.started.provenance if self.state.started else None

    @property
    def digest(self) -> str | None:
        """The task's digest: figures of different ones are not comparable."""
        return self.provenance.task_digest if self.provenance else None

    @property
    def autolab(self) -> str | None:
        """The version of autolab, and with it of the suite."""
        return self.provenance.autolab if self.provenance else None

    @property
    def fingerprint(self) -> str | None:
        """The digest of what instruction counts depend on."""
        return self.provenance.fingerprint if self.provenance else None

    @cached_property
    def machine(self) -> str | None:
        """The machine in one line: what of it makes times comparable (MACHINE)."""
        return _machine(self.provenance) if self.provenance else None

    @cached_property
    def machines(self) -> frozenset[str]:
        """All machines that the trial's figures were measured on: more than one if it was continued elsewhere."""
        measured = [each.measurement for each in self.state.experiments] + ([self.graded] if self.graded else [])
        others = {id(each.provenance): each.provenance for each in measured if each.provenance is not self.provenance}
        lines = {_machine(each) for each in others.values()} | {self.machine}
        return frozenset(line for line in lines if line is not None)

    @property
    def graded(self) -> Measurement | None:
        """The final grade's measurement."""
        return self.state.grade.measurement if self.state.grade else None

    @property
    def verdict(self) -> Verdict | None:
        """The final grade's."""
        return self.graded.verdict if self.graded else None

    @property
    def score(self) -> float | None:
        """The final grade's, not cut; None for anything but `ok`."""
        return self.graded.score if self.graded else None

    @property
    def reward(self) -> float | None:
        """The final grade's, in [0, 1]; 0 for status zero; None where there is no grade that counts."""
        return self.state.grade.reward if self.state.grade and self.status in {"scored", "zero"} else None

    @property
    def status(self) -> Status:
        """Where the trial stands, see `Status`."""
        if self.problem is not None:
            return "unreadable"
        match self.verdict:
            case None:
                return "unfinished"
            case "ok":
                return "scored"
            case "lab_error":
                return "void"
            case _:
                return "zero"

    @property
    def flags(self) -> tuple[str, ...]:
        """The grade's review marks; a quarantined grade is one, too."""
        if self.graded is None:
            return ()
        return (*self.graded.flags, *(("quarantined",) if self.verdict == "quarantined" else ()))

    @property
    def counted(self) -> tuple[Experiment, ...]:
        """The experiments that count: verdict ok, with a score, of a state that no person vetoed."""
        vetoed = self.state.vetoed_trees
        return tuple(
            each for each in self.state.experiments
            if each.measurement.verdict == "ok" and each.measurement.score is not None and each.tree not in vetoed
        )  # fmt: skip

    def lines(self) -> list[Line]:
        """The whole ledger, read again: model calls, commands, states, samples. LedgerError if it cannot be read."""
        return read_ledger(self.folder / LEDGER)

    def _part(self, index: int) -> str:
        parts = self.name.split("__")
        return parts[index] if index < len(parts) else "?"


def read_trials(folders: Iterable[Path]) -> tuple[Trial, ...]:
    """All trials of these runs and trials, each once, by task, agent, attempt, run and name.

    AutolabError for a folder that is neither.
    """
    with _no_collector():
        found = {stored.folder.resolve(): view(stored) for folder in folders for stored in _stored(folder)}
    return tuple(sorted(found.values(), key=_order))


def view(stored: StoredTrial) -> Trial:
    """What the store read of a trial, as analysis sees it."""
    return Trial(stored.folder, light(stored.state), stored.problem)


def light(state: TrialState) -> TrialState:
    """The same state with light experiments (see Trial): 5 KB an experiment instead of 35, so that runs fit in memory."""
    if state.started is None:
        return state
    shared = state.started.provenance
    experiments = tuple(_light_experiment(each, shared) for each in state.experiments)
    best = experiments[state.best.number - 1] if state.best else None
    grade = state.grade and state.grade.model_copy(update={"measurement": _light(state.grade.measurement, shared)})
    return replace(state, experiments=experiments, best=best, grade=grade)


def _machine(provenance: Provenance) -> str | None:
    facts = provenance.machine
    return ", ".join(f"{name} {facts[name]}" for name in MACHINE if name in facts) or None


def _stored(folder: Path) -> Iterator[StoredTrial]:
    """One at a time: as they are stored, a run's trials are too large to be held together."""
    for each in [folder] if is_trial(folder) else trial_folders(folder):
        yield read_trial(each)


def _order(trial: Trial) -> tuple[Any, ...]:
    return trial.task, trial.agent, trial.attempt or 0, trial.run, trial.name


def _light_experiment(experiment: Experiment, shared: Provenance) -> Experiment:
    return experiment.model_copy(update={"measurement": _light(experiment.measurement, shared)})


def _light(measurement: Measurement, shared: Provenance) -> Measurement:
    paired = measurement.paired and measurement.paired.model_copy(update={"pairs": ()})
    provenance = shared if measurement.provenance == shared else measurement.provenance
    nothing: dict[str, Any] = {"samples": (), "profile": (), "dropped": (), "build_output": "", "run_output": ""}
    return measurement.model_copy(update={**nothing, "paired": paired, "provenance": provenance})


@contextmanager
def _no_collector() -> Iterator[None]:
    """Ledgers hold no reference cycles; collecting while a run is read doubles the time it takes."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
