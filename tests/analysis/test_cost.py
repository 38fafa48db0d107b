"""Prices of trials whose spending is known by construction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledgers import Made, seen

from autolab.analysis.cost import Step, cost, gains, prices, steps


def test_failed_and_aborted_trials_are_in_the_sum() -> None:
    made = [
        Made(scores=[0.2, 0.5], tokens=100, usd=0.5, cpu_s=1.0),
        Made(scores=["build_failed"], tokens=100, usd=0.5),
        Made(scores=[0.1], tokens=10, usd=0.1, graded=False),
    ]
    found = cost([seen(each) for each in made])
    assert (found.trials, found.experiments, found.calls, found.tokens, found.unpriced) == (3, 4, 4, 310, 0)
    assert (found.usd, found.wall_s, found.cpu_s) == (pytest.approx(1.6), pytest.approx(40), pytest.approx(2))


def test_unpriced_is_said_and_no_call_on_record_is_not_zero() -> None:
    unpriced = cost([seen(Made(scores=[0.2], tokens=100)), seen(Made(scores=[0.2], tokens=100, usd=0.5))])
    assert (unpriced.usd, unpriced.usd_known, unpriced.unpriced) == (None, 0.5, 1)
    silent = cost([seen(Made(scores=[0.2]))])
    assert (silent.tokens, silent.usd, silent.usd_known) == (None, None, None)


def test_steps_are_paid_by_the_best_that_reaches_them_and_the_last_is_not_reached() -> None:
    made = seen(Made(scores=[0.05, 0.31, 0.3, 0.42], step=10))
    assert steps(made, "wall_s") == (
        Step(0.0, 20, reached=True), Step(pytest.approx(0.1), 0, reached=True), Step(pytest.approx(0.2), 0, reached=True),
        Step(pytest.approx(0.3), 20, reached=True), Step(pytest.approx(0.4), 0, reached=False),
    )  # fmt: skip
    assert steps(seen(Made(scores=[0.5])), "usd") is None


def test_the_price_of_the_next_step_counts_what_was_spent_in_vain() -> None:
    made = [Made(scores=[0.1], tokens=1, usd=2.0), Made(scores=["build_failed", "wrong_output"], tokens=1, usd=2.0)]
    first, second = prices([seen(each) for each in made], "usd") or ()
    assert (first.level, first.each, first.reached, first.of) == (0.0, pytest.approx(6.0), 1, 2)
    assert (second.each, second.reached, second.of) == (None, 0, 1)
    assert prices([seen(Made(scores=[0.1]))], "tokens") is None


@given(st.lists(st.lists(st.floats(-1, 1.5), max_size=8), min_size=1, max_size=5))
def test_all_spending_is_in_some_step(scores: list[list[float]]) -> None:
    made = [seen(Made(scores=each, step=7.0)) for each in scores]
    found = prices(made, "wall_s")
    assert found is not None
    assert sum(price.spent for price in found) == pytest.approx(sum(7.0 * len(each) for each in scores))
    assert [price.of for price in found] == sorted((price.of for price in found), reverse=True)


def test_gain_per_dollar_is_the_mean_reward_over_what_each_trial_spent() -> None:
    made = [seen(Made(scores=[0.2, 0.6], tokens=1, usd=1.0)), seen(Made(scores=["timed_out"], tokens=1, usd=1.0))]
    one, two = gains(made, "usd", (1.0, 2.0)) or ()
    assert (one.reward, one.per_unit) == (pytest.approx(0.1), pytest.approx(0.1))
    assert (two.reward, two.per_unit) == (pytest.approx(0.3), pytest.approx(0.15))
    assert gains([seen(Made(scores=[0.2], tokens=1))], "usd", (1.0,)) is None
    assert gains([], "usd", (1.0,)) is None
