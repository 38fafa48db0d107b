"""Feedback ablation: on runs whose answer is known, and pairs that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledgers import Made, seen

from autolab.analysis.ablation import Effect, effects
from autolab.analysis.paired import paired_difference
from autolab.analysis.trials import Trial
from autolab.errors import AutolabError

DIFFERENCES = st.lists(
    st.lists(st.integers(-100, 100).map(lambda each: each / 100), min_size=2, max_size=6), min_size=1, max_size=4
)


def trials(mode: str, scores: list[float], task: str = "small") -> list[Trial]:
    return [
        seen(Made(scores=[0.0, score], grade=score, task=task, attempt=n, feedback=mode))
        for n, score in enumerate(scores, 1)
    ]


def only(found: tuple[Effect, ...], task: str | None, mode: str = "withheld") -> Effect:
    return next(effect for effect in found if (effect.task, effect.mode) == (task, mode))


def test_a_loop_that_earns_its_gain_is_seen() -> None:
    found = effects(
        [*trials("true", [0.5, 0.6, 0.7]), *trials("withheld", [0.1, 0.2, 0.3]), *trials("shuffled", [0.2, 0.0, 0.1])],
        "climb",
    )
    effect = only(found, "small")
    assert effect.difference is not None
    assert effect.difference.mean == pytest.approx(0.4)
    assert (effect.difference.pairs, effect.left_out, effect.dependent) == (3, 0, True)
    assert [each.mode for each in found] == ["withheld", "withheld", "shuffled", "shuffled"]


def test_what_resampling_reaches_too_is_not_the_loop_s() -> None:
    found = effects([*trials("true", [0.1, 0.6, 0.3]), *trials("withheld", [0.5, 0.2, 0.3])], "climb")
    assert not only(found, "small").dependent
    assert not only(
        effects([*trials("true", [0.1]), *trials("withheld", [0.0])], "climb"), "small"
    ).dependent  # one pair tells nothing


def test_all_tasks_weigh_the_same() -> None:
    many = [*trials("true", [0.4] * 6, "a"), *trials("withheld", [0.0] * 6, "a")]
    few = [*trials("true", [0.0] * 2, "b"), *trials("withheld", [0.2] * 2, "b")]
    effect = only(effects([*many, *few], "climb"), None)
    assert effect.difference is not None
    assert effect.difference.mean == pytest.approx(0.1)


def test_failures_of_the_agent_count_0_and_what_has_no_grade_is_left_out() -> None:
    failed = seen(Made(scores=["wrong_output"], attempt=1, feedback="withheld"))
    void = seen(Made(scores=[0.1], grade="lab_error", attempt=2, feedback="withheld"))
    unfinished = seen(Made(scores=[0.1], graded=False, attempt=3, feedback="withheld"))
    effect = only(effects([*trials("true", [0.3, 0.3, 0.3]), failed, void, unfinished], "climb"), "small")
    assert (effect.other, effect.left_out) == (0.0, 2)


def test_trials_of_other_budgets_or_tasks_are_no_pairs() -> None:
    longer = seen(Made(scores=[0.1], feedback="withheld", wall_s=2_000.0))
    with pytest.raises(AutolabError, match="are no pair: budget"):
        effects([*trials("true", [0.3]), longer], "climb")
    edited = seen(Made(scores=[0.1], feedback="withheld", where={"task_digest": "edited"}))
    with pytest.raises(AutolabError, match="are no pair: digest"):
        effects([*trials("true", [0.3]), edited], "climb")


def test_only_the_asked_agent_is_looked_at() -> None:
    assert effects([*trials("true", [0.3]), *trials("withheld", [0.1])], "evolve") == ()


@given(DIFFERENCES)
def test_the_interval_holds_the_mean_and_turns_with_the_sign(values: list[list[float]]) -> None:
    found, turned = paired_difference(values), paired_difference([[-each for each in one] for one in values])
    assert found is not None
    assert turned is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert turned.mean == pytest.approx(-found.mean)
    assert turned.low == pytest.approx(-found.high, abs=1e-9)


def test_nothing_is_told_of_nothing() -> None:
    assert paired_difference([]) is None
    assert paired_difference([[]]) is None
    single = paired_difference([[0.5]])
    assert single is not None
    assert (single.mean, single.low, single.above) == (0.5, None, False)
