"""Quality from predictions, under a budget of CPU time: what scores, and what never does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_quality_task import ORPHANS, OVERRUN, REFERENCE_PY, VERIFY_PY, make_quality_task, with_attack

from autolab.errors import TaskError
from autolab.judge.by_quality import breakdown, spread
from autolab.judge.judge import Judge
from autolab.judge.kept import known_anchors
from autolab.judge.submission import from_files, from_folder
from autolab.ledger.records import Measurement
from autolab.sandbox import cgroup_search
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    return load_task(make_quality_task(tmp_path_factory.mktemp("task")))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def judge(task: Task, sandbox: Sandbox, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with Judge(task, sandbox, tmp_path_factory.mktemp("work"), kept) as found:
        yield found


def measured(judge: Judge, source: str) -> Measurement:
    return judge.measure(from_files(judge.task, {"solve.py": source.encode()}), 1)


def test_baseline_scores_0_reference_1_and_the_breakdown_says_where(judge: Judge, task: Task, kept: Path) -> None:
    low = judge.measure(from_files(task, task.baseline_files), 1)
    high = measured(judge, REFERENCE_PY)
    assert (low.verdict, low.score, high.verdict, high.score) == ("ok", 0.0, "ok", 1.0)
    assert low.breakdown == {"group 0": 100.0, "group 1": 0.0, "group 2": 0.0}
    assert min(high.breakdown.values()) > 80
    assert {sample.size for sample in high.samples} == {"dev"}
    assert all(0 < sample.cpu_s < 1 for sample in high.samples)
    assert (high.spread, high.confirmed) == (None, False)
    assert known_anchors(task, 1, kept) == low.anchors == high.anchors


def test_a_grade_is_the_mean_over_hidden_seeds_of_another_split_and_can_be_repeated(judge: Judge, task: Task) -> None:
    submission = from_files(task, task.reference_files)
    grade = judge.grade(submission)
    assert (grade.verdict, grade.score, len(grade.seeds)) == ("ok", 1.0, 3)
    assert {sample.size for sample in grade.samples} == {"hidden"}
    values = [sample.value or 0.0 for sample in grade.samples]
    assert grade.metric == pytest.approx(sum(values) / 3)
    assert grade.spread is not None
    assert 0 < grade.spread < 10
    again = judge.grade(submission, grade.seeds)
    assert (again.metric, again.breakdown, again.spread) == (grade.metric, grade.breakdown, grade.spread)


def test_every_attack_gets_its_verdict(judge: Judge, task: Task) -> None:
    found = {each.name: judge.measure(from_folder(task, each.folder / "app"), 1) for each in task.attacks}
    assert {name: each.verdict for name, each in found.items()} == {each.name: each.verdict for each in task.attacks}
    assert found["reads_answers"].score == 0.0
    for name in ("overrun", "orphans"):
        assert found[name].limit == "cpu"
        assert "all its processes together" in (found[name].reason or "")
    assert all(each.metric is None for name, each in found.items() if name != "reads_answers")


def test_the_budget_holds_where_no_control_group_counts(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cgroup_search, "find", lambda: None)
    for source in (OVERRUN, ORPHANS):
        found = measured(judge, source)
        assert (found.verdict, found.limit) == ("timed_out", "cpu")


def test_no_output_is_no_figure(judge: Judge) -> None:
    found = measured(judge, with_attack("raise SystemExit(0)"))
    assert (found.verdict, found.metric, found.score) == ("wrong_output", None, None)


@pytest.mark.parametrize(
    ("worth", "verdict", "reason"),
    [
        ("float('nan')", "invalid", "a finite number is needed"),
        ("float('inf')", "invalid", "a finite number is needed"),
        ("(90.0, {'any': float('nan')})", "invalid", "any is nan"),
        ("'90'", "invalid", "a number is needed"),
        ("(90.0, [1])", "lab_error", "as its breakdown"),
        ("1 / 0", "lab_error", "ZeroDivisionError"),
        ("object()", "lab_error", "quality"),
        ("np.float32(90)", "ok", ""),
    ],
)
def test_a_figure_that_is_none_never_scores(sandbox: Sandbox, tmp_path: Path, worth: str, verdict: str, reason: str) -> None:
    wrong = VERIFY_PY.replace("    return 100 * right.mean(), {", f"    if size == 'dev' and output[:2] == b'2\\n':\n        return {worth}\n    return 100 * right.mean(), {{")
    assert wrong != VERIFY_PY
    task = load_task(make_quality_task(tmp_path / "task", files={"tests/verify.py": wrong}))
    with Judge(task, sandbox, tmp_path / "work") as judge:
        found = measured(judge, with_attack("return [2] * len(asked)"))
    assert found.verdict == verdict
    assert reason in (found.reason or "")
    assert (found.score is not None) == (verdict == "ok")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cpu_sec = 1\n", "", "needs one below run.timeout_sec"),
        ("cpu_sec = 1\n", "cpu_sec = 30\n", "needs one below run.timeout_sec"),
        ("grade_seeds = 3", "grade_seeds = 2", "at least 3 seeds"),
    ],
)
def test_a_task_without_a_budget_or_with_too_few_seeds_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(TaskError, match=said):
        load_task(make_quality_task(tmp_path / "task", {old: new}))


def test_breakdown_and_spread_are_means_by_category_and_seeds_apart() -> None:
    assert breakdown([{"a": 1.0, "b": 2.0}, {"a": 3.0}]) == {"a": 2.0, "b": 2.0}
    assert breakdown([]) == {}
    assert spread([1.0, 3.0, 4.0, 6.0], seeds=2) == pytest.approx(4.5**0.5)
    assert spread([1.0, 3.0], seeds=1) is None
