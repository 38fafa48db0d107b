"""Figures that come from outside: only a finite, exact, non-negative number is one."""

import math
from typing import Any

from autolab.errors import AutolabError

_EXACT = 2**53  # above this a float no longer holds every whole number


class FigureRefused(AutolabError):  # noqa: N818 - an outcome
    """A value that is no usable metric; the judge makes the measurement `invalid`."""


def finite_figure(value: Any, what: str = "metric") -> float:
    """The value as a float.

    Refuses anything but an int or a float, and bool, NaN, infinities, negative numbers and whole numbers too large to
    be exact. Text is refused even where it spells a number: nothing printed is a figure.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FigureRefused(f"{what} is {_shown(value)}, of type {type(value).__name__}; a number is needed")
    if isinstance(value, int) and abs(value) > _EXACT:
        raise FigureRefused(
            f"{what} is a whole number of {value.bit_length()} bits; at most 2**53 can be scored exactly"
        )
    figure = float(value)
    if not math.isfinite(figure):
        raise FigureRefused(f"{what} is {figure}; a finite number is needed")
    if figure < 0:
        raise FigureRefused(f"{what} is {figure:g}; a metric is never negative")
    return figure + 0.0  # -0.0 becomes 0.0


def _shown(value: Any) -> str:
    """A short, printable form of an untrusted value; of a container only its size is told."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str | bytes):
        return f"{value[:40]!r}"
    return "no number"
