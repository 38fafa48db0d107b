"""What `run` and `resume` share: hold the run, work off its trials, show what came out."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import typer

from autolab.cli.output import print_json, say
from autolab.cli.progress import progress
from autolab.cli.results import print_results, run_data
from autolab.lab.mailbox import Mailbox
from autolab.runs.engine import run_trials, works_of
from autolab.runs.hold import hold
from autolab.runs.jobs import run_in_processes
from autolab.runs.manifest import entry_of, read_manifest, with_plan, write_manifest
from autolab.runs.plan import RunPlan, expand
from autolab.runs.store import read_run, read_trial, unbegun
from autolab.sandbox.bubblewrap import default_sandbox


def work(folder: Path, plan: RunPlan | None, jobs: int | None, *, as_json: bool) -> None:
    """Brings the trials of `plan` to their end, or those of every plan of the run, and prints the results.

    `jobs` None: as many at once as the run was last asked for.
    """
    names: set[str] = set()
    try:
        carry_out(folder, plan, jobs, names)
    finally:
        if names:
            _show(folder, names, as_json)


def carry_out(folder: Path, plan: RunPlan | None, jobs: int | None, names: set[str] | None = None) -> None:
    """The same without printing results. `names`: takes the names of the trials once they are known."""
    if plan is not None:
        expand(plan, folder)  # what is wrong with the plan is said before anything is written
    elif not folder.is_dir():
        read_manifest(folder)  # says so
    with _terminable(), hold(folder) as held:
        manifest = read_manifest(folder) if plan is None else with_plan(folder, plan, jobs or 1)
        works = works_of(manifest.plans if plan is None else [entry_of(plan)], folder)
        jobs = jobs or manifest.jobs
        write_manifest(folder, manifest.model_copy(update={"jobs": jobs}))
        for left in unbegun(folder):  # wishes of people to a lab that is gone
            Mailbox(left).clear()
        sandbox = default_sandbox()
        for missing in sandbox.in_force().missing:
            say(f"autolab: not in force: {missing}")
        say(f"autolab: {len(works)} trial{'s' if len(works) > 1 else ''} in {folder}")
        trials = [each.trial for each in works]
        if names is not None:
            names.update(trial.name for trial in trials)
        try:
            with progress({trial.name: read_trial(trial.folder).state for trial in trials}) as watcher:
                if jobs == 1:
                    run_trials(trials, sandbox, watcher)
                else:
                    run_in_processes(works, jobs, watcher, held)
        except KeyboardInterrupt:
            say("autolab: stopped; what was measured is kept, the same command continues")
            raise typer.Exit(130) from None


def _show(folder: Path, names: set[str], as_json: bool) -> None:
    if (folder / "trials").is_dir():
        done = [trial for trial in read_run(folder) if trial.name in names]
        print_json(run_data(folder, done)) if as_json else print_results(folder, done)


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM and SIGHUP end the work in the orderly way of Ctrl-C, with exit code 128 + the signal's number."""

    def leave(number: int, frame: object) -> NoReturn:
        del frame
        for each in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # once: an orderly end is not to be broken off
        say(f"autolab: {signal.Signals(number).name}: stopped; what was measured is kept, the same command continues")
        sys.exit(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # nohup
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
