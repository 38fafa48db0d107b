"""A Go task: counted by cachegrind, built and run in boxes without network, confirmed by paired time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_go_task import make_go_task

from autolab.judge.judge import NEVER, Judge
from autolab.judge.kept import known_anchors
from autolab.judge.submission import from_files
from autolab.runs.regrade import differs
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    return load_task(make_go_task(tmp_path_factory.mktemp("task")))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def judge(task: Task, sandbox: Sandbox, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with Judge(task, sandbox, tmp_path_factory.mktemp("work"), kept) as found:
        yield found


def test_baseline_scores_0_and_reference_1_within_the_tolerance(judge: Judge, task: Task, kept: Path) -> None:
    low = judge.measure(from_files(task, task.baseline_files), 1, NEVER)
    high = judge.measure(from_files(task, task.reference_files), 1)
    assert (low.verdict, high.verdict) == ("ok", "ok")
    assert low.score == pytest.approx(0.0, abs=0.01)
    assert high.score == pytest.approx(1.0, abs=0.01)
    assert high.paired is not None
    assert high.paired.clock == "cpu"
    assert high.paired.speedup > 2
    assert known_anchors(task, 1, kept) == low.anchors == high.anchors
    assert low.profile[0].share > 0.9


def test_a_repeated_grade_agrees_within_the_tolerance_and_not_beyond_it(judge: Judge, task: Task) -> None:
    within = task.optimization.instrument.repeats_within
    first = judge.measure(from_files(task, task.baseline_files), 1, NEVER)
    again = judge.measure(from_files(task, task.baseline_files), 1, NEVER)
    assert within == 0.03
    assert differs(first, again, within) is None
    assert first.counted is not None
    other = again.model_copy(update={"counted": 1.04 * first.counted})
    assert differs(first, other, within) is not None


def test_the_smallest_real_change_is_the_tolerance_unless_counts_lie_further_apart(judge: Judge) -> None:
    noise = judge.noise()
    assert noise is not None
    assert noise.low_precision == (noise.floor > 0.03)
    assert noise.floor >= 0.03
    assert 0 < noise.spread < noise.floor
    assert noise.pairs == ()


def test_a_wrong_answer_is_no_figure(judge: Judge, task: Task) -> None:
    wrong = task.reference_files["solve.go"].replace(b"seen[c]++", b"seen[c] += 2")
    found = judge.measure(from_files(task, {"solve.go": wrong}), 1, NEVER)
    assert (found.verdict, found.metric) == ("wrong_output", None)
