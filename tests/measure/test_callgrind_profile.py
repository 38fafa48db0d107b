"""The reader of callgrind's output files (pure)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.measure.profile import ProfileError, function_costs, parse_profile

FILE = """# callgrind format
version: 1
creator: callgrind-3.19.0
pid: 2
cmd: ./p
part: 1

desc: I1 cache:
positions: line
events: Ir D1mr
summary: 460 14

ob=(1) /app/p
fl=(1) /src/a.c
fn=(1) main
10 100 1
+2 50
cfn=(2) hot
calls=3 20
* 300 12
fi=(2) /src/inlined.h
5 10 1
fe=(1)
-1 0

fn=(2)
20 200 8
fn=(3) hot'2
* 100 4

totals: 460 14
"""
LINES = FILE.splitlines()


def value(figures: dict[str, int]) -> float:
    return figures["Ir"] + 10 * figures["D1mr"]


def test_self_costs_leave_out_what_calls_cost() -> None:
    profile = parse_profile(FILE)
    assert profile.events == ("Ir", "D1mr")
    assert profile.totals == (460, 14)
    assert dict(profile.functions) == {
        ("main", "/src/a.c"): (160, 2),
        ("hot", "/src/a.c"): (200, 8),
        ("hot'2", "/src/a.c"): (100, 4),
    }


def test_lines_follow_relative_positions_and_inlined_files() -> None:
    assert dict(parse_profile(FILE).lines) == {
        ("/src/a.c", 10): (100, 1),
        ("/src/a.c", 12): (50, 0),
        ("/src/inlined.h", 5): (10, 1),
        ("/src/a.c", 4): (0, 0),
        ("/src/a.c", 20): (300, 12),
    }


def test_levels_of_a_recursion_are_one_function_and_the_dearest_comes_first() -> None:
    costs = function_costs([parse_profile(FILE), parse_profile(FILE)], value)
    assert [(item.function, item.cost, item.share) for item in costs] == [
        ("hot", 2 * 420.0, 420 / 600),
        ("main", 2 * 180.0, 180 / 600),
    ]
    assert function_costs([parse_profile(FILE)], value, top=1) == (costs[0].model_copy(update={"cost": 420.0}),)


@given(st.integers(0, len(LINES) - 1))
def test_a_file_cut_off_anywhere_is_refused(lines: int) -> None:
    with pytest.raises(ProfileError):
        parse_profile("\n".join(LINES[:lines]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("totals: 460 14", "totals: 400 14"),
        ("totals: 460 14", "totals: 460 14\ntotals: 460 14"),
        ("10 100 1", "10 100 1 7"),
        ("10 100 1", "10 -100 1"),
        ("10 100 1", "10 1e2 1"),
        ("10 100 1", "10 \u0661 1"),
        ("fn=(2)\n20", "fn=(9)\n20"),
        ("positions: line", "positions:"),
        ("events: Ir D1mr", "events:"),
        ("fn=(2)\n20", "events: Ir\nfn=(2)\n20"),
        ("fn=(2)\n20", "positions: instr line\nfn=(2)\n20"),
        ("fl=(1) /src/a.c", "what is this"),
    ],
)
def test_what_does_not_follow_the_format_is_refused(old: str, new: str) -> None:
    assert old in FILE
    with pytest.raises(ProfileError):
        parse_profile(FILE.replace(old, new, 1))


@given(st.lists(st.sampled_from([*LINES, "calls=1 1", "9" * 30 + " 1", "fn=(", "=", "events: A", "+1", "*", "\x00", "x: y"])))
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    try:
        profile = parse_profile("\n".join(lines))
    except ProfileError:
        return
    assert sum(costs[0] for costs in profile.functions.values()) == profile.totals[0]
