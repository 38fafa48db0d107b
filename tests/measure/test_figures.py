"""Only finite, exact, non-negative numbers are figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.measure.figures import FigureRefused, finite_figure

NO_FIGURES = {
    "text": "12",
    "bytes": b"12",
    "nothing": None,
    "true": True,
    "false": False,
    "NaN": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "negative": -1,
    "a little negative": -5e-324,
    "huge": 2**53 + 1,
    "huge and negative": -(10**400),
    "a list": [1],
    "a dict": {"metric": 1},
    "complex": 1j,
    "long text": "\x1b[2J" * 10_000,
}


@pytest.mark.parametrize("value", NO_FIGURES.values(), ids=NO_FIGURES)
def test_anything_else_is_refused_in_one_short_line(value: object) -> None:
    with pytest.raises(FigureRefused) as refused:
        finite_figure(value, "the count")
    assert str(refused.value).startswith("the count is ")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400


@given(st.integers(0, 2**53) | st.floats(0, allow_nan=False, allow_infinity=False))
def test_a_number_is_kept_as_it_is(value: float) -> None:
    figure = finite_figure(value)
    assert figure == value
    assert type(figure) is float


def test_zero_has_one_sign() -> None:
    assert math.copysign(1, finite_figure(-0.0)) == 1


def test_numbers_of_a_class_of_their_own_become_plain_floats() -> None:
    class Sly(float):
        def __float__(self) -> float:
            return math.nan

    with pytest.raises(FigureRefused):
        finite_figure(Sly(1.0))
