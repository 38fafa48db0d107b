"""A trial by hand: opened, worked in call by call by a person or any program, closed. Nothing runs between calls.

All that a call needs lies in the trial's folder: `opened.json` says how it was opened, the ledger what happened since,
`bench/app` is the working copy. A call that is killed leaves what every killed lab leaves, and the next one goes on.

The wall budget runs from the opening to the closing, between calls too, by the times of the ledger's lines. What was
changed from outside and not seen by a call before the budget's end does not count.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autolab.agents.bench import BudgetSpent
from autolab.agents.human import Human
from autolab.errors import AutolabError
from autolab.lab.bench import LabBench
from autolab.lab.budget import Budget
from autolab.lab.feedback import TRUE, Blinded, Feedback, parse_feedback, through
from autolab.lab.journal import Journal, Listener
from autolab.lab.trial import Trial, TrialPlan, at_work, why_closed
from autolab.ledger.durable import replace_file
from autolab.ledger.records import Line
from autolab.ledger.replay import TrialState
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task

OPENED = "opened.json"


class BenchSpent(AutolabError):  # noqa: N818 - an ending
    """The budget of a bench is used up; it can only be closed."""

    exit_code = 3


@dataclass(frozen=True)
class Opening:
    """How a trial by hand is opened. `seed`: of its development inputs."""

    task: Task
    budget: Budget
    seed: int
    feedback: Feedback = TRUE


def open_by_hand(run: Path, opening: Opening, sandbox: Sandbox) -> Path:
    """Makes a trial in the run's folder with the next free number, and opens its bench. The trial's folder."""
    folder, attempt = _next_free(run / "trials", f"{opening.task.name}__{Human.name}")
    _write_opened(folder, _facts(opening, run.name, attempt))
    with working(folder, sandbox):
        return folder


def prepare_by_hand(folder: Path, opening: Opening) -> None:
    """Makes `folder` a trial that `working` opens. One that is there already stays, if it was opened in the same way."""
    facts = _facts(opening, folder.absolute().parent.name, 1)
    if (folder / OPENED).exists():
        before = _read_opened(folder)
        for name, now in facts.items():
            if before.get(name) != now:
                raise AutolabError(f"{folder}: was opened with {name} {before.get(name)}, now {now}; give another folder")
        return
    if (folder / "ledger.jsonl").exists():
        raise AutolabError(f"{folder}: a trial that was not opened by hand lies there; give another folder")
    _write_opened(folder, facts)


@contextlib.contextmanager
def working(folder: Path, sandbox: Sandbox, listener: Listener | None = None) -> Iterator[LabBench | Blinded]:
    """The bench of a trial by hand for one call. What was changed in it from outside has become a state.

    BenchSpent: the budget is used up, before the call or in it. AutolabError: closed, or no such trial; LedgerError:
    another call works in it, which is named.
    """
    with _trial(folder, sandbox, listener) as (journal, trial, plan):
        if journal.state.closed is not None:
            raise AutolabError(f"{folder}: this bench is closed; look at it with autolab show, or end it with autolab bench close")
        bench = trial.open_bench(keep=True)
        try:
            bench.status()  # raises BudgetSpent where there is nothing left
            yield through(plan.feedback, bench)
        except BudgetSpent as spent:
            raise BenchSpent(f"{folder.name}: {spent}; close it for its grade: autolab bench close {folder}") from spent


def close_by_hand(folder: Path, sandbox: Sandbox, listener: Listener | None = None) -> TrialState:
    """Destroys the bench, grades, ends the trial. One that was cut off while closing is closed by closing it again."""
    with _trial(folder, sandbox, listener) as (journal, trial, _):
        if journal.state.ended is None:
            if journal.state.closed is None:
                trial.close_bench(*why_closed(trial.open_bench(keep=True), otherwise="finished"))
            trial.finish()
        return journal.state


def wall_used(lines: Iterable[Line], now: datetime) -> float:
    """Seconds of a wall budget that runs between calls: the last figure in the ledger, and the time since that line."""
    used, since = 0.0, None
    for line in lines:
        if line.record.type == "trial_started":
            since = line.time
        elapsed = getattr(line.record, "elapsed", None)
        if elapsed is not None:
            used, since = elapsed, line.time
    passed = (now - datetime.fromisoformat(since)).total_seconds() if since else 0.0
    return used + max(0.0, passed)  # a clock that was set back gives nothing away


@contextlib.contextmanager
def _trial(folder: Path, sandbox: Sandbox, listener: Listener | None) -> Iterator[tuple[Journal, Trial, TrialPlan]]:
    plan = _plan(folder)
    journal = Journal(folder / "ledger.jsonl", listener)
    try:
        with at_work(plan, sandbox, journal, wall_used(journal.found, datetime.now(UTC))) as trial:
            trial.begin(resumes=False)
            yield journal, trial, plan
    finally:
        journal.close()


def _facts(opening: Opening, run: str, attempt: int) -> dict[str, Any]:
    return {
        "task": str(opening.task.folder.resolve()), "run": run, "attempt": attempt, "seed": opening.seed,
        **opening.budget.recorded(), "feedback": opening.feedback.words,
    }  # fmt: skip


def _write_opened(folder: Path, facts: Mapping[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / OPENED, json.dumps(facts, indent=2).encode())
    except OSError as error:
        raise AutolabError(f"{folder}: cannot be written: {error.strerror or error}; make room or give another folder") from error


def _read_opened(folder: Path) -> dict[str, Any]:
    place = folder / OPENED
    try:
        facts = json.loads(place.read_bytes())
    except FileNotFoundError as error:
        raise AutolabError(f"{folder} was not opened by hand: it has no {OPENED}; open a bench with autolab bench open TASK") from error
    except (OSError, ValueError) as error:
        raise AutolabError(f"{place} cannot be read: {error!r}; open another bench") from error
    return facts if isinstance(facts, dict) else {}


def _plan(folder: Path) -> TrialPlan:
    facts = _read_opened(folder)
    try:
        return TrialPlan(
            task=load_task(facts["task"]), agent=Human(), budget=Budget.of(facts),
            folder=folder, run=facts["run"], attempt=facts["attempt"], seed=facts["seed"], cases_seed=facts["seed"],
            feedback=parse_feedback(facts["feedback"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise AutolabError(f"{folder / OPENED} cannot be read: {error!r}; open another bench") from error


def _next_free(trials: Path, stem: str) -> tuple[Path, int]:
    """A new folder that no other opening has."""
    attempt = 1
    try:
        trials.mkdir(parents=True, exist_ok=True)
        while True:
            with contextlib.suppress(FileExistsError):
                (folder := trials / f"{stem}__{attempt}").mkdir()
                return folder, attempt
            attempt += 1
    except OSError as error:
        raise AutolabError(f"{trials}: cannot be written: {error.strerror or error}; give another --out") from error
