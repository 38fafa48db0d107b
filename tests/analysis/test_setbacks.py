"""Steps, setbacks, recovery, plateaus, endings: on searches whose answer is known by construction."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_searches import FAILED, Try, searched

from autolab.analysis.endings import ending, persistence, used
from autolab.analysis.plateaus import plateaus
from autolab.analysis.setbacks import HORIZON, Episode, episodes, gain_after, recovery, waits
from autolab.analysis.steps import steps
from autolab.analysis.survival import Point, Wait, kaplan_meier, mean_done, median_wait, waiting_at

RESULT = st.one_of(st.floats(0.1, 20.0), st.sampled_from(sorted(FAILED)))
SEARCH = st.lists(RESULT, max_size=30)


def kinds(*results: float | str | Try, noise: float | None = None) -> str:
    """G a new best, S a setback, . neither."""
    return "".join("G" if step.gained else "S" if step.setback else "." for step in steps(searched(*results, noise=noise)))


def test_a_new_best_beats_the_baseline_and_everything_before() -> None:
    assert kinds(1.0, 1.5, 1.5, 1.4, 2.0) == ".G..G"  # 1.4 came from the start, which it beats


def test_failures_are_setbacks_and_what_is_not_the_agent_s_doing_is_not() -> None:
    assert kinds("wrong", "build", "slow", "odd") == "SSS."
    assert kinds("lab", 1.5, "lab") == "G"  # the lab's own errors are no steps


def test_a_regression_is_measured_against_the_state_it_came_from() -> None:
    assert kinds(2.0, Try(1.5, parent="c1")) == "GS"
    assert kinds(2.0, Try(1.5, parent="c-start")) == "G."
    unmeasured = Try(1.5, parent="nobody knows")
    assert kinds(2.0, unmeasured) == "GS"  # then against the best so far


def test_what_lies_within_the_noise_floor_is_neither_gain_nor_setback() -> None:
    assert kinds(1.02, 0.98, 1.04, 0.96, noise=0.03) == "..GS"


def test_a_vetoed_experiment_is_no_new_best() -> None:
    from autolab.ledger.records import Veto
    from autolab.ledger.replay import after

    state = after(searched(2.0, 1.5), Veto(experiment=1, reason="right only here"))
    assert [step.gained for step in steps(state)] == [False, True]


def test_setbacks_without_a_new_best_between_them_are_one_episode() -> None:
    found = steps(searched("wrong", 1.0, "build", 1.5, 2.0, "wrong", "wrong"))
    assert episodes(found) == (Episode(1, 4, 3), Episode(6, None, 1))


def test_gain_after_the_first_setback_is_in_score() -> None:
    assert gain_after(steps(searched(10**0.5, "wrong", 10.0))) == pytest.approx(0.5)
    assert gain_after(steps(searched(10**0.5, "wrong"))) == 0.0
    assert gain_after(steps(searched(2.0, 3.0))) is None


def test_kaplan_meier_gives_the_textbook_s_curve() -> None:
    """Six waits: events at 1, 3, 3; censored at 2, 4, 5. By hand: 5/6, then 5/6 * 2/4."""
    found = [Wait(1, True), Wait(2, False), Wait(3, True), Wait(3, True), Wait(4, False), Wait(5, False)]
    curve = kaplan_meier(found)
    assert [(point.time, pytest.approx(point.waiting)) for point in curve] == [(1, 5 / 6), (3, 5 / 12)]
    assert waiting_at(curve, 2) == pytest.approx(5 / 6)
    assert median_wait(curve) == 3
    assert mean_done(curve, 3) == pytest.approx((1 / 6 + 1 / 6 + 7 / 12) / 3)


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1))
def test_kaplan_meier_falls_and_is_the_plain_share_where_nothing_is_censored(pairs: list[tuple[int, bool]]) -> None:
    curve = kaplan_meier([Wait(time, came) for time, came in pairs])
    values = [1.0, *(point.waiting for point in curve)]
    assert all(0.0 <= after < before for before, after in itertools.pairwise(values))
    plain = kaplan_meier([Wait(time, True) for time, _ in pairs])
    for point in plain:
        assert point.waiting == pytest.approx(sum(time > point.time for time, _ in pairs) / len(pairs))


def test_an_open_episode_is_censored_but_who_gives_up_never_recovers() -> None:
    done = steps(searched("wrong", 2.0, "wrong", 1.0))
    assert waits(episodes(done), gave_up=False) == (Wait(1, True), Wait(1, False))
    assert waits(episodes(done), gave_up=True) == (Wait(1, True), Wait(HORIZON, False))
    quick, gone = recovery(done, gave_up=False), recovery(done, gave_up=True)
    assert (quick.rate, gone.rate) == (0.5, 0.5)  # at 1 both were at risk
    late = steps(searched("wrong", 1.0, 2.0, "wrong"))
    assert (recovery(late, gave_up=False).rate, recovery(late, gave_up=True).rate) == (1.0, 0.5)


def test_a_search_without_setbacks_has_nothing_to_recover_from() -> None:
    found = recovery(steps(searched(2.0, 3.0)), gave_up=False)
    assert (found.setbacks, found.rate, found.speed, found.median, found.gain_after) == (0, None, None, None, None)


def test_a_setback_with_which_the_budget_ended_tells_nothing_of_recovery() -> None:
    assert recovery(steps(searched(2.0, "wrong")), gave_up=False).rate is None
    assert recovery(steps(searched(2.0, "wrong")), gave_up=True).rate == 0.0


@given(SEARCH, st.booleans())
def test_figures_of_recovery_keep_their_range_for_any_search(results: list[float | str], gave_up: bool) -> None:
    found = recovery(steps(searched(*results)), gave_up=gave_up)
    assert found.speed is None or 0.0 <= found.speed <= found.rate + 1e-9 <= 1.0 + 1e-9
    assert found.gain_after is None or found.gain_after >= 0.0
    assert (found.rate is None) == (not any(episode.waited or gave_up for episode in found.episodes))
    assert sum(episode.ended is None for episode in found.episodes) <= 1


def test_a_plateau_begins_with_the_experiment_that_makes_it_one() -> None:
    flat = [2.0, *[1.0] * 6, 3.0, *[1.0] * 4]
    [found] = plateaus(steps(searched(*flat)), 5)
    assert (found.onset, found.last, found.escaped) == (5, 6, True)
    assert list(found.answers()) == [6, 7]  # the experiment after the onset, and the new best that ended it
    last = plateaus(steps(searched(*flat, 1.0)), 5)[-1]
    assert (last.onset, last.escaped, list(last.answers())) == (12, False, [])


@given(SEARCH, st.integers(1, 6))
def test_plateaus_hold_no_new_best_and_are_apart(results: list[float | str], width: int) -> None:
    done = steps(searched(*results))
    found = plateaus(done, width)
    for plateau in found:
        assert not any(step.gained for step in done[plateau.onset - width + 1 : plateau.last + 1])
    assert all(before.last < after.onset for before, after in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("results", "closed", "word", "kept_on"),
    [
        ([2.0, "wrong"], "finished", "premature", 0.2),
        ([2.0, *[1.0] * 5], "finished", "converged", 1.0),
        ([2.0] * 9, "finished", "exhausted", 1.0),
        ([2.0], "wall", "exhausted", 1.0),
        ([2.0], "tokens", "exhausted", 1.0),
        ([2.0], "crashed", "crashed", 0.1),
        ([2.0], "stopped", "stopped", None),
        ([2.0], "interrupted", "unfinished", None),
        ([2.0], None, "unfinished", None),
        ([], "finished", "premature", 0.0),
    ],
)
def test_how_a_trial_ended(results: list[float | str], closed: str | None, word: str, kept_on: float | None) -> None:
    state = searched(*results, closed=closed, experiments=10)
    assert (ending(state, steps(state)), persistence(state, steps(state))) == (word, kept_on)


def test_without_a_limit_nobody_knows_what_share_was_used() -> None:
    state = searched(2.0)
    assert used(state) is None
    assert persistence(state, steps(state)) is None


def test_point_is_what_kaplan_meier_gives() -> None:
    assert kaplan_meier([Wait(1, True)]) == (Point(1, 0.0),)
    assert kaplan_meier([Wait(1, False)]) == kaplan_meier([]) == ()
