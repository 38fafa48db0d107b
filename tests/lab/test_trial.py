"""A trial from its first record to its last, and again after it was stopped."""

from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import REFERENCE_C, WRONG_C

from autolab.agents.bench import Bench
from autolab.errors import AutolabError
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import BenchClosed, Experiment, Grade
from autolab.sandbox.box import Sandbox


def improve(bench: Bench) -> None:
    bench.measure("the start")
    bench.write("solve.c", REFERENCE_C.encode())
    bench.measure("a running sum", expected=50)


def test_a_trial_ends_with_a_grade_of_its_best_state(sandbox: Sandbox, tmp_path: Path) -> None:
    state = run_trial(make_plan(tmp_path, Acts(improve)), sandbox)
    assert [each.best for each in state.experiments] == [True, True]
    assert state.grade is not None
    assert (state.grade.choice, state.grade.commit) == ("best", state.experiments[1].commit)
    assert state.grade.measurement.score == pytest.approx(1.0, abs=0.05)
    assert state.ended is not None
    assert state.ended.reward == state.grade.reward
    kinds = [line.record.type for line in read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl")]
    assert kinds == [
        "trial_started", "state", "experiment", "state", "experiment", "bench_closed", "grade", "trial_ended",
    ]  # fmt: skip


def test_the_bench_is_gone_before_the_grade(sandbox: Sandbox, tmp_path: Path) -> None:
    plan = make_plan(tmp_path, Acts(improve))
    seen: list[bool] = []

    def listen(record: object) -> None:
        if isinstance(record, BenchClosed | Grade):
            seen.append((plan.folder / "bench").exists())

    run_trial(plan, sandbox, listen)
    assert seen == [False, False]


def test_running_a_finished_trial_again_changes_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    run_trial(make_plan(tmp_path, Acts(lambda bench: None)), sandbox)
    ledger = tmp_path / "run/trials/small__acts__1/ledger.jsonl"
    before = ledger.read_bytes()
    run_trial(make_plan(tmp_path, Acts(improve)), sandbox)
    assert ledger.read_bytes() == before


def test_a_submitted_experiment_is_graded_instead_of_the_best(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        improve(bench)
        bench.submit(1)

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert state.grade is not None
    assert (state.grade.choice, state.grade.measurement.score) == ("submitted", 0.0)


def test_an_agent_that_never_measures_is_graded_on_its_last_state(sandbox: Sandbox, tmp_path: Path) -> None:
    state = run_trial(make_plan(tmp_path, Acts(lambda bench: bench.write("solve.c", WRONG_C.encode()))), sandbox)
    assert state.grade is not None
    assert (state.grade.choice, state.grade.measurement.verdict, state.grade.reward) == ("last", "wrong_output", 0.0)


def test_an_agent_that_crashes_keeps_what_it_reached(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        improve(bench)
        raise ZeroDivisionError("its own bug")

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, "its own bug" in state.closed.detail) == ("crashed", True)
    assert state.grade is not None
    assert state.grade.measurement.score == pytest.approx(1.0, abs=0.05)


def test_the_experiment_budget_ends_the_trial(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        while True:
            bench.measure("again")

    state = run_trial(make_plan(tmp_path, Acts(act), experiments=2), sandbox)
    assert len(state.experiments) == 2
    assert state.closed is not None
    assert state.closed.reason == "experiments"


def test_an_interrupted_trial_goes_on_where_it_was(sandbox: Sandbox, tmp_path: Path) -> None:
    def stopped(bench: Bench) -> None:
        improve(bench)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(make_plan(tmp_path, Acts(stopped), experiments=3), sandbox)
    found: list[tuple[bytes, int | None, int]] = []

    def goes_on(bench: Bench) -> None:
        status = bench.status()
        found.append((bench.read("solve.c"), status.experiments_left, status.experiments))
        bench.measure("after the stop")

    state = run_trial(make_plan(tmp_path, Acts(goes_on), experiments=3), sandbox)
    assert found == [(REFERENCE_C.encode(), 1, 2)]
    assert [each.number for each in state.experiments] == [1, 2, 3]
    assert state.resumed == 1
    assert state.elapsed >= sum(each.seconds for each in state.experiments)


def test_a_trial_does_not_go_on_with_another_budget_or_task(sandbox: Sandbox, tmp_path: Path) -> None:
    def stopped(bench: Bench) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(make_plan(tmp_path, Acts(stopped), experiments=3), sandbox)
    with pytest.raises(AutolabError, match=r"the budget .* --name"):
        run_trial(make_plan(tmp_path, Acts(improve), experiments=4), sandbox)
    instruction = tmp_path / "task" / "instruction.md"
    instruction.write_text(instruction.read_text() + "\nMore.\n")
    with pytest.raises(AutolabError, match=r"the task .* --name"):
        run_trial(make_plan(tmp_path, Acts(improve), experiments=3), sandbox)


def test_lab_errors_cost_the_agent_nothing_and_stop_the_trial(sandbox: Sandbox, tmp_path: Path) -> None:
    plan = make_plan(tmp_path, Acts(lambda bench: [bench.measure("again") for _ in range(9)]), experiments=1)
    (tmp_path / "task/tests/verify.py").write_text("def draw(seed, family, size):\n    raise ValueError('broken')\n")
    with pytest.raises(AutolabError, match="3 lab errors in a row"):
        run_trial(plan, sandbox)
    records = [line.record for line in read_ledger(plan.folder / "ledger.jsonl")]
    assert sum(isinstance(each, Experiment) for each in records) == 3
    assert not any(isinstance(each, Grade) for each in records)
