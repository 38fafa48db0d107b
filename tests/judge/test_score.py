"""Score, reward and the last word on a verdict: design.md's formulas as properties."""

import math
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autolab.judge.score import Direction, Scale, ScoreError, beyond_floor, reward, score, settle
from autolab.ledger.records import Verdict

settings.register_profile("no deadline", deadline=None)  # a busy machine is no failure
settings.load_profile("no deadline")

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
SCALES: tuple[Scale, ...] = get_args(Scale)

figures = st.floats(1e-3, 1e12)
directions = st.sampled_from(DIRECTIONS)
scales = st.sampled_from(SCALES)


@st.composite
def anchored(draw: st.DrawFn) -> tuple[float, float, Direction, Scale]:
    """Baseline and reference, apart by a tenth or more, as the direction wants them."""
    direction = draw(directions)
    worse = draw(figures)
    factor = draw(st.floats(1.1, 1e4))
    baseline, reference = (worse * factor, worse) if direction == "lower" else (worse, worse * factor)
    return baseline, reference, direction, draw(scales)


@given(anchored())
def test_the_baseline_scores_0_and_the_reference_1_to_the_digit(anchors: tuple[float, float, Direction, Scale]) -> None:
    baseline, reference, _, _ = anchors
    at_baseline = score(baseline, *anchors)
    assert at_baseline == 0
    assert math.copysign(1, at_baseline) == 1
    assert score(reference, *anchors) == 1


@given(anchored(), figures, figures)
def test_a_better_metric_never_scores_less(
    anchors: tuple[float, float, Direction, Scale], one: float, other: float
) -> None:
    worse, better = sorted((one, other), reverse=anchors[2] == "lower")
    assert score(worse, *anchors) <= score(better, *anchors)
    if better / worse > 1 + 1e-6 or worse / better > 1 + 1e-6:
        assert score(worse, *anchors) < score(better, *anchors)


@given(anchored(), figures, st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(
    anchors: tuple[float, float, Direction, Scale], metric: float, constant: float
) -> None:
    baseline, reference, direction, scale = anchors
    plain = score(metric, *anchors)
    scaled = score(metric * constant, baseline * constant, reference * constant, direction, scale)
    assert scaled == pytest.approx(plain, rel=1e-6, abs=1e-6)


@given(anchored(), figures)
def test_the_formulas_are_the_designs(anchors: tuple[float, float, Direction, Scale], metric: float) -> None:
    baseline, reference, direction, scale = anchors
    if scale == "linear":
        expected = (metric - baseline) / (reference - baseline)
    elif direction == "lower":
        expected = math.log(baseline / metric) / math.log(baseline / reference)
    else:
        expected = math.log(metric / baseline) / math.log(reference / baseline)
    assert score(metric, *anchors) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_scores_are_not_cut() -> None:
    assert score(1, 100, 10, "lower", "log") == pytest.approx(2)
    assert score(1000, 100, 10, "lower", "log") == pytest.approx(-1)
    assert score(0.9, 0.5, 0.7, "higher", "linear") == pytest.approx(2)
    assert score(0, 0.5, 0.7, "higher", "linear") == pytest.approx(-2.5)


@given(st.floats() | st.none())
def test_a_reward_is_the_score_cut_to_0_and_1(value: float | None) -> None:
    given_reward = reward(value)
    assert 0 <= given_reward <= 1
    if value is not None and 0 <= value <= 1:
        assert given_reward == value
    if value is None or math.isnan(value):
        assert given_reward == 0


@pytest.mark.parametrize("verdict", [verdict for verdict in get_args(Verdict) if verdict != "ok"])
@given(anchors=anchored(), metric=figures | st.none())
def test_nothing_but_ok_has_a_figure(
    verdict: Verdict, anchors: tuple[float, float, Direction, Scale], metric: float | None
) -> None:
    baseline, reference, direction, scale = anchors
    settled = settle(verdict, metric, baseline, reference, direction=direction, scale=scale)
    assert (settled.verdict, settled.metric, settled.score, settled.reward) == (verdict, None, None, 0.0)


@given(anchored(), figures)
def test_ok_has_metric_score_and_reward(anchors: tuple[float, float, Direction, Scale], metric: float) -> None:
    baseline, reference, direction, scale = anchors
    settled = settle("ok", metric, baseline, reference, direction=direction, scale=scale)
    assert (settled.verdict, settled.metric, settled.reason) == ("ok", metric, None)
    assert settled.score == score(metric, *anchors)
    assert settled.reward == reward(settled.score)


@pytest.mark.parametrize("metric", [None, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("scale", SCALES)
def test_without_a_finite_metric_ok_becomes_invalid(metric: float | None, scale: Scale) -> None:
    settled = settle("ok", metric, 100, 10, direction="lower", scale=scale)
    assert (settled.verdict, settled.metric, settled.score, settled.reward) == ("invalid", None, None, 0.0)
    assert settled.reason is not None
    assert "finite" in settled.reason


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_zero_has_no_place_on_a_log_scale(direction: Direction) -> None:
    anchors = (100, 10) if direction == "lower" else (10, 100)
    settled = settle("ok", 0.0, *anchors, direction=direction, scale="log")
    assert (settled.verdict, settled.score) == ("invalid", None)
    with pytest.raises(ScoreError, match="above 0"):
        score(0.0, *anchors, direction, "log")


@given(anchored(), st.floats(1.01, 10), figures)
def test_beyond_the_floor_is_quarantined_and_the_floor_itself_is_not(
    anchors: tuple[float, float, Direction, Scale], margin: float, metric: float
) -> None:
    baseline, reference, direction, scale = anchors
    floor = reference / margin if direction == "lower" else reference * margin
    better = metric < floor if direction == "lower" else metric > floor
    settled = settle("ok", metric, baseline, reference, direction=direction, scale=scale, floor=floor)
    assert beyond_floor(metric, floor, direction) == better
    assert (settled.verdict == "quarantined") == better == (settled.metric is None)
    assert not (better and settled.reward)
    assert settle("ok", floor, baseline, reference, direction=direction, scale=scale, floor=floor).verdict == "ok"


@given(anchored())
def test_anchors_that_contradict_the_direction_give_no_score(anchors: tuple[float, float, Direction, Scale]) -> None:
    baseline, reference, direction, scale = anchors
    with pytest.raises(ScoreError, match="no scale"):
        score(baseline, reference, baseline, direction, scale)
    with pytest.raises(ScoreError, match="no scale"):
        score(baseline, baseline, baseline, direction, scale)


@given(st.floats(1, 1e300), directions, scales)
def test_anchors_a_hair_apart_give_a_finite_score_or_an_error(
    baseline: float, direction: Direction, scale: Scale
) -> None:
    reference = math.nextafter(baseline, 0 if direction == "lower" else math.inf)
    assume(reference > 0)
    try:
        assert math.isfinite(score(1e308, baseline, reference, direction, scale))
    except ScoreError as error:
        assert "too close" in str(error)  # noqa: PT017 - either is right
