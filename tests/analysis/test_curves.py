"""Curves of hand-made trials, whose answers are known by construction."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledgers import Made, seen, write_ledger

from autolab.analysis.curves import Point, area, best_by, curve, first_score, horizon, round_gain, share_of_first
from autolab.analysis.trials import read_trials
from autolab.ledger.records import Noise, State, Veto

Results = st.lists(st.one_of(st.floats(-1, 2).map(lambda x: round(x, 3)), st.sampled_from(["build_failed", "wrong_output"])), max_size=15)


def test_a_curve_has_a_point_for_each_new_best_over_whatever_is_spent() -> None:
    made = seen(Made(scores=[0.2, "build_failed", 0.1, 0.5], step=10, tokens=100, usd=0.25, cpu_s=2.0))
    assert curve(made, "experiments") == (Point(1, 0.2, 1), Point(4, 0.5, 4))
    assert [[point.at for point in curve(made, over) or ()] for over in ("wall_s", "tokens", "usd", "cpu_s")] == [
        [10, 40], [100, 400], [0.25, 1.0], [2, 8],
    ]  # fmt: skip


def test_money_without_a_price_has_no_curve_and_is_not_zero() -> None:
    made = seen(Made(scores=[0.2, 0.5], tokens=100))
    assert curve(made, "usd") is None
    assert curve(made, "tokens") is not None


def test_a_vetoed_state_is_in_no_curve() -> None:
    made = seen(Made(scores=[0.2, 0.9, 0.5], vetoes=(Veto(experiment=2, reason="a trick"),)))
    assert [point.score for point in curve(made, "experiments") or ()] == [0.2, 0.5]


def test_a_gain_inside_the_noise_floor_is_no_point_as_it_is_no_best() -> None:
    made = seen(Made(scores=[0.2, 0.21, 0.23]))  # metrics 4.7 % apart, then 9.6 %; from the first to the last 14.8 %
    assert made.state.started is not None
    noise = Noise(floor=0.12, spread=0.03, low_precision=True)
    started = made.state.started.model_copy(update={"noise": noise})
    noisy = replace(made, state=replace(made.state, started=started))
    assert [point.experiment for point in curve(made, "experiments") or ()] == [1, 2, 3]
    assert [point.experiment for point in curve(noisy, "experiments") or ()] == [1, 3]


def test_area_is_the_mean_of_the_reward_over_the_budget() -> None:
    points = (Point(10, 0.5, 1), Point(50, 1.5, 2))
    assert area(points, 100) == pytest.approx((0 * 10 + 0.5 * 40 + 1.0 * 50) / 100)  # beyond the reference counts 1
    assert area(points, 20) == pytest.approx(0.25)
    assert area((), 100) == 0.0
    assert area((Point(10, -0.4, 1),), 100) == 0.0
    assert horizon(seen(Made()), "wall_s") == 1_000.0
    assert horizon(seen(Made()), "experiments") is None


@given(Results, st.floats(0.5, 30))
def test_a_curve_rises_ends_at_the_best_and_its_area_is_its_riemann_sum(results: list[float | str], end: float) -> None:
    made = seen(Made(scores=results, step=1.0))
    points = curve(made, "experiments")
    assert points is not None
    assert [p.at for p in points] == sorted({p.at for p in points})
    assert [p.score for p in points] == sorted({p.score for p in points})
    scores = [each for each in results if not isinstance(each, str)]
    assert max((p.score for p in points), default=None) == max(scores, default=None)
    fine = np.linspace(0, end, 2_000, endpoint=False) + end / 4_000
    rewards = [min(1.0, max(0.0, max((p.score for p in points if p.at <= x), default=0.0))) for x in fine]
    assert area(points, end) == pytest.approx(np.mean(rewards), abs=0.02)


def test_round_gain_and_the_share_of_the_first_attempt() -> None:
    made = seen(Made(scores=[0.2, 0.3, "timed_out", 0.8]))
    assert round_gain(made, 1, 2) == pytest.approx(0.1)
    assert round_gain(made) == pytest.approx(0.6)  # it ended after four: the best stays
    assert share_of_first(made) == pytest.approx(0.25)
    assert round_gain(seen(Made(scores=[0.2, 0.8], graded=False))) is None
    assert round_gain(seen(Made())) is None


def test_a_failed_first_attempt_made_none_of_the_gain_and_no_gain_has_no_share() -> None:
    failed = seen(Made(scores=["build_failed", 0.5]))
    assert (first_score(failed), share_of_first(failed)) == (None, 0.0)
    assert share_of_first(seen(Made(scores=[-0.1, 0.0]))) is None
    assert share_of_first(seen(Made(scores=["wrong_output"]))) is None


def test_measuring_the_given_program_is_no_first_attempt() -> None:
    made = Made(scores=[0.0, 0.4, 0.8])
    start = State(commit=f"{1:040x}", tree=f"{1:040x}", cause="start")  # as experiment 1 has it
    assert first_score(seen(made, (start,))) == 0.4
    assert share_of_first(seen(made, (start,))) == pytest.approx(0.5)


@given(Results)
def test_the_share_of_the_first_lies_between_nothing_and_all(results: list[float | str]) -> None:
    share = share_of_first(seen(Made(scores=results)))
    assert share is None or 0 <= share <= 1


@pytest.mark.parametrize(("spent", "best"), [(0, 0.0), (9.9, 0.0), (10, 0.3), (25, 0.3), (30, 0.6), (1e9, 0.6)])
def test_the_best_by_an_amount(tmp_path: Path, spent: float, best: float) -> None:
    folder = write_ledger(tmp_path / "small__climb__1", Made(scores=[0.3, 0.1, 0.6]).records())
    assert best_by(curve(read_trials([folder])[0], "wall_s") or (), spent) == best
