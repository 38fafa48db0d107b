"""Counting real programs in real boxes."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.measure.callgrind import count, value_of
from autolab.measure.counted import Counted, merged_profile, metric, net
from autolab.measure.program import Program, ProgramFailed
from autolab.sandbox.box import Sandbox

CYCLES = ("Ir", "Dr", "Dw", "I1mr", "D1mr", "D1mw", "ILmr", "DLmr", "DLmw")
ROUNDS = b"20000"

counts = st.integers(0, 10**12)
figures = st.floats(0, 1e12)


@pytest.fixture(scope="module")
def counted(sandbox: Sandbox, loop: Program, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return count(sandbox, loop, ROUNDS, tmp_path_factory.mktemp("counted"), "estimated_cycles")


def test_a_count_is_the_same_again_wherever_program_and_work_folder_lie(
    sandbox: Sandbox, loop: Program, counted: Counted, tmp_path: Path
) -> None:
    far = tmp_path / ("a folder with a long name, " * 6) / "deep" / "deeper"
    far.mkdir(parents=True)
    moved = replace(loop, folder=Path(shutil.copytree(loop.folder, far / "app")))
    again = count(sandbox, moved, ROUNDS, far, "estimated_cycles")
    once_more = count(sandbox, loop, ROUNDS, tmp_path, "estimated_cycles", cpu=0)
    assert dict(again.raw) == dict(once_more.raw) == dict(counted.raw)
    assert again.value == counted.value


def test_estimated_cycles_are_made_of_the_simulated_misses(counted: Counted) -> None:
    assert tuple(counted.raw) == CYCLES
    assert counted.value == value_of(counted.raw, "estimated_cycles") > counted.raw["Ir"]


def test_instructions_are_counted_without_the_caches_and_agree(
    sandbox: Sandbox, loop: Program, counted: Counted, tmp_path: Path
) -> None:
    instructions = count(sandbox, loop, ROUNDS, tmp_path, "instructions")
    assert dict(instructions.raw) == {"Ir": counted.raw["Ir"]}
    assert instructions.value == counted.raw["Ir"]


def test_a_count_grows_with_the_work_by_the_loops_own_instructions(
    sandbox: Sandbox, loop: Program, counted: Counted, tmp_path: Path
) -> None:
    more = count(sandbox, loop, b"40000", tmp_path, "instructions")
    rounds = 20_000
    each = (more.raw["Ir"] - counted.raw["Ir"]) / rounds
    assert 4 < each < 12  # a handful of instructions a round


def test_the_profile_names_the_hot_function_and_adds_up(counted: Counted) -> None:
    assert [item.function for item in counted.profile[:1]] == ["hot"]
    assert counted.profile[0].file.endswith("source.c")
    costs = {item.function: item.cost for item in counted.profile}
    assert 5 < costs["hot"] / costs["mild"] < 20
    assert 0.5 * counted.value < sum(item.cost for item in counted.profile) <= counted.value
    assert sum(item.share for item in counted.profile) <= 1 + 1e-9
    assert list(costs.values()) == sorted(costs.values(), reverse=True)


def test_profiles_of_several_runs_add_up(counted: Counted) -> None:
    both = merged_profile([counted, counted])
    assert [(item.function, item.cost) for item in both] == [
        (item.function, 2 * item.cost) for item in counted.profile
    ]
    assert both[0].share == pytest.approx(counted.profile[0].share)


def test_a_counted_run_answers_as_the_program_does_and_leaves_nothing_behind(
    sandbox: Sandbox, loop: Program, tmp_path: Path
) -> None:
    run = count(sandbox, loop, b"10", tmp_path, "instructions").execution
    assert run.output is not None
    assert int(run.output) > 0
    assert run.box.stdout.splitlines() == [b"to stderr", b"to stdout"]
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_fails_or_takes_too_long_has_no_count(sandbox: Sandbox, loop: Program, tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="exit code 3"):
        count(sandbox, loop, b"no number", tmp_path, "instructions")
    with pytest.raises(ProgramFailed) as failed:
        count(sandbox, loop, b"9000000000", tmp_path, "instructions", limits=replace(loop.limits, wall_s=0.6))
    assert failed.value.execution.box.limit == "wall"


@given(st.fixed_dictionaries(dict.fromkeys(CYCLES, counts)))
def test_the_formula_is_ir_plus_10_first_level_plus_100_last_level_misses(raw: dict[str, int]) -> None:
    first = raw["I1mr"] + raw["D1mr"] + raw["D1mw"]
    last = raw["ILmr"] + raw["DLmr"] + raw["DLmw"]
    assert value_of(raw, "estimated_cycles") == raw["Ir"] + 10 * first + 100 * last
    assert value_of(raw, "instructions") == raw["Ir"]


@given(st.lists(st.tuples(figures, figures), max_size=6))
def test_the_metric_is_the_sum_of_net_cases_and_at_least_1(cases: list[tuple[float, float]]) -> None:
    assert metric(net(*case) for case in cases) == max(1.0, sum(counted - empty for counted, empty in cases))


def test_a_candidate_that_does_less_than_the_empty_one_has_a_metric_all_the_same() -> None:
    assert net(90, 100) == -10
    assert metric([net(90, 100)]) == 1.0
