"""Plots made of characters, for terminals."""

from collections.abc import Sequence

from autolab.analysis.bootstrap import Interval

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], low: float = 0.0, high: float = 1.0) -> str:
    """One character a value, its height between `low` and `high`; a blank where there is none."""
    return "".join(" " if each is None else _BARS[_step(each, low, high, len(_BARS))] for each in values)


def interval_bar(value: float | None, found: Interval | None, width: int = 24) -> str:
    """The figure and its interval on a scale from 0 to 1: `····├──●───┤····`."""
    cells = ["·"] * width
    if found is not None:
        first, last = _step(found.low, 0, 1, width), _step(found.high, 0, 1, width)
        cells[first : last + 1] = ["─"] * (last + 1 - first)
        cells[first], cells[last] = "├", "┤"
    if value is not None:
        cells[_step(value, 0, 1, width)] = "●"
    return "".join(cells)


def _step(value: float, low: float, high: float, steps: int) -> int:
    share = (value - low) / (high - low)
    return min(steps - 1, max(0, int(share * steps)))
