"""Several trials at once, and what another terminal can do to them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from small_tasks import make_quick_task

from autolab.runs.store import read_run, read_trial

AGENTS = '''
import os, signal, time

class Dies:
    name = "dies"
    def run(self, bench):
        os.kill(os.getpid(), signal.SIGKILL)

class Waits:
    """Until a person says something."""
    name = "waits"
    def run(self, bench):
        print("waiting")
        if bench.status().experiments == 0:
            bench.measure("first")
        while not bench.status().notes:
            time.sleep(0.05)
'''


def autolab(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, capture_output=True, text=True)


def begin(*words: str, cwd: Path) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, stdout=pipe, stderr=pipe, text=True, process_group=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sandbox: object) -> Path:
    place = tmp_path_factory.mktemp("jobs")
    make_quick_task(place / "small")
    (place / "mine.py").write_text(AGENTS)
    return place


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 100
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def experiments(run: Path) -> list[int]:
    return [len(trial.state.experiments) for trial in read_run(run)] if (run / "trials").is_dir() else []


def test_a_crash_of_one_trial_hurts_no_other_and_is_named(folder: Path) -> None:
    done = autolab("run", "./small", "-a", "mine.py:Dies,nop", "--jobs", "2", "--name", "crash", "--json", cwd=folder)
    assert done.returncode == 1
    assert "small__dies__1: its process ended with SIGKILL" in done.stderr
    state = {trial["agent"]: trial["state"] for trial in json.loads(done.stdout)["trials"]}
    assert state == {"dies": "unfinished", "nop": "done (finished)"}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_every_worker_and_resume_goes_on(folder: Path, number: signal.Signals, code: int) -> None:
    run = folder / "runs" / f"sig{code}"
    process = begin("run", "./small", "-a", "mine.py:Waits", "--attempts", "2", "--jobs", "2", "--name", run.name, cwd=folder)
    wait_for(lambda: experiments(run) == [1, 1])
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does it
    else:
        process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert [trial.state.closed.reason for trial in read_run(run) if trial.state.closed] == ["interrupted"] * 2
    for trial in read_run(run):
        assert autolab("note", str(trial.folder), "go on", cwd=folder).returncode == 0
    done = autolab("resume", str(run), "--json", cwd=folder / "small")
    assert done.returncode == 0, done.stderr
    assert [trial["experiments"] for trial in json.loads(done.stdout)["trials"]] == [1, 1]
    assert [trial["state"] for trial in json.loads(done.stdout)["trials"]] == ["done (finished)"] * 2


def test_another_terminal_watches_notes_vetoes_and_stops(folder: Path) -> None:
    run = folder / "runs" / "people"
    words = ("run", "./small", "-a", "mine.py:Waits", "--attempts", "3", "--jobs", "2", "--name", "people")
    process = begin(*words, cwd=folder)
    wait_for(lambda: experiments(run) == [1, 1])
    watching = begin("watch", str(run), "--json", cwd=folder)
    first, second = (trial.folder for trial in read_run(run))
    second_lab = autolab(*words, cwd=folder)
    assert (second_lab.returncode, f"in use by pid {process.pid}" in second_lab.stderr) == (2, True)
    stopped = autolab("stop", str(run), "--reason", "late", cwd=folder)
    assert "small__waits__2: left for the lab" in stopped.stderr
    _, said = process.communicate(timeout=100)
    assert process.returncode == 0, said
    records, _ = watching.communicate(timeout=60)
    told = [json.loads(line) for line in records.splitlines()]
    assert sum(each["record"]["type"] == "trial_ended" for each in told) == 2
    assert len({(each["trial"], each["seq"]) for each in told}) == len(told)
    for trial in (first, second):
        state = read_trial(trial).state
        assert state.closed is not None
        assert (state.closed.reason, state.stop and state.stop.reason) == ("stopped", "late")
    assert len(read_run(run)) == 2, "the third is not begun"
    late = autolab("veto", str(first), "1", "--reason", "late", cwd=folder)
    assert (late.returncode, "graded already" in late.stderr) == (2, True)


def test_a_vetoed_experiment_is_shown_and_a_replay_measures_the_states_again(folder: Path) -> None:
    autolab("run", "./small", "-a", "oracle", "--name", "first", cwd=folder)
    stored = folder / "runs/first/trials/small__oracle__1"
    done = autolab("run", "./small", "-a", f"replay:{stored}", "--jobs", "2", "--name", "again", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = read_trial(folder / "runs/again/trials/small__replay-oracle-1__1").state
    before = read_trial(stored).state
    assert [each.hypothesis for each in found.experiments] == ["a state that was not measured (start)", "the task's reference"]
    assert found.experiments[1].tree == before.experiments[0].tree
    assert found.experiments[1].measurement.counted == before.experiments[0].measurement.counted


def test_wrong_words_are_one_line(folder: Path) -> None:
    for words, said in (
        (("resume", "nowhere"), "run.json"),
        (("watch", "small"), "is no run"),
        (("stop", "small"), "is no run"),
        (("note", "small", "x"), "is no trial"),
        (("veto", "small", "1", "--reason", "x"), "is no trial"),
        (("run", "./small", "-a", "replay:small"), "replay:small"),
        (("run", "./small", "-a", "nop", "--jobs", "999"), "--jobs"),
    ):
        done = autolab(*words, cwd=folder)
        assert done.returncode == 2, words
        assert said in done.stderr
        assert "Traceback" not in done.stderr
