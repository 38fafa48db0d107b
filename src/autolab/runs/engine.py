"""Running trials on this machine, one after another in this process; jobs.py runs several at once."""

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.errors import AutolabError
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.durable import is_full
from autolab.ledger.records import AnyRecord
from autolab.runs.hold import stop_asked
from autolab.runs.manifest import PlanEntry, plan_of
from autolab.runs.plan import with_agents
from autolab.runs.store import is_trial, read_trial
from autolab.sandbox.box import Sandbox

Watcher = Callable[[str, AnyRecord], None]
"""Told of every record of every trial, by the trial's name, once it is on disk."""


class RunFailed(AutolabError):  # noqa: N818 - an outcome
    """Some trials could not be brought to their end; the others are done."""

    exit_code = 1


class Problems:
    """Why trials were not brought to their end. `full`: the disk on which they failed, where no other is to begin."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self.full: Path | None = None

    def add(self, plan: TrialPlan, text: str) -> None:
        """What stopped a trial."""
        self._texts[plan.name] = text.removeprefix(f"{plan.name}: ")
        if is_full(plan.folder):
            self.full = plan.folder.parent.parent

    def tell(self) -> None:
        """RunFailed if there are any. Trials that a full disk stopped have one story, whatever each of them met first."""
        if self.full is not None:
            names = ", ".join(self._texts)
            raise RunFailed(f"the disk of {self.full} is full, which stopped {names}; make room, then run the same command again")
        if self._texts:
            raise RunFailed("; ".join(f"{name}: {text}" for name, text in self._texts.items()))


@dataclass(frozen=True)
class Work:
    """A trial to do, and what another process needs to make the same plan of it."""

    trial: TrialPlan
    entry: PlanEntry
    agent: str  # as typed after -a


def works_of(entries: Iterable[PlanEntry], folder: Path) -> list[Work]:
    """Every trial of these plans once."""
    found: dict[str, Work] = {}
    for entry in entries:
        for agent, trial in with_agents(plan_of(entry), folder):
            found.setdefault(trial.name, Work(trial, entry, agent))
    return list(found.values())


def run_trials(plans: Sequence[TrialPlan], sandbox: Sandbox, watcher: Watcher) -> None:
    """Runs what is not finished yet. One trial's failure does not stop the others; at the end RunFailed names them."""
    problems = Problems()
    for plan in plans:
        try:
            make_room(plan)
            if stop_asked(plan.folder.parent.parent):
                break
            run_trial(plan, sandbox, functools.partial(watcher, plan.name))
        except (AutolabError, OSError) as error:
            problems.add(plan, str(error))
            if problems.full is not None:
                break
    problems.tell()


def may_begin(work: Work) -> bool:
    """Whether the trial is to be run now: it is not finished, and nobody asked the run to begin no more."""
    make_room(work.trial)
    if stop_asked(work.trial.folder.parent.parent):
        return False
    return not is_trial(work.trial.folder) or read_trial(work.trial.folder).state.ended is None


def make_room(plan: TrialPlan) -> None:
    """Makes the trial's folder, before anybody looks whether the run is to stop.

    Who asks for a stop looks for folders after asking: so a trial either does not begin, or finds the wish in its mailbox.
    """
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AutolabError(f"{plan.folder}: cannot be made: {error.strerror or error}; mend the folder") from error
