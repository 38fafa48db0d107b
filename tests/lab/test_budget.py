"""Budgets: stop rules that know nothing of each other, and trials that end by each of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_bench import Acts, make_plan
from small_records import experiment
from small_tasks import make_quick_task

from autolab.agents.bench import Bench
from autolab.agents.registry import load_agent
from autolab.errors import AutolabError
from autolab.lab.budget import FIELDS, Budget, Stop, used
from autolab.lab.operations import operate
from autolab.lab.outcome import cpu_used
from autolab.lab.trial import run_trial
from autolab.ledger.records import ModelCall
from autolab.ledger.replay import TrialState, after
from autolab.sandbox.box import BoxResult, Limits, Sandbox

CALL = ModelCall(
    model="any/model", via="agent", status="ok", seconds=0.5, elapsed=0.0, input_tokens=70, output_tokens=30, usd=0.25
)
Amounts = st.fixed_dictionaries({field: st.integers(0, 9) for field in FIELDS.values()})
LIMITS = st.fixed_dictionaries({field: st.none() | st.integers(1, 9) for field in FIELDS.values()})


@given(limits=LIMITS, spent=Amounts)
def test_a_budget_ends_a_trial_exactly_when_one_of_its_parts_is_used_up(limits: dict[str, int | None], spent: dict[str, int]) -> None:
    budget = Budget.of(limits)
    crossed = [part for part, field in FIELDS.items() if (most := limits[field]) is not None and spent[field] >= most]
    stop = budget.stop(spent)
    assert (stop.part if stop else None) == (crossed[0] if crossed else None)
    limited = {part: (most, spent[field]) for part, field in FIELDS.items() if (most := limits[field]) is not None}
    assert budget.left(spent) == {part: max(0, most - gone) for part, (most, gone) in limited.items()}


@given(limits=LIMITS)
def test_a_recorded_budget_comes_back(limits: dict[str, int | None]) -> None:
    assert Budget.of(Budget.of(limits).recorded()) == Budget.of(limits)
    assert Budget.of({"wall_s": 5.0, "experiments": None}) == Budget(5.0), "as an older record has it"


def test_a_cost_that_nobody_knows_ends_the_trial_whose_budget_it_is() -> None:
    for part in ("tokens", "usd"):
        unknown = {FIELDS[part]: None}
        stop = Budget.of({FIELDS[part]: 5}).stop(unknown)
        assert stop is not None
        assert (stop.part, "nobody knows" in stop.detail) == (part, True)
        assert Budget.of({FIELDS[part]: 5}).left(unknown) == {part: None}
        assert Budget(wall_s=5.0).stop({**unknown, "wall_s": 1.0}) is None
    assert Budget(wall_s=5.0).stop({"wall_s": 5.0}) == Stop("wall")


@pytest.mark.parametrize(
    ("change", "tokens", "usd"),
    [
        ({}, 100, 0.25),
        ({"usd": None}, 100, None),
        ({"input_tokens": None, "output_tokens": None, "usd": None}, None, None),
        ({"status": "error", "input_tokens": None, "output_tokens": None, "usd": None}, 0, 0.0),
    ],
)
def test_what_a_call_cost_is_known_or_said_to_be_unknown(change: dict[str, object], tokens: int | None, usd: float | None) -> None:
    spent = used(after(TrialState(), CALL.model_copy(update=change)), 0.0)
    assert (spent["tokens"], spent["usd"]) == (tokens, usd)


def test_experiments_that_failed_by_the_lab_s_fault_cost_none() -> None:
    state = after(after(TrialState(), experiment(1)), experiment(2, verdict="lab_error"))
    assert used(state, 3.0)["experiments"] == 1
    assert used(state, 3.0)["wall_s"] == 3.0


def ended(sandbox: Sandbox, folder: Path, act: object, **budget: float) -> tuple[str, str]:
    make_quick_task(folder / "task")
    plan = replace(make_plan(folder, Acts(act)), budget=Budget.of({"wall_s": 300, **budget}))
    state = run_trial(plan, sandbox)
    assert state.closed is not None
    assert state.ended is not None
    return state.closed.reason, state.closed.detail


def calls(call: ModelCall, most: int) -> object:
    def act(bench: Bench) -> None:
        for _ in range(most):
            bench.status()
            bench.model_called(call, b"{}")
        bench.status()

    return act


def test_a_token_budget_and_a_call_that_nobody_counted_end_the_trial_with_that_reason(sandbox: Sandbox, tmp_path: Path) -> None:
    reason, detail = ended(sandbox, tmp_path, calls(CALL.model_copy(update={"output_tokens": None}), 3), tokens=500)
    assert (reason, "did not say how many tokens" in detail) == ("tokens", True)


def test_tokens_and_money_end_a_trial_at_the_call_after_the_last(sandbox: Sandbox, tmp_path: Path) -> None:
    seen: list[object] = []

    def act(bench: Bench) -> None:
        bench.model_called(CALL, b"{}")
        status = bench.status()
        seen.extend([status.tokens_left, status.usd_left, status.cpu_seconds_left, status.spent["usd"], operate(bench, ["status"])[0]])
        calls(CALL, 5)(bench)

    assert ended(sandbox, tmp_path, act, tokens=300, usd=1.0) == ("tokens", "")
    assert seen[:4] == [200, 0.75, None, 0.25]
    assert "200 tokens left, 0.75 $ left" in str(seen[4])


def test_a_money_budget_and_a_call_without_a_price_end_the_trial_with_that_reason(sandbox: Sandbox, tmp_path: Path) -> None:
    reason, detail = ended(sandbox, tmp_path, calls(CALL.model_copy(update={"usd": None}), 3), usd=5.0)
    assert reason == "usd"
    assert "has no price" in detail


def test_cpu_counts_commands_and_native_runs_and_ends_a_command_and_the_trial(sandbox: Sandbox, tmp_path: Path) -> None:
    left: list[float | None] = []

    def act(bench: Bench) -> None:
        left.append(bench.status().cpu_seconds_left)
        bench.measure("the start")
        left.append(bench.status().cpu_seconds_left)
        assert bench.exec(("/bin/sh", "-c", "while :; do :; done"), timeout=60).limit == "cpu"
        bench.status()
        left.append(-1.0)

    assert ended(sandbox, tmp_path, act, cpu_s=1.5) == ("cpu", "")
    assert len(left) == 2
    assert left[0] == 1.5
    assert 0 < (left[1] or 0) < 1.5


def test_a_trial_does_not_go_on_with_another_budget(sandbox: Sandbox, tmp_path: Path) -> None:
    def stopped(bench: Bench) -> None:
        raise KeyboardInterrupt

    make_quick_task(tmp_path / "task")
    plan = make_plan(tmp_path, Acts(stopped))
    with pytest.raises(KeyboardInterrupt):
        run_trial(plan, sandbox)
    with pytest.raises(AutolabError, match=r"the budget .* --name"):
        run_trial(replace(plan, budget=replace(plan.budget, tokens=5)), sandbox)
    assert run_trial(replace(plan, agent=load_agent("nop")), sandbox).ended is not None


def test_a_command_ended_for_its_cpu_time_has_used_all_that_it_had() -> None:
    result = BoxResult(None, 9, "cpu", b"", b"", wall_s=2.0, cpu_s=1.49)
    assert cpu_used(result, Limits(cpu_s=1.5)) == 1.5
    assert cpu_used(replace(result, limit="wall"), Limits(cpu_s=1.5)) == 1.49
