"""Credit: what a search learns about its operators."""

from hypothesis import given
from hypothesis import strategies as st

from autolab.agents.credit import Credit

experiments = st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 1), st.booleans()), max_size=50)


def learnt(history: list[tuple[str, float, bool]]) -> dict[str, float]:
    credit = Credit({"a": 4.0, "b": 1.0})
    for name, worth, built in history:
        credit.learn(name, worth=worth, built=built)
    return credit.weights()


def test_starts_with_the_prior() -> None:
    assert learnt([]) == {"a": 4.0, "b": 1.0}


def test_a_loss_halves_and_a_failed_build_leaves_a_third() -> None:
    assert learnt([("a", 0.0, True)]) == {"a": 2.0, "b": 1.0}
    assert learnt([("a", 0.0, False)]) == {"a": 4.0 / 3.0, "b": 1.0}


def test_a_gain_triples_and_a_small_one_does_little() -> None:
    assert learnt([("a", 1.0, True)])["a"] == 12.0
    assert 2.0 < learnt([("a", 0.01, True)])["a"] < 2.1


@given(experiments)
def test_nothing_is_given_up_and_nothing_runs_away(history: list[tuple[str, float, bool]]) -> None:
    for name, prior in (("a", 4.0), ("b", 1.0)):
        assert 0.0 < learnt(history)[name] <= prior * (1 + 2 * len(history))


@given(experiments, st.sampled_from("ab"))
def test_a_better_outcome_never_weighs_less(history: list[tuple[str, float, bool]], name: str) -> None:
    weights = [learnt([*history, (name, *end)])[name] for end in ((0.0, False), (0.0, True), (0.5, True), (1.0, True))]
    assert weights == sorted(weights)
