"""Resilience as a whole: components on searches whose answer is known, and what is missing stays missing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_searches import FAILED, START, Try, searched

from autolab.analysis.hypotheses import calibration, duplicates, forecasts, judged
from autolab.analysis.moves import distances, moves
from autolab.analysis.plateaus import plateaus
from autolab.analysis.resilience import COMPONENTS, composite, resilience, without
from autolab.analysis.steps import steps

OLD = {"a.txt": b"".join(b"old %d\n" % n for n in range(20))}
TUNED = {"a.txt": OLD["a.txt"].replace(b"old 7", b"new 7")}
OTHER = {"a.txt": b"".join(b"other %d\n" % n for n in range(20))}


def history(**trees: dict[str, bytes]):
    return lambda tree: {START: OLD, **trees}.get(tree, TUNED)


@pytest.mark.parametrize(
    ("expected", "measured", "word"),
    [(2.0, 2.0, "confirmed"), (2.0, 1.5, "confirmed"), (2.0, 1.2, "partly"), (2.0, 1.0, "refuted"), (2.0, 0.5, "refuted"),
     (2.0, None, "refuted"), (1.0, 1.0, "confirmed"), (1.0, 0.9, "refuted"), (0.5, 0.6, "confirmed")],
)  # fmt: skip
def test_a_hypothesis_is_judged_by_half_of_what_it_promised(expected: float, measured: float | None, word: str) -> None:
    assert judged(expected, measured) == word


def test_calibration_is_one_for_forecasts_that_come_true_and_zero_for_worthless_ones() -> None:
    right = searched(Try(2.0, expected=2.0), Try(3.0, expected=1.5, parent="c1"))
    assert calibration(forecasts(right, steps(right))) == pytest.approx(1.0)
    wrong = searched(Try(1.0, expected=4.0), Try("build", expected=1.1))
    assert calibration(forecasts(wrong, steps(wrong))) == 0.0
    half = searched(Try(2.0, expected=2.0 * math.sqrt(2)))
    assert calibration(forecasts(half, steps(half))) == pytest.approx(0.5)
    assert calibration(()) is None


def test_a_forecast_is_about_the_state_that_it_came_from() -> None:
    state = searched(4.0, Try(2.0, expected=2.0, parent="c-start"))
    assert [each.measured for each in forecasts(state, steps(state))] == [2.0]


def test_duplicates_are_states_measured_before() -> None:
    state = searched(Try(2.0, tree="a"), Try(1.5, tree="b"), Try(2.0, tree="a"), Try(2.0, tree="a"))
    assert duplicates(steps(state)) == (3, 4)


def test_moves_on_a_plateau_and_what_they_bring() -> None:
    state = searched(2.0, *["wrong"] * 5, Try("wrong", tree="other"), Try(3.0, tree="new"), 1.0)
    done = steps(state)
    apart = distances(done, START, history(other=OTHER, new=OTHER))
    assert [distance >= 0.25 for distance in apart] == [False] * 6 + [
        True,
        True,
        True,
    ]  # the last is far from the new best
    found = moves(done, plateaus(done), apart)
    assert (found.plateaus, found.answered, found.rate, found.restructure_payoff, found.refine_payoff) == (
        1,
        1.0,
        1.0,
        1.0,
        None,
    )


def test_who_only_refines_on_a_plateau_has_not_answered_it() -> None:
    found = resilience(searched(2.0, *["wrong"] * 8), history())
    assert found.components["restructuring"] == 0.0
    assert found.moves is not None
    assert (found.moves.rate, found.moves.refine_payoff) == (0.0, 0.0)


def test_what_was_known_before_the_first_setback_counts_nowhere() -> None:
    after = ["wrong", 1.0, 12.0, "wrong"]
    novice = resilience(searched(*after, closed="wall"), history())
    expert = resilience(searched(Try(9.0, expected=9.0), *after, closed="wall"), history())
    for name in ("recovery", "novelty", "calibration", "persistence"):
        assert novice.components[name] == expert.components[name]


def test_a_trial_without_setbacks_was_not_put_to_the_test() -> None:
    found = resilience(searched(2.0, 3.0, closed="wall"), history())
    assert found.composite is None
    assert found.components["persistence"] == 1.0


def test_without_the_history_nothing_is_said_of_structure() -> None:
    found = resilience(searched(2.0, *["wrong"] * 8, closed="wall"))
    assert (found.moves, found.components["restructuring"]) == (None, None)
    assert found.composite is not None


def test_an_empty_trial_says_nothing() -> None:
    found = resilience(searched(closed=None), history())
    assert (found.experiments, found.ending, found.composite) == (0, "unfinished", None)
    assert set(found.components.values()) == {None}


def test_the_composite_is_the_mean_of_what_is_known() -> None:
    assert composite({"recovery": 0.5, "gain": 1.0, "novelty": None}) == 0.75
    assert composite({"recovery": None, "gain": 1.0}) is None
    found = resilience(searched("wrong", 2.0, closed="wall"), history())
    assert set(without(found, "gain").components) == set(COMPONENTS) - {"gain"}


@given(
    st.lists(st.one_of(st.floats(0.1, 20.0), st.sampled_from(sorted(FAILED))), max_size=25),
    st.sampled_from(["finished", "wall", "crashed"]),
)
def test_every_component_of_any_search_is_in_0_to_1(results: list[float | str], closed: str) -> None:
    found = resilience(searched(*results, closed=closed, experiments=25), history())
    assert tuple(found.components) == COMPONENTS
    assert all(value is None or 0.0 <= value <= 1.0 for value in found.components.values())
    assert found.composite is None or 0.0 <= found.composite <= 1.0
