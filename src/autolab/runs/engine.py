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
    problems: list[str] = []
    for plan in plans:
        try:
            make_room(plan)
            if stop_asked(plan.folder.parent.parent):
                break
            run_trial(plan, sandbox, functools.partial(watcher, plan.name))
        except (AutolabError, OSError) as error:
            problems.append(f"{plan.name}: {error}")
            if (full := no_room(plan)) is not None:
                problems = [*problems[-1:], full]
                break
    if problems:
        raise RunFailed("; ".join(problems))


def may_begin(work: Work) -> bool:
    """Whether the trial is to be run now: it is not finished, and nobody asked the run to begin no more."""
    make_room(work.trial)
    if stop_asked(work.trial.folder.parent.parent):
        return False
    return not is_trial(work.trial.folder) or read_trial(work.trial.folder).state.ended is None


def no_room(plan: TrialPlan) -> str | None:
    """What to say where a trial failed on a full disk, on which no other is worth beginning; None where there is room."""
    if not is_full(plan.folder):
        return None
    return f"the disk of {plan.folder} is full, and the run pauses; make room, then run the same command again"


def make_room(plan: TrialPlan) -> None:
    """Makes the trial's folder, before anybody looks whether the run is to stop.

    Who asks for a stop looks for folders after asking: so a trial either does not begin, or finds the wish in its mailbox.
    """
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AutolabError(f"{plan.folder}: cannot be made: {error.strerror or error}; mend the folder") from error
