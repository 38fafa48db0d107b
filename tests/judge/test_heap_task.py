"""Heap blocks as a metric: what scores, and what the gate of instructions refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_tasks import BASELINE_C, REFERENCE_C, make_small_task

from autolab.judge.judge import Judge
from autolab.judge.kept import known_anchors
from autolab.judge.submission import from_files
from autolab.ledger.records import Measurement
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task

# A running sum over a copy of each number in a block of its own: as much work as the window's sums, or less.
BLOCKS_C = "#include <stdlib.h>\n" + REFERENCE_C.replace(
    "sum += in[i];", "uint32_t *copy = malloc(4); *(volatile uint32_t *)copy = in[i]; sum += *(volatile uint32_t *)copy; free(copy);"
)
HEAP = {
    'kind = "callgrind"\nevent = "instructions"\n': 'kind = "heap"\ngate = 1.5\n',
    'metric = "instructions"': 'metric = "heap_blocks"',
    "score = 399_425\n": "score = 531\n",
    "score = 4_127\n": "score = 16\n",
    "score = 64\n": "score = 2\n",
}


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    files = {"environment/app/solve.c": BLOCKS_C, "solution/solve.c": REFERENCE_C}
    return load_task(make_small_task(tmp_path_factory.mktemp("task"), toml=HEAP, files=files))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def judge(task: Task, sandbox: Sandbox, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with Judge(task, sandbox, tmp_path_factory.mktemp("work"), kept) as found:
        yield found


def measured(judge: Judge, source: str) -> Measurement:
    return judge.measure(from_files(judge.task, {"solve.c": source.encode()}), 1)


def test_blocks_are_the_metric_from_baseline_to_reference(judge: Judge, task: Task, kept: Path) -> None:
    low, high = measured(judge, BLOCKS_C), measured(judge, REFERENCE_C)
    assert (low.verdict, low.score, high.verdict, high.score) == ("ok", 0.0, "ok", 1.0)
    assert low.metric is not None
    assert high.metric is not None
    assert low.metric - high.metric == 512 + 3  # one for each number of both families
    assert low.metric == sum(sample.raw["blocks"] + 1 for sample in low.samples)
    assert not high.confirmed
    assert known_anchors(task, 1, kept) == low.anchors == high.anchors


def test_a_grade_is_the_mean_over_its_seeds(judge: Judge) -> None:
    grade = judge.grade(from_files(judge.task, {"solve.c": BLOCKS_C.encode()}), (1, 2))
    assert (grade.verdict, grade.score) == ("ok", 0.0)
    assert grade.metric == measured(judge, BLOCKS_C).metric


def test_blocks_saved_by_much_more_work_are_refused(judge: Judge) -> None:
    found = measured(judge, BASELINE_C)
    assert found.verdict == "invalid"
    assert "at most 1.5 times as many" in (found.reason or "")
    assert (found.metric, found.score) == (None, None)


def test_other_answers_under_the_instrument_are_seen(judge: Judge) -> None:
    found = measured(judge, BLOCKS_C.replace("sum += in", "sum -= in").replace("sum += *", "sum -= *"))
    assert found.verdict == "wrong_output"
