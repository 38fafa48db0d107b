"""Operators on number literals."""

import math
import re
from collections.abc import Callable
from random import Random

from autolab.agents.mutate.change import Change
from autolab.agents.mutate.source import Source

_WHOLE = re.compile(rb"(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,18})([uUlLzZ]{0,3}|[iu](?:8|16|32|64|size))")
_REAL = re.compile(
    rb"([0-9]{1,18}\.[0-9]{0,18}(?:[eE][+-]?[0-9]{1,3})?|[0-9]{1,18}[eE][+-]?[0-9]{1,3})([fFlL]?|f32|f64)"
)


def nudge(source: Source, rng: Random) -> Change | None:
    """One more or one less."""
    step = rng.choice((-1, 1))
    return _change(source, rng, lambda value: value + step)


def scale(source: Source, rng: Random) -> Change | None:
    """Twice, or half."""
    double = rng.random() < 0.5
    return _change(
        source, rng, lambda value: value * 2 if double else value // 2 if isinstance(value, int) else value / 2
    )


def zero_or_one(source: Source, rng: Random) -> Change | None:
    """0, or 1."""
    new = rng.choice((0, 1))
    return _change(source, rng, lambda value: type(value)(new))


def _change(source: Source, rng: Random, function: Callable[[int | float], int | float]) -> Change | None:
    numbers = source.of(source.syntax.numbers)
    if not numbers:
        return None
    node = rng.choice(numbers)
    old = source.text(node)
    new = rewrite(old, function)
    if new is None or new == old:
        return None
    return Change(f"{source.place(node)}: {old.decode()} becomes {new.decode()}", (source.replace(node, new),))


def rewrite(text: bytes, function: Callable[[int | float], int | float]) -> bytes | None:
    """A literal with its value changed, in the same base and with the same suffix.

    None for a form not known here, or where the new value is negative or not finite.
    """
    if match := _WHOLE.fullmatch(text):
        digits, suffix = match.groups()
        hexadecimal = digits[:2] in (b"0x", b"0X")
        whole = int(function(int(digits, 16 if hexadecimal else 10)))
        return None if whole < 0 else (b"0x%x" if hexadecimal else b"%d") % whole + suffix
    if match := _REAL.fullmatch(text):
        real = float(function(float(match[1])))
        if not math.isfinite(real) or real < 0:
            return None
        return repr(real).encode() + match[2]
    return None
