"""A run of many trials that is interrupted in different ways ends with each of them exactly once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from small_tasks import make_points_task

from autolab.runs.store import read_run

TASKS = ("north", "east", "south", "west")
ATTEMPTS = 3
EXPERIMENTS = {"nop": 1, "climb": 2}
TRIALS = len(TASKS) * len(EXPERIMENTS) * ATTEMPTS


def begin(folder: Path) -> "subprocess.Popen[str]":
    tasks = [f"./{name}" for name in TASKS]
    options = ["--attempts", str(ATTEMPTS), "--experiments", "2", "--jobs", "2", "--name", "all"]
    words = [sys.executable, "-m", "autolab.cli.main", "run", *tasks, "-a", ",".join(EXPERIMENTS), *options]
    return subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, process_group=0)


def finished(run: Path) -> dict[str, bytes]:
    """The ledgers of the trials that are done."""
    found = {ledger.parent.name: ledger.read_bytes() for ledger in run.glob("trials/*/ledger.jsonl")}
    return {name: text for name, text in found.items() if b'"type":"trial_ended"' in text}


def await_finished(run: Path, number: int, lab: "subprocess.Popen[str]") -> dict[str, bytes]:
    end = time.monotonic() + 250
    while len(done := finished(run)) < number:
        assert lab.poll() is None, lab.stderr.read() if lab.stderr else ""
        assert time.monotonic() < end
        time.sleep(0.01)
    return done


def worker_of(lab: int) -> int:
    """A process that does a trial for this lab."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        for pid in Path(f"/proc/{lab}/task/{lab}/children").read_text().split():
            if b"autolab.runs.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        time.sleep(0.001)
    raise AssertionError("no worker")


@pytest.mark.timeout(600)
def test_24_trials_two_at_once_interrupted_three_times_are_each_done_exactly_once(sandbox: object, tmp_path: Path) -> None:
    for name in TASKS:
        make_points_task(tmp_path / name)
    run = tmp_path / "runs" / "all"

    lab = begin(tmp_path)
    first = await_finished(run, 3, lab)
    os.killpg(lab.pid, signal.SIGINT)  # as a terminal does it
    _, said = lab.communicate(timeout=100)
    assert (lab.returncode, "the same command continues" in said) == (130, True)

    lab = begin(tmp_path)
    second = await_finished(run, 8, lab)
    lab.kill()
    lab.communicate(timeout=100)

    lab = begin(tmp_path)
    third = await_finished(run, 13, lab)
    os.kill(worker_of(lab.pid), signal.SIGKILL)
    _, said = lab.communicate(timeout=250)
    assert (lab.returncode, "its process ended with SIGKILL; run the same command again" in said) == (1, True)

    lab = begin(tmp_path)
    _, said = lab.communicate(timeout=250)
    assert lab.returncode == 0, said
    last = finished(run)
    for before in (first, second, third):
        assert before.items() <= last.items(), "what was finished stays to the byte"
    trials = read_run(run)
    assert len(trials) == len(last) == TRIALS == 24
    for trial in trials:
        records = Counter(line for line in _types(last[trial.name]))
        assert (records["trial_started"], records["grade"], records["trial_ended"]) == (1, 1, 1)
        assert len(trial.state.experiments) == EXPERIMENTS[trial.name.split("__")[1]]
        assert {each.name for each in trial.folder.iterdir()} - {"mailbox", "memory"} == {"ledger.jsonl", "history.git"}
    assert sum(trial.state.resumed for trial in trials) >= 1


def _types(ledger: bytes) -> list[str]:
    import json

    return [json.loads(line)["record"]["type"] for line in ledger.splitlines()]
