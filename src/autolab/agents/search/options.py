"""Options of search agents: text after `-a NAME?` to numbers within their limits."""

from collections.abc import Mapping

from autolab.errors import AgentError


def whole(options: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from low to high."""
    return int(number(options, name, default, low, high, int))


def number(
    options: Mapping[str, str], name: str, default: float, low: float, high: float, kind: type[int] | type[float] = float
) -> float:
    """A number from low to high; AgentError for anything else."""
    text = options.get(name)
    if text is None:
        return default
    try:
        value = kind(text)
    except ValueError:
        value = kind(low) - 1
    if not low <= value <= high:
        raise AgentError(f"{name}={text}: give a {'whole ' if kind is int else ''}number from {low:g} to {high:g}")
    return value


def switch(options: Mapping[str, str], name: str, *, default: bool) -> bool:
    """`yes` or `no`."""
    text = options.get(name, "yes" if default else "no")
    if text not in {"yes", "no"}:
        raise AgentError(f"{name}={text}: give yes or no")
    return text == "yes"
