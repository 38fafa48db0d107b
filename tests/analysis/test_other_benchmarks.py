"""Figures of other benchmarks, against brute force over all choices, and on values known by construction."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from small_ledgers import Made, seen

from autolab.analysis.at_k import best_at_k, efficient_at_k, pass_at_k, score_at_k, worst_at_k
from autolab.analysis.profiles import most_ratio, profiles
from autolab.analysis.speedups import (
    fast_curve,
    fast_p,
    geometric_mean,
    harmonic_mean,
    improvement,
    speedup,
    success_rate,
)

Values = st.lists(st.floats(-2, 2), min_size=1, max_size=7)
Speedups = st.lists(st.none() | st.floats(0.01, 100), min_size=1, max_size=8)


@given(Values, st.integers(1, 8))
def test_best_and_worst_at_k_are_means_over_all_choices_of_k(values: list[float], k: int) -> None:
    choices = list(itertools.combinations(values, k))
    if not choices:
        assert best_at_k(values, k) is None
        assert worst_at_k(values, k) is None
        return
    assert best_at_k(values, k) == pytest.approx(np.mean([max(each) for each in choices]))
    assert worst_at_k(values, k) == pytest.approx(np.mean([min(each) for each in choices]))


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.integers(1, 7))
def test_pass_at_k_is_the_share_of_choices_with_a_pass(passed: list[bool], k: int) -> None:
    choices = list(itertools.combinations(passed, k))
    assert pass_at_k(len(passed), sum(passed), k) == (pytest.approx(np.mean([any(each) for each in choices])) if choices else None)


def test_at_k_of_nothing_asked_is_an_error() -> None:
    with pytest.raises(ValueError, match="k is 0"):
        best_at_k([1.0], 0)


def test_efficient_at_k_counts_what_beats_the_reference_and_failures_as_attempts() -> None:
    assert efficient_at_k([1.2, 1.0, None, 0.3], 1) == pytest.approx(1 / 4)
    assert efficient_at_k([1.2, 1.0, None, 0.3], 4) == 1
    assert efficient_at_k([None], 2) is None


def test_score_at_k_trades_attempts_for_time() -> None:
    """Two attempts of half the budget each against one of all of it."""
    assert score_at_k([0.2, 0.6, 0.4], 2) == pytest.approx((0.6 + 0.4 + 0.6) / 3)


def test_speedup_and_improvement_come_from_the_grade_and_its_own_anchors() -> None:
    tenfold = seen(Made(scores=[0.5]))  # a score of 0.5 is 1000 -> 100
    assert speedup(tenfold) == pytest.approx(10)
    assert improvement(tenfold) == pytest.approx(0.9)
    assert speedup(seen(Made(scores=[0.5], grade="wrong_output"))) is None
    assert speedup(seen(Made(scores=[0.5], graded=False))) is None


def test_success_needs_ten_percent_and_void_trials_are_left_out() -> None:
    little, enough = math.log(1 / 0.95) / math.log(100), math.log(1 / 0.85) / math.log(100)
    made = [Made(scores=[little]), Made(scores=[enough]), Made(scores=[0.5], grade="wrong_output"), Made(grade="lab_error")]
    assert success_rate(map(seen, made)) == pytest.approx(1 / 3)
    assert success_rate([]) is None


def test_fast_p_is_strict_and_wrong_programs_count_against_it() -> None:
    speedups = [None, 1.0, 2.0, 4.0]
    assert [fast_p(speedups, p) for p in (0, 1, 2, 3.9, 4)] == [0.75, 0.5, 0.25, 0.25, 0]
    assert fast_p([], 1) is None
    assert fast_curve([]) == ()


@given(Speedups)
def test_fast_p_falls_and_means_are_scipy_s_and_ordered(speedups: list[float | None]) -> None:
    shares = [share for _, share in fast_curve(speedups)]
    assert shares == sorted(shares, reverse=True)
    filled = [1.0 if each is None else each for each in speedups]
    geometric, harmonic = geometric_mean(speedups), harmonic_mean(speedups)
    assert geometric == pytest.approx(stats.gmean(filled))
    assert harmonic == pytest.approx(stats.hmean(filled))
    assert harmonic is not None
    assert geometric is not None
    assert harmonic <= geometric * (1 + 1e-9)


def test_a_profile_s_height_at_one_is_the_share_of_problems_won() -> None:
    found = profiles({"a": [2.0, 8.0, None], "b": [4.0, 2.0, None], "c": [None, None, None]})
    assert found["a"].ratios == (1.0, 2.0, math.inf)
    assert [found["b"].at(tau) for tau in (1, 3.9, 4, 100)] == pytest.approx([1 / 3, 1 / 3, 2 / 3, 2 / 3])
    assert most_ratio(found) == 4
    assert found["a"].area(4) == pytest.approx((3 + 2 + 0) / 3 / 3)
    assert found["c"].area(4) == 0
    assert found["a"].area(1) == pytest.approx(1 / 3)
    assert profiles({}) == {}


@given(st.lists(st.tuples(*[st.none() | st.floats(0.1, 10)] * 3), min_size=1, max_size=6), st.floats(1.1, 20))
def test_the_area_of_a_profile_is_its_integral_and_somebody_wins_each_solved_problem(rows: list[tuple[float | None, ...]], most: float) -> None:
    found = profiles({f"{i}": [row[i] for row in rows] for i in range(3)})
    fine = np.linspace(1, most, 4_001)
    for each in found.values():
        heights = [each.at(tau) for tau in (fine[1:] + fine[:-1]) / 2]
        assert each.area(most) == pytest.approx(np.mean(heights), abs=0.01)
    solved = sum(any(each is not None for each in row) for row in rows)
    assert sum(each.at(1.0) for each in found.values()) * len(rows) >= solved - 1e-9
