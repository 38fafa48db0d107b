"""Statistics against scipy, against independent ways to compute the same, and on data whose answer is known."""

import itertools
import math

import numpy as np
import pytest
from coverage_study import coverage
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from autolab.analysis.aggregate import Statistic, aggregate
from autolab.analysis.bootstrap import Kind, interval, widening, widening_of
from autolab.analysis.compare import compare, detectable, improvement, planned_detectable, words
from autolab.analysis.permutation import holm, p_of_labels, p_of_signs
from autolab.analysis.robust import leave_one_task_out, spread, wilson
from autolab.analysis.student import t_quantile
from autolab.analysis.table import Rewards

RNG = np.random.default_rng(5)
Reward = st.floats(0, 1)
Tables = st.integers(1, 6).flatmap(lambda k: st.lists(st.lists(Reward, min_size=k, max_size=k), min_size=1, max_size=8))
Ragged = st.lists(st.lists(Reward, min_size=1, max_size=5), min_size=1, max_size=8)
Ps = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def table(tasks: int, k: int, shift: float = 0.0, sd: float = 0.1, seed: int = 5) -> list[list[float]]:
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(rng.uniform(0.2, 0.6, (tasks, 1)) + shift, sd, (tasks, k)), 0, 1).tolist()


def rewards(values: list[list[float]]) -> Rewards:
    return Rewards({f"task{number:02}": tuple(each) for number, each in enumerate(values)})


@pytest.mark.parametrize("df", [1, 1.5, 2, 3, 4.7, 10, 47, 500, 20_000])
@pytest.mark.parametrize("p", [0.6, 0.9, 0.975, 0.999])
def test_quantiles_of_t_are_those_of_scipy(p: float, df: float) -> None:
    assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=3e-4)


@given(Tables)
def test_iqm_is_scipy_s_trimmed_mean_where_four_divides_the_number_of_values(values: list[list[float]]) -> None:
    flat = [each for row in values for each in row] * 4
    assert aggregate([flat], "iqm") == pytest.approx(stats.trim_mean(flat, 0.25))


@given(Ragged)
def test_iqm_weighs_tasks_alike_like_copies_of_their_attempts_up_to_equal_numbers(values: list[list[float]]) -> None:
    copies = [each for row in values for each in row * (240 // len(row))]  # 240 divides by 1..5 and the sum by 4
    assert aggregate(values, "iqm") == pytest.approx(stats.trim_mean(copies, 0.25))
    assert aggregate(values, "mean") == pytest.approx(np.mean([np.mean(row) for row in values]))


@settings(max_examples=25)
@given(Ragged, st.sampled_from(["iqm", "mean"]), st.sampled_from(["same", "new"]))
def test_an_interval_lies_in_the_range_of_rewards_around_its_figure_and_is_the_same_again(
    values: list[list[float]], statistic: Statistic, kind: Kind
) -> None:
    found = interval(values, statistic, kind, resamples=200)
    lacking = len(values) < 5 if kind == "new" else min(map(len, values)) < 2
    assert (found is None) == lacking
    if found is not None:
        figure = aggregate(values, statistic)
        assert figure is not None
        assert 0 <= found.low <= found.high <= 1
        assert found == interval(values, statistic, kind, resamples=200)
        if np.ptp(np.concatenate([np.asarray(row) for row in values])) == 0:
            assert found.low == pytest.approx(found.high) == pytest.approx(figure)


def test_the_mean_s_interval_over_new_tasks_is_the_textbook_t_interval_of_task_means() -> None:
    values = table(40, 3, sd=0.05)
    means = [np.mean(row) for row in values]
    low, high = stats.t.interval(0.95, 39, np.mean(means), stats.sem(means))
    found = interval(values, "mean", "new")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05 * (high - low))


def test_the_mean_s_interval_over_the_same_tasks_has_the_width_of_the_stratified_standard_error() -> None:
    values = table(30, 3, sd=0.05)
    error = math.sqrt(sum(np.var(row, ddof=1) / 3 for row in values)) / 30
    found = interval(values, "mean", "same")
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * stats.t.ppf(0.975, 60) * error, rel=0.06)
    assert widening(values, "mean", "same") > math.sqrt(3 / 2)


@pytest.mark.parametrize("statistic", ["mean", "iqm"])
@pytest.mark.parametrize("kind", ["same", "new"])
def test_coverage_in_short(statistic: Statistic, kind: Kind) -> None:
    """100 experiments: 4 standard errors around 95 % are 86 to 100 %. The full table: docs/results/coverage.txt."""
    share, _ = coverage("cut normal", statistic, kind, 24, 3, 100, 300)
    assert share > 0.86


def test_the_plain_bootstrap_of_three_attempts_would_cover_too_little() -> None:
    """What the widening is for: without it the same simulation misses."""
    held = 0
    for number in range(300):
        rng = np.random.default_rng([9, number])
        values = rng.normal(0.5, 0.1, (24, 3))
        drawn = values[np.arange(24)[:, None], rng.integers(0, 3, (300, 24, 3))].mean(axis=(1, 2))
        low, high = np.quantile(drawn, [0.025, 0.975])
        held += low <= 0.5 <= high
    assert held / 300 < 0.93


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=8))
def test_p_of_signs_is_scipy_s_exact_permutation_test(differences: list[float]) -> None:
    flips = [abs(sum(s * d for s, d in zip(signs, differences, strict=True))) for signs in itertools.product([1, -1], repeat=len(differences))]
    assert p_of_signs(differences) == pytest.approx(np.mean([flip >= abs(sum(differences)) - 1e-12 for flip in flips]))


