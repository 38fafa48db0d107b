"""Kills a trial, or a run, at every named crash point, and does the same again, until it is done exactly once.

    python tests/crash_points.py [--every] [NAME...]

Each point is tried once, with --every as often as a whole trial passes it. After each kill: no process, mount or control
group of it is left, and what was told is in the ledger. At the end: each experiment, act and grade is there once.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from chaos import processes_of
from small_tasks import LINE_TXT, REFERENCE_C, make_points_task, make_quick_task

from autolab import crash
from autolab.agents.bench import Bench
from autolab.lab.budget import Budget
from autolab.lab.mailbox import Mailbox
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import AnyRecord, Note
from autolab.ledger.replay import replay
from autolab.runs.store import read_run
from autolab.sandbox import cgroup_search
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.task.load import load_task

EXPERIMENTS = 3
OF_RUN = ("run.held", "run.spawned", "run.worker")
_GONE_S = 30.0  # for what is left of a killed lab to be gone; the kernel needs milliseconds on an idle machine
_CHANGE = "sed -i '1s/.*/0/' table.txt; lab measure -m 'from inside'"


class Busy:
    """Does all that an agent can, three experiments of it, and goes on where it was killed."""

    name = "busy"

    def __init__(self, trial: Path) -> None:
        self._trial = trial

    def run(self, bench: Bench) -> None:
        if not bench.status().notes:
            Mailbox(self._trial).post(Note(author="person", text="hello"))
        bench.save(b"what it wants to have again")
        while True:
            match bench.status().experiments:
                case 0:
                    bench.measure("the start")
                case 1:
                    bench.exec(("sh", "-c", _CHANGE))
                case _:
                    bench.restore(1)
                    bench.write("table.txt", LINE_TXT.encode())
                    bench.submit(2)
                    bench.measure("a line")


class Timed:
    """Has something timed while a command of it runs."""

    name = "timed"

    def run(self, bench: Bench) -> None:
        bench.write("solve.c", REFERENCE_C.encode())
        while True:
            bench.exec(("sh", "-c", "sleep 100 & lab measure -m 'a running sum'; kill $!"))


def campaign(folder: Path, names: list[str], *, every: bool) -> int:
    """Kills at these points, all of them where there are none, and gives the number of kills."""
    task = make_points_task(folder / "task")
    passed = _passed(folder / "undisturbed", task)
    missed = set(crash.POINTS) - set(passed) - {"bench.frozen", *OF_RUN}
    assert not missed, f"points that a whole trial does not pass: {sorted(missed)}"
    kills = 0
    for name in names or crash.POINTS:
        for number in _numbers(name, passed[name], every=every):
            place = folder / f"{name}-{number}"
            print(f"crash points: {name}:{number}", file=sys.stderr, flush=True)
            if name in OF_RUN:
                _kill_run(place, task, name)
            else:
                quick = make_quick_task(folder / "timed") if name == "bench.frozen" else task
                _kill_trial(place, quick, f"{name}:{number}", again=2 if every else 1)
            kills += 1
    return kills


def _numbers(name: str, passed: int, *, every: bool) -> Iterator[int]:
    """At which passings to kill: the first, and of a judge's work the last, too, which is the grade's."""
    if name == "bench.frozen" or name in OF_RUN:
        yield 1
    elif every:
        yield from range(1, passed + 1)
    else:
        yield from (1, passed) if name == "judge.judging" else (1,)


def _plan(place: Path, task: Path) -> TrialPlan:
    trial = place / "run" / "trials" / "task__busy__1"
    timed = task.name == "timed"
    return TrialPlan(
        task=load_task(task), agent=Timed() if timed else Busy(trial), budget=Budget(600, 1 if timed else EXPERIMENTS),
        folder=trial, run="run", attempt=1, seed=1, cases_seed=1,
    )  # fmt: skip


def _passed(place: Path, task: Path) -> Counter[str]:
    """How often a trial that nobody kills passes each point. Warms this process up for its forks."""
    run_trial(_plan(place / "warm", task), default_sandbox())
    os.environ[crash.VARIABLE] = "trial.ending:0"  # counts, and never dies
    run_trial(_plan(place / "counted", task), default_sandbox())
    del os.environ[crash.VARIABLE]
    return Counter(crash.passed)


def _kill_trial(place: Path, task: Path, wanted: str, again: int) -> None:
    """Kills a trial, then runs it `again` times: to its end, and once more, which changes nothing."""
    told = place.with_name(f"{place.name}.told")
    code, pid = _in_fork(place, task, told, wanted)
    assert code == -signal.SIGKILL, f"{wanted}: not passed (exit code {code})"
    _assert_nothing_left(place, pid)
    _assert_kept(place, told)
    for _ in range(again):
        code, pid = _in_fork(place, task, told, "")
        assert code == 0, wanted
        _assert_nothing_left(place, pid)
        _assert_kept(place, told)
        _assert_once(place, _plan(place, task).budget.experiments or 0)


def _in_fork(place: Path, task: Path, told: Path, wanted: str) -> tuple[int, int]:
    """The trial in a process of its own that has imported all already; how it ended, and its pid."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.environ[crash.VARIABLE] = wanted
            crash.passed.clear()
            with told.open("a") as file:

                def tell(record: AnyRecord) -> None:
                    print(record.model_dump_json(), file=file, flush=True)

                run_trial(_plan(place, task), default_sandbox(), tell)
            code = 0
        except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), pid


