"""run.json: what a run is to hold, so that it can be continued without repeating the command's options."""

import json
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from autolab import __version__
from autolab.errors import AutolabError
from autolab.lab.budget import FIELDS
from autolab.ledger.durable import replace_file
from autolab.ledger.records import Record
from autolab.runs.plan import RunPlan
from autolab.task.load import load_task, suite_tasks
from autolab.task.task import Task

RUN_VERSION = 1
MANIFEST = "run.json"


class TaskEntry(Record):
    """A task of a plan: its name and digest, and its folder unless it is one of the suite."""

    name: str
    folder: str | None
    digest: str


class PlanEntry(Record):
    """One plan of a run, as one command gave it. Paths in it are absolute."""

    tasks: tuple[TaskEntry, ...]
    agents: tuple[str, ...]  # as typed after -a
    attempts: int
    wall_s: float | None  # None: each task's own
    experiments: int | None  # None: unlimited
    seed: int
    feedback: str = "true"  # what agents are told
    cpu_s: float | None = None  # None: unlimited, as in the next two
    tokens: int | None = None
    usd: float | None = None


class Manifest(Record):
    """The content of run.json."""

    version: int = RUN_VERSION
    run: str
    autolab: str = __version__
    jobs: int = 1  # trials at once, as last asked for
    plans: tuple[PlanEntry, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """What run.json says. AutolabError where there is none, or it was written by a newer autolab or another program."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_bytes())
        version = found.get("version")
        if isinstance(version, int) and version > RUN_VERSION:
            raise AutolabError(f"{path}: version {version}, this autolab reads up to {RUN_VERSION}; install a newer autolab")
        return Manifest.model_validate(found)
    except OSError as error:
        raise AutolabError(f"{path}: {error.strerror or error}; give the folder of a run, e.g. runs/NAME") from error
    except (ValueError, AttributeError, ValidationError) as error:
        raise AutolabError(f"{path}: cannot be understood; bring back an untouched copy, or give the run another --name") from error


def with_plan(folder: Path, plan: RunPlan, jobs: int) -> Manifest:
    """The run's manifest with this plan in it; the same plan again changes nothing.

    A plan that would do an earlier one's trials under other conditions is refused with an AutolabError.
    """
    before = read_manifest(folder) if (folder / MANIFEST).exists() else Manifest(run=folder.name)
    entry = entry_of(plan)
    if any(entry == each for each in before.plans):
        return before.model_copy(update={"jobs": jobs})
    for each in before.plans:
        _refuse_conflict(folder, each, entry)
    return before.model_copy(update={"jobs": jobs, "plans": (*before.plans, entry)})


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replaces run.json in one step; a kill at any instant leaves the old one or the new one."""
    path = folder / MANIFEST
    try:
        replace_file(path, manifest.model_dump_json(indent=2).encode() + b"\n")
    except OSError as error:
        raise AutolabError(f"{path}: cannot be written: {error.strerror or error}; mend the folder") from error


def entry_of(plan: RunPlan) -> PlanEntry:
    """A plan as run.json has it."""
    return PlanEntry(
        tasks=tuple(TaskEntry(name=task.name, folder=_folder(task), digest=task.digest) for task in plan.tasks),
        agents=tuple(_absolute(agent) for agent in plan.agents),
        attempts=plan.attempts,
        wall_s=plan.wall_s,
        experiments=plan.experiments,
        seed=plan.seed,
        feedback=plan.feedback,
        cpu_s=plan.cpu_s,
        tokens=plan.tokens,
        usd=plan.usd,
    )


def plan_of(entry: PlanEntry) -> RunPlan:
    """The plan that run.json means. AutolabError if a task is gone or is not what it was."""
    return RunPlan(
        tasks=tuple(_task(each) for each in entry.tasks),
        agents=entry.agents,
        attempts=entry.attempts,
        wall_s=entry.wall_s,
        experiments=entry.experiments,
        seed=entry.seed,
        feedback=entry.feedback,
        cpu_s=entry.cpu_s,
        tokens=entry.tokens,
        usd=entry.usd,
    )


def plan_for(entry: PlanEntry, task: str, agent: str) -> RunPlan:
    """The part of the plan that is one agent on one task."""
    found = entry.model_copy(update={"tasks": tuple(each for each in entry.tasks if each.name == task)})
    return replace(plan_of(found), agents=(agent,))


def _task(entry: TaskEntry) -> Task:
    task = load_task(entry.name if entry.folder is None else Path(entry.folder))
    if task.digest != entry.digest:
        raise AutolabError(
            f"{task.folder}: the task is not what the run began with (digest {entry.digest[:12]}, now {task.digest[:12]}); "
            "give the run another --name"
        )
    return task


def _folder(task: Task) -> str | None:
    folder = task.folder.resolve()
    of_suite = task.folder.name in suite_tasks() and load_task(task.folder.name).folder.resolve() == folder
    return None if of_suite else str(folder)


def _absolute(agent: str) -> str:
    """An agent's words with their path made absolute: `file.py:Class`, `replay:FOLDER`."""
    if agent.startswith("replay:"):
        return f"replay:{Path(agent.removeprefix('replay:')).expanduser().absolute()}"
    path, colon, name = agent.rpartition(":")
    return f"{Path(path).expanduser().absolute()}:{name}" if colon and path.endswith(".py") else agent


def _refuse_conflict(folder: Path, before: PlanEntry, now: PlanEntry) -> None:
    """Two plans of a run may share trials only where they mean the same by them."""
    digests = {task.name: task.digest for task in before.tasks}
    shared = [task for task in now.tasks if task.name in digests]
    if not shared or not set(before.agents) & set(now.agents):
        return
    facts = [("the task", digests[task.name][:12], task.digest[:12]) for task in shared]
    facts += [(f"--{name}", getattr(before, field), getattr(now, field)) for name, field in _CONDITIONS]
    for what, old, new in facts:
        if old != new:
            raise AutolabError(f"{folder}: {what} is not what the run began with ({old}, now {new}); give it another --name")


_CONDITIONS = (*FIELDS.items(), ("seed", "seed"), ("feedback", "feedback"))
