"""Anchors of this machine: measured anew, kept, and shown beside the stated ones."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_quality_task import make_quality_task
from small_tasks import make_small_task, make_timed_task

from autolab.judge.judge import Judge
from autolab.judge.kept import known_anchors, place
from autolab.measure import cache
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task


def autolab(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], cwd=cwd, capture_output=True, text=True)


def test_calibrate_tells_how_far_the_stated_anchors_are_off(tmp_path: Path, sandbox: Sandbox) -> None:
    make_small_task(tmp_path / "small", toml={"score = 399_425": "score = 500_000"})
    assert "not yet on this machine" in autolab("tasks", "show", "./small", cwd=tmp_path).stdout
    done = autolab("calibrate", "./small", "--json", cwd=tmp_path)
    baseline, reference = json.loads(done.stdout)
    assert (done.returncode, baseline["state"], reference["state"]) == (0, "differs", "ok")
    assert baseline["apart"] == pytest.approx(399_425 / 500_000 - 1, abs=0.01)
    assert "baseline 399,425 (-20.1%)" in autolab("tasks", "show", "./small", cwd=tmp_path).stdout


def test_a_timed_task_is_calibrated_with_what_it_can_tell(tmp_path: Path, sandbox: Sandbox) -> None:
    make_timed_task(tmp_path / "small")
    assert "not yet known on this machine" in autolab("tasks", "show", "./small", cwd=tmp_path).stdout
    baseline, reference = json.loads(autolab("calibrate", "./small", "--json", cwd=tmp_path).stdout)
    assert baseline["measured"] == 1.0
    assert reference["measured"] > 2
    assert 0 < reference["smallest_gain"] < 1
    shown = autolab("tasks", "show", "./small", cwd=tmp_path).stdout
    assert f"gains of {reference['smallest_gain']:.2%} and more" in shown


def test_a_research_task_is_calibrated_and_shown_with_its_budget(tmp_path: Path, sandbox: Sandbox) -> None:
    make_quality_task(tmp_path / "small")
    baseline, reference = json.loads(autolab("calibrate", "./small", "--json", cwd=tmp_path).stdout)
    assert (baseline["measured"], reference["measured"], reference["smallest_gain"]) == (49.0, 97.0, None)
    shown = autolab("tasks", "show", "./small", cwd=tmp_path).stdout
    assert "baseline 49 (+0.0%), reference 97 (+0.0%)" in shown
    assert "30 s a case, 1 s of CPU time of all its processes" in shown


def test_kept_anchors_are_used_until_they_are_measured_anew(tmp_path: Path, sandbox: Sandbox) -> None:
    task = load_task(make_small_task(tmp_path / "small"))
    kept = tmp_path / "kept"
    with Judge(task, sandbox, tmp_path / "work", kept) as judge:
        judge.calibrate(1)
        right = known_anchors(task, 1, kept)
        assert right is not None
        file = place(kept, task, (1,))
        assert file is not None
        cache.keep(file, {**cache.read(file), "baseline": 1.5 * right.baseline})
        assert judge.calibrate(1).anchors == right
    assert known_anchors(task, 1, kept) == right


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"baseline": "1", "reference": 2.0}', '{"baseline": NaN}'])
def test_a_damaged_cache_is_no_anchor(tmp_path: Path, content: str) -> None:
    task = load_task(make_small_task(tmp_path / "small"))
    file = place(tmp_path, task, (1,))
    assert file is not None
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert known_anchors(task, 1, tmp_path) is None


def test_no_task_is_one_line(tmp_path: Path) -> None:
    done = autolab("calibrate", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
