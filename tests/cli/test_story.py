"""The story of a metric that misleads, told to its end: seen in the gap, vetoed by a person, not graded."""

import json
import runpy
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_tasks import LINE_TXT, make_points_task

AGENT = '''
import time

class Learner:
    """Submits what its metric likes best; tells what its status says once a person has spoken."""
    name = "learner"
    def run(self, bench):
        bench.write("table.txt", LINE)
        bench.measure("the points lie on a line")
        bench.write("table.txt", BY_HEART)
        bench.measure("these points, and nothing of the others")
        bench.note(f"best before: {bench.status().best_experiment}")
        while WAITS and not bench.status().notes:
            time.sleep(0.05)
        status = bench.status()
        bench.note(f"best now: {status.best_experiment}; told: {'; '.join(status.notes)}")
'''
WHY = "it knows the development points by heart"


def autolab(*words: str, cwd: Path) -> str:
    done = subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path, sandbox: object) -> Path:
    task = make_points_task(tmp_path / "points")
    seen = runpy.run_path(str(task / "tests" / "verify.py"))["points"](1)  # of the development seed 1
    by_heart = "".join(f"{seen.get(x, 0)}\n" for x in range(40))
    for name, waits in (("alone", False), ("watched", True)):
        text = AGENT.replace("WAITS", str(waits)).replace("LINE", repr(LINE_TXT.encode()))
        (tmp_path / f"{name}.py").write_text(text.replace("BY_HEART", repr(by_heart.encode())))
    return tmp_path


def shown(trial: str, cwd: Path) -> dict[str, object]:
    return json.loads(autolab("show", trial, "--json", cwd=cwd))


def test_a_metric_that_misleads_is_seen_in_the_gap_and_a_person_s_veto_changes_the_best_the_status_and_the_grade(
    folder: Path,
) -> None:
    autolab("run", "./points", "-a", "alone.py:Learner", "--name", "alone", cwd=folder)
    trial = "runs/alone/trials/points__learner__1"
    misled = shown(trial, folder)
    assert [each["score"] > 1.5 for each in misled["history"]] == [False, True]
    assert misled["score"] < 1, "the figure that looked twice as good as an expert's is not even as good"
    gap = misled["development_gap"]
    assert gap == pytest.approx(misled["history"][1]["score"] - misled["score"])
    assert gap > 1
    assert f"gap         {gap:+.3f}" in autolab("show", trial, cwd=folder)

    words = ("run", "./points", "-a", "watched.py:Learner", "--name", "watched")
    lab = subprocess.Popen([sys.executable, "-m", "autolab.cli.main", *words], cwd=folder, stderr=subprocess.PIPE, text=True)
    ledger = folder / "runs/watched/trials/points__learner__1/ledger.jsonl"
    end = time.monotonic() + 100
    while not ledger.exists() or "best before" not in ledger.read_text():
        assert time.monotonic() < end
        time.sleep(0.05)
    autolab("veto", str(ledger.parent), "2", "--reason", WHY, cwd=folder)
    _, said = lab.communicate(timeout=100)
    assert lab.returncode == 0, said
    honest = shown(str(ledger.parent), folder)
    records = [json.loads(line)["record"] for line in ledger.read_text().splitlines()]
    notes = [each["text"] for each in records if each["type"] == "note"]
    assert notes == ["best before: 2", f"best now: 1; told: experiment 2 was vetoed by a person and does not count: {WHY}"]
    assert honest["vetoes"] == [{"experiment": 2, "reason": WHY}]
    assert (honest["score"], honest["development_gap"]) == (1, 0), "experiment 1 is graded, which is the reference"
