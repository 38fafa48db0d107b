"""One submission in, one measurement out: every verdict, with real compilers, boxes and valgrind."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from small_tasks import BASELINE_C, WRONG_C, make_small_task, make_timed_task

from autolab.errors import AutolabError
from autolab.judge.judge import NEVER, Judge
from autolab.judge.submission import from_files
from autolab.ledger.records import Measurement
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task

HEAD = BASELINE_C.partition("{")[0]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    quick = {"timeout_sec = 10\n": "timeout_sec = 2\n"}
    return load_task(make_small_task(tmp_path_factory.mktemp("task"), toml=quick))


@pytest.fixture(scope="module")
def judge(task: Task, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with Judge(task, sandbox, tmp_path_factory.mktemp("work")) as found:
        yield found


def measured(judge: Judge, source: str, confirm_above: float = NEVER) -> Measurement:
    return judge.measure(from_files(judge.task, {"solve.c": source.encode()}), 1, confirm_above)


def test_baseline_scores_0_and_reference_1(judge: Judge, task: Task) -> None:
    low = judge.measure(from_files(task, task.baseline_files), 1)
    high = judge.measure(from_files(task, task.reference_files), 1)
    assert (low.verdict, low.score, low.confirmed) == ("ok", 0.0, False)
    assert (high.verdict, high.counted) == ("ok", high.anchors.reference if high.anchors else None)
    assert high.score == pytest.approx(1.0, abs=0.02)
    assert high.paired is not None
    assert high.paired.speedup > 2
    assert len(high.samples) == len(task.optimization.cases.families) if task.optimization.cases else False
    assert low.profile[0].function == "sums"


def test_the_same_seed_gives_the_identical_count_wherever_it_is_measured(
    judge: Judge, task: Task, sandbox: Sandbox, tmp_path: Path
) -> None:
    first = measured(judge, BASELINE_C)
    with Judge(task, sandbox, tmp_path / "a-folder-with-a-much-longer-path-than-the-other-one") as other:
        again = measured(other, BASELINE_C)
    assert first.counted == again.counted
    assert [sample.raw for sample in first.samples] == [sample.raw for sample in again.samples]


SUBMISSIONS: Mapping[str, tuple[str, str, str]] = {
    "wrong sums": (WRONG_C, "wrong_output", "a sum is wrong"),
    "no program": ("int sums(;\n", "build_failed", "exit code"),
    "endless loop": (HEAD + "{ for (volatile int x = 1; x;) {} }\n", "timed_out", "more than 2 s"),
    "crash": (HEAD + "{ *(volatile int *)8 = 1; }\n", "wrong_output", "SIGSEGV"),
    "memory": (
        f"#include <stdlib.h>\n{HEAD}{{ for (;;) for (volatile char *p = malloc(1 << 20), *q = p; q < p + (1 << 20);) *q++ = 1; }}\n",
        "over_limit",
        "memory",
    ),
    "flood": (f'#include <stdio.h>\n{HEAD}{{ for (;;) puts("a line that says nothing at all"); }}\n', "over_limit", "output"),
}

CLIENT_REQUEST = "rolq $3,%%rdi; rolq $13,%%rdi; rolq $61,%%rdi; rolq $51,%%rdi; xchgq %%rbx,%%rbx"


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_what_is_not_right_gets_its_verdict_and_no_figure(judge: Judge, name: str) -> None:
    source, verdict, reason = SUBMISSIONS[name]
    found = measured(judge, source)
    assert found.verdict == verdict
    assert reason in (found.reason or "")
    assert (found.metric, found.score, found.counted) == (None, None, None)


def test_a_right_program_that_talks_to_valgrind_is_invalid(judge: Judge) -> None:
    source = BASELINE_C.replace("{\n", f'{{\n    __asm__ volatile("{CLIENT_REQUEST}" ::: "rdi");\n', 1)
    found = measured(judge, source)
    assert found.verdict == "invalid"
    assert "client request" in (found.reason or "")


def test_a_failed_build_keeps_what_the_compiler_said(judge: Judge) -> None:
    assert "error:" in measured(judge, "int sums(;\n").build_output


def test_files_that_may_not_be_edited_do_not_cross_and_are_listed(judge: Judge, task: Task) -> None:
    files = {"solve.c": BASELINE_C.encode(), "main.c": b"int main(void) { return 0; }\n"}
    found = judge.measure(from_files(task, files), 1)
    assert found.verdict == "ok"
    assert [item.path for item in found.dropped] == ["main.c"]


def test_a_grade_draws_new_seeds_and_can_be_repeated(judge: Judge, task: Task) -> None:
    submission = from_files(task, task.reference_files)
    first, other = judge.grade(submission), judge.grade(submission)
    assert len(first.seeds) == 2
    assert not set(first.seeds) & set(other.seeds)
    again = judge.grade(submission, first.seeds)
    assert (again.counted, again.anchors, again.seeds) == (first.counted, first.anchors, first.seeds)
    assert first.confirmed
    assert first.metric == pytest.approx(measured(judge, task.reference_files["solve.c"].decode()).metric, rel=0.2)


def test_a_figure_beyond_the_floor_is_quarantined(sandbox: Sandbox, tmp_path: Path) -> None:
    floor = {"score = 64\n": "score = 200_000\n", "score = 4_127\n": "score = 300_000\n"}
    task = load_task(make_small_task(tmp_path / "task", toml=floor))
    with Judge(task, sandbox, tmp_path / "work") as judge:
        found = judge.measure(from_files(task, task.reference_files), 1)
    assert (found.verdict, found.metric, found.score) == ("quarantined", None, None)
    assert found.counted is not None
    assert found.counted < 200_000


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"tests/verify.py": "def draw(seed, family, size):\n    raise ValueError('no input')\n"}, "no input"),
        ({"tests/verify.py": "def draw(seed, family, size):\n    return 'text'\n"}, "not bytes"),
        ({"tests/verify.py": "import nothing_like_it\n"}, "nothing_like_it"),
        ({"solution/solve.c": WRONG_C}, "reference"),
    ],
)
def test_the_task_s_own_faults_are_lab_errors(
    sandbox: Sandbox, tmp_path: Path, files: Mapping[str, str], reason: str
) -> None:
    task = load_task(make_small_task(tmp_path / "task", files=files))
    with Judge(task, sandbox, tmp_path / "work") as judge:
        found = judge.measure(from_files(task, task.baseline_files), 1)
    assert found.verdict == "lab_error"
    assert reason in (found.reason or "")
    assert found.score is None


def test_a_missing_tool_is_named_with_the_command_to_type(sandbox: Sandbox, tmp_path: Path) -> None:
    task = load_task(make_small_task(tmp_path / "task", toml={'"gcc", "valgrind"': '"gcc", "no-such-tool"'}))
    with pytest.raises(AutolabError, match=r"small needs no-such-tool .*apt-get install no-such-tool"):
        Judge(task, sandbox, tmp_path)


def test_nothing_is_left_behind(task: Task, sandbox: Sandbox, tmp_path: Path) -> None:
    with Judge(task, sandbox, tmp_path) as judge:
        measured(judge, BASELINE_C)
    assert not list(tmp_path.iterdir())


def test_a_timed_task_measures_speed_up_over_its_baseline(sandbox: Sandbox, tmp_path: Path) -> None:
    task = load_task(make_timed_task(tmp_path / "task"))
    with Judge(task, sandbox, tmp_path / "work") as judge:
        found = judge.measure(from_files(task, task.reference_files), 1)
    assert found.verdict == "ok"
    assert found.anchors is not None
    assert found.anchors.baseline == 1.0
    assert found.metric is not None
    assert found.metric > 2
