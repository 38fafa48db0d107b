"""A trial by hand, as a person types it: open, edit, exec, lab, close, and what the ledger makes of it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_tasks import REFERENCE_C, WRONG_C, make_small_task

ID = "small__human__1"


def autolab(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, capture_output=True, text=True)


def right(*words: str, cwd: Path) -> str:
    done = autolab(*words, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path, sandbox: object) -> Path:
    make_small_task(tmp_path / "small")
    return tmp_path


def test_a_trial_by_hand_is_shown_like_any_other(folder: Path) -> None:
    said = right("bench", "open", "./small", "--wall", "300", "--experiments", "9", cwd=folder)
    trial = f"runs/by-hand/trials/{ID}"
    app = folder / trial / "bench/app"
    for word in (f"autolab bench exec {ID}", f"autolab bench lab {ID} measure -m", f"autolab bench close {ID}", f"{trial}/bench/app", "Window sums"):
        assert word in said
    assert right("bench", "exec", ID, "--", "sh", "-c", "pwd; ls", cwd=folder).split() == ["/app", "build.sh", "main.c", "solve.c"]
    assert "score 0.0000" in right("bench", "lab", ID, "measure", "-m", "the start", cwd=folder)
    (app / "solve.c").write_text(WRONG_C)  # with an editor
    script = "lab measure -m 'off by a bit' --json; lab status; exit 7"
    inside = autolab("bench", "exec", ID, "--", "sh", "-c", script, cwd=folder)
    assert (inside.returncode, '"wrong_output"' in inside.stdout, "7 experiments left" in inside.stdout) == (7, True, True)
    (app / "solve.c").write_text(REFERENCE_C)
    third = json.loads(right("bench", "lab", ID, "measure", "-m", "a running sum", "--expect", "50x", "--json", cwd=folder))
    assert (third["number"], third["verdict"], third["best"]) == (3, "ok", True)
    assert "best: experiment 3" in right("bench", "status", ID, cwd=folder)
    assert "sum -= in[i - 256]" in right("bench", "lab", ID, "diff", "3", cwd=folder)
    right("bench", "lab", ID, "restore", "1", cwd=folder)
    assert "sum -=" not in (app / "solve.c").read_text()
    closed = json.loads(right("bench", "close", ID, "--json", cwd=folder))
    assert (closed["state"], closed["agent"], closed["verdict"]) == ("done (finished)", "human", "ok")
    assert closed["score"] == pytest.approx(1.0, abs=0.05)
    assert not (folder / trial / "bench").exists()

    shown = json.loads(right("show", trial, "--json", cwd=folder))
    assert [each["verdict"] for each in shown["history"]] == ["ok", "wrong_output", "ok"]
    assert shown["score"] == closed["score"]
    assert "sum -= in[i - 256]" in right("show", trial, "--diff", cwd=folder)
    records = [json.loads(line)["record"] for line in (folder / trial / "ledger.jsonl").read_text().splitlines()]
    assert [each["cause"] for each in records if each["type"] == "state"] == ["start", "write", "write", "restore"]
    assert records[-1]["type"] == "trial_ended"
    experiments = [each for each in records if each["type"] == "experiment"]
    assert experiments[2]["parent"] == experiments[1]["commit"]
    assert experiments[2]["expected"] == 50

    late = autolab("bench", "exec", ID, "--", "true", cwd=folder)
    assert (late.returncode, late.stderr.count("\n"), "closed" in late.stderr) == (2, 1, True)
    assert json.loads(right("bench", "close", ID, "--json", cwd=folder)) == closed


def test_a_second_terminal_is_told_who_works_in_the_bench(folder: Path) -> None:
    trial = Path(json.loads(right("bench", "open", "./small", "--out", "elsewhere", "--json", cwd=folder))["id"])
    words = [sys.executable, "-m", "autolab.cli.main", "bench", "exec", str(trial), "--", "sh", "-c", "echo > started; sleep 60"]
    first = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(folder / trial / "bench/app/started")
        second = autolab("bench", "lab", str(trial), "status", cwd=folder)
        assert (second.returncode, second.stderr.count("\n")) == (2, 1)
        assert f"in use by pid {first.pid}" in second.stderr
        first.kill()  # without a chance to tidy up
        first.wait()
        assert "left" in right("bench", "status", str(trial), cwd=folder)
        assert (folder / trial / "bench/app/started").exists()
    finally:
        first.kill()
        first.wait()


def test_a_spent_budget_is_said_and_later_edits_do_not_count(folder: Path) -> None:
    opened = json.loads(right("bench", "open", "./small", "--experiments", "1", "--json", cwd=folder))
    assert opened["editable"] == ["solve.c"]
    right("bench", "lab", ID, "measure", "-m", "the start", cwd=folder)
    (folder / opened["app"] / "solve.c").write_text(REFERENCE_C)
    for words in (("exec", ID, "--", "true"), ("lab", ID, "measure", "-m", "more"), ("status", ID)):
        spent = autolab("bench", *words, cwd=folder)
        assert (spent.returncode, spent.stderr.count("\n")) == (3, 1)
        assert "experiments budget is used up" in spent.stderr
        assert "autolab bench close" in spent.stderr
    closed = json.loads(right("bench", "close", ID, "--json", cwd=folder))
    assert (closed["state"], closed["score"], closed["experiments"]) == ("done (experiments)", 0.0, 1)


def test_the_wall_budget_runs_between_calls(folder: Path) -> None:
    right("bench", "open", "./small", "--wall", "1", cwd=folder)
    time.sleep(1)
    spent = autolab("bench", "status", ID, cwd=folder)
    assert (spent.returncode, "wall budget is used up" in spent.stderr) == (3, True)


def test_a_call_that_is_killed_loses_nothing_that_was_measured(folder: Path) -> None:
    right("bench", "open", "./small", cwd=folder)
    ledger = folder / "runs/by-hand/trials" / ID / "ledger.jsonl"
    script = "for i in 1 2 3 4 5 6 7 8 9; do echo '/* more */' >> solve.c; lab measure -m again; done"
    words = [sys.executable, "-m", "autolab.cli.main", "bench", "exec", ID, "--", "sh", "-c", script]
    call = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end and '"experiment"' not in ledger.read_text():
        time.sleep(0.02)
    os.kill(call.pid, signal.SIGKILL)
    call.wait()
    before = ledger.read_text()
    assert before.count('"type":"experiment"') >= 1
    again = json.loads(right("bench", "lab", ID, "measure", "-m", "after the kill", "--json", cwd=folder))
    assert again["number"] == before.count('"type":"experiment"') + 1


def test_benches_are_numbered_and_a_name_in_two_runs_is_asked_about(folder: Path) -> None:
    right("bench", "open", "./small", cwd=folder)
    assert "small__human__2" in right("bench", "open", "./small", cwd=folder)
    right("bench", "open", "./small", "--name", "other", cwd=folder)
    both = autolab("bench", "status", ID, cwd=folder)
    assert (both.returncode, "several runs" in both.stderr) == (2, True)
    for words, said in (
        (("bench", "status", "nothing"), "no bench 'nothing'"),
        (("bench", "status", "./small"), "opened by hand"),
        (("bench", "lab", "small__human__2", "nonsense"), "lab --help"),
        (("bench", "lab", "small__human__2", "show", "4"), "no experiment 4"),
        (("bench", "open", "./small", "--feedback", "no"), "--feedback"),
    ):
        done = autolab(*words, cwd=folder)
        assert (done.returncode, done.stderr.count("\n"), said in done.stderr) == (2, 1, True), done.stderr


def test_a_bench_can_withhold_its_feedback(folder: Path) -> None:
    right("bench", "open", "./small", "--feedback", "withheld", cwd=folder)
    assert "recorded" in right("bench", "lab", ID, "measure", "-m", "the start", cwd=folder)
    refused = autolab("bench", "exec", ID, "--", "true", cwd=folder)
    assert (refused.returncode, "withheld" in refused.stderr) == (126, True)


def _await(place: Path) -> None:
    end = time.monotonic() + 30
    while not place.exists():
        assert time.monotonic() < end, place
        time.sleep(0.02)