def _kill_run(place: Path, task: Path, name: str) -> None:
    place.mkdir()
    words = ["run", str(task), "-a", "nop", "--attempts", "2", "--jobs", "2", "--name", "all"]
    command = [sys.executable, "-m", "autolab.cli.main", *words]
    environment = {**os.environ, crash.VARIABLE: name}
    killed = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    _, said = killed.communicate()
    if name == "run.worker":
        assert (killed.returncode, "its process ended with SIGKILL" in said) == (1, True), said
    else:
        assert killed.returncode == -signal.SIGKILL, said
    _assert_nothing_left(place, killed.pid)
    again = subprocess.run(command, cwd=place, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    trials = read_run(place / "runs" / "all")
    assert [trial.state.ended is not None for trial in trials] == [True, True]
    for trial in trials:
        kinds = Counter(line.record.type for line in read_ledger(trial.folder / "ledger.jsonl"))
        assert (kinds["trial_started"], kinds["grade"], kinds["trial_ended"]) == (1, 1, 1)
    _assert_nothing_left(place, killed.pid)


def _assert_nothing_left(place: Path, lab: int) -> None:
    """No process of the killed lab, no mount, and no control group once another lab has looked; nothing in /tmp."""
    end = time.monotonic() + _GONE_S
    while left := [*processes_of(place), *_marked(lab), *_mounts(place)]:
        assert time.monotonic() < end, left
        _reap()
        time.sleep(0.02)
    if (hierarchy := cgroup_search.find()) is not None:
        hierarchy.sweep()
        groups = [group.name for parent in set(hierarchy.parents.values()) for group in parent.iterdir()]
        assert not [name for name in groups if name.startswith(f"{lab}-")], groups
    assert not list(Path(tempfile.gettempdir()).iterdir())


def _marked(lab: int) -> list[str]:
    """Processes that carry the mark of this lab, its guardian among them."""
    mark, found = f"AUTOLAB_LAB={lab}-".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes() + (process / "cmdline").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


def _mounts(place: Path) -> list[str]:
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(place) in line]


def _reap() -> None:
    """Orphans of a killed fork come to this process, which has started boxes."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _assert_kept(place: Path, told: Path) -> None:
    """Each record that was told is in the ledger, in its order, once."""
    ledger = _plan_ledger(place)
    records = [line.record.model_dump_json() for line in read_ledger(ledger)] if ledger.exists() else []
    said = told.read_text().splitlines()
    rest = iter(records)
    assert not (lost := [each[:200] for each in said if each not in rest]), lost
    replay(read_ledger(ledger))  # experiments count 1, 2, 3


def _assert_once(place: Path, experiments: int) -> None:
    ledger = _plan_ledger(place)
    records = [line.record for line in read_ledger(ledger)]
    kinds = Counter(each.type for each in records)
    assert (kinds["trial_started"], kinds["bench_closed"], kinds["grade"], kinds["trial_ended"]) == (1, 1, 1, 1), kinds
    assert kinds["experiment"] == experiments
    people = [each.text for each in records if isinstance(each, Note) and each.author == "person"]
    assert people == (["hello"] if experiments == EXPERIMENTS else [])
    left = {path.name for path in ledger.parent.iterdir()}
    assert left <= {"ledger.jsonl", "ledger.lock", "ledger.torn-1", "history.git", "mailbox", "memory"}, left
    assert not list((ledger.parent / "mailbox").glob("*.json"))


def _plan_ledger(place: Path) -> Path:
    return place / "run" / "trials" / "task__busy__1" / "ledger.jsonl"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*crash.POINTS, []])
    parser.add_argument("--every", action="store_true")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autolab-crash-") as name:
        Path(name).chmod(0o755)
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        (Path(name) / "tmp").mkdir()
        tempfile.tempdir = os.environ["TMPDIR"] = f"{name}/tmp"
        kills = campaign(Path(name), words.names, every=words.every)
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        cpu = sum(each.ru_utime + each.ru_stime for each in used)
        print(json.dumps({"kills": kills, "points": len(words.names or crash.POINTS), "cpu_s": round(cpu, 1)}))