def test_permutation_tests_agree_with_scipy_where_they_draw() -> None:
    differences = RNG.normal(0.05, 0.1, 20)
    theirs = stats.permutation_test((differences,), np.sum, permutation_type="samples", n_resamples=20_000, rng=1)
    assert p_of_signs(differences.tolist()) == pytest.approx(theirs.pvalue, abs=0.02)
    one, other = RNG.normal(0.5, 0.1, 6), RNG.normal(0.6, 0.1, 6)
    theirs = stats.permutation_test((one, other), lambda x, y: np.mean(x) - np.mean(y), n_resamples=20_000, rng=1)
    assert p_of_labels([one.tolist()], [other.tolist()]) == pytest.approx(theirs.pvalue, abs=0.02)


@given(Ps)
def test_holm_is_the_closed_test_of_bonferroni(values: list[float]) -> None:
    """An hypothesis falls where every set of hypotheses with it falls; a set falls by its least p times its size."""
    sets = [chosen for size in range(1, len(values) + 1) for chosen in itertools.combinations(range(len(values)), size)]
    closed = [max(min(1.0, len(each) * min(values[j] for j in each)) for each in sets if i in each) for i in range(len(values))]
    assert holm(values) == pytest.approx(closed)


@given(st.lists(Reward, min_size=1, max_size=6), st.lists(Reward, min_size=1, max_size=6))
def test_probability_of_improvement_is_mann_whitney_s_u(x: list[float], y: list[float]) -> None:
    u = stats.mannwhitneyu(x, y, method="asymptotic").statistic
    assert improvement([x], [y]) == pytest.approx(u / (len(x) * len(y)))
    assert improvement([x], [y]) + improvement([y], [x]) == pytest.approx(1)


def test_a_clear_difference_is_said_with_its_reach_and_none_is_not() -> None:
    worse, better = rewards(table(12, 5)), rewards(table(12, 5, shift=0.3, seed=6))
    found = compare(("new", better), ("old", worse))
    assert found is not None
    assert found.new is not None
    assert 0 < found.new.low < found.difference < found.new.high
    assert found.difference == pytest.approx(np.mean(better.values) - np.mean(worse.values))
    assert found.left_out[0] <= found.difference <= found.left_out[1]
    assert words(found).startswith("new is better than old on tasks of this kind")
    alike = compare(("new", worse), ("old", worse))
    assert alike is not None
    assert (alike.difference, alike.improvement) == (0, pytest.approx(0.5, abs=0.05))
    assert words(alike).startswith("not told apart")


def test_few_tasks_speak_for_themselves_alone() -> None:
    found = compare(("new", rewards(table(2, 6, shift=0.4))), ("old", rewards(table(2, 6))))
    assert found is not None
    assert (found.new, found.detectable) == (None, None)
    assert "on these tasks" in words(found)
    assert "2 are too few" in words(found)
    assert compare(("new", rewards([[0.1]])), ("old", Rewards({"another": (0.2,)}))) is None


def test_comparing_the_other_way_round_turns_the_sign() -> None:
    one, other = rewards(table(8, 4)), rewards(table(8, 4, shift=0.1, seed=7))
    forth, back = compare(("a", one), ("b", other)), compare(("b", other), ("a", one))
    assert forth is not None
    assert back is not None
    assert forth.difference == pytest.approx(-back.difference)
    assert forth.p_new == pytest.approx(back.p_new)


def test_detectable_difference_of_the_plan_in_the_documents() -> None:
    assert planned_detectable(0.20, 0.25, 36, 5) == pytest.approx(0.12, abs=0.005)
    assert planned_detectable(0.20, 0.25, 36, 3) == pytest.approx(0.13, abs=0.005)
    seen = detectable(RNG.normal(0, 0.3, 400).tolist())
    assert seen == pytest.approx(2.8 * 0.3 / 20, rel=0.1)


def test_leaving_one_task_out_names_the_task_that_carries_the_figure() -> None:
    found = leave_one_task_out(Rewards({"a": (0.1, 0.1), "b": (0.1, 0.1), "c": (1.0, 1.0)}), "mean")
    assert found is not None
    assert (found.low, found.without_low, found.high) == (pytest.approx(0.1), "c", pytest.approx(0.55))
    assert leave_one_task_out(Rewards({"a": (0.1,)}), "mean") is None


def test_spread_finds_the_deviations_that_data_were_drawn_with() -> None:
    values = RNG.normal(RNG.normal(0.5, 0.2, (3000, 1)), 0.1, (3000, 3)).tolist()
    found = spread(values)
    assert found.attempt == pytest.approx(0.1, rel=0.05)
    assert found.task == pytest.approx(0.2, rel=0.05)
    assert spread([[0.1], [0.2]]).attempt is None


@given(st.integers(1, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_is_scipy_s(pair: tuple[int, int]) -> None:
    theirs = stats.binomtest(*pair).proportion_ci(method="wilson")
    assert wilson(*pair) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_widening_does_not_depend_on_the_scale_of_the_figures() -> None:
    strata = [[0.0, 1.0, 3.0], [2.0, 5.0]]
    tiny = [[6e-110 * value for value in each] for each in strata]
    assert widening_of(tiny) == pytest.approx(widening_of(strata))
