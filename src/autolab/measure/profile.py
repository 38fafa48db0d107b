"""Reads callgrind's output file (format version 1, Valgrind manual, "Callgrind Format Specification"). Pure.

Cachegrind's (Valgrind manual, "Cachegrind Format Specification") is the same without calls, and names its totals `summary`.

The file is written by the process that also holds the candidate, so its figures are compared with Valgrind's log before
anything is believed, and a text that does not follow the format is refused, not guessed at.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from autolab.errors import AutolabError
from autolab.ledger.records import FunctionCost

Costs = tuple[int, ...]
Place = tuple[str, str]  # function, file
_Key = TypeVar("_Key", bound=Hashable)

_NAME = re.compile(r"\((\d{1,9})\)(?: (.*))?", re.DOTALL)
_HEADER = re.compile(r"([a-z]+): ?(.*)")
_POSITION = re.compile(r"\*|[+-]?\d{1,20}|0x[0-9a-f]{1,16}")
_RECURSION = re.compile(r"'\d+$")  # callgrind names the levels of a recursion foo'2, foo'3
_KEYS = {
    "fl": "file", "fi": "file", "fe": "file", "cfi": "file", "cfl": "file",
    "fn": "function", "cfn": "function", "ob": "object", "cob": "object",
}  # fmt: skip


class ProfileError(AutolabError):
    """A callgrind output file that does not follow its format."""


@dataclass(frozen=True)
class Profile:
    """Self costs (calls' inclusive costs are left out), one figure per event, in the order of `events`."""

    events: tuple[str, ...]
    totals: Costs
    functions: Mapping[Place, Costs]
    lines: Mapping[tuple[str, int], Costs]  # by file and line, where the program has debug information


@dataclass
class _State:
    events: tuple[str, ...] = ()
    columns: int = 1  # subpositions a line; the last one is the source line
    totals_word: str = "totals"
    totals: Costs | None = None
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    file: str = "???"  # of the current line: changes inside a function where code was inlined
    place: Place | None = None
    position: list[int] = field(default_factory=list)
    functions: dict[Place, list[int]] = field(default_factory=dict)
    lines: dict[tuple[str, int], list[int]] = field(default_factory=dict)


def parse_profile(text: str, totals: str = "totals") -> Profile:
    """The costs of one output file, whose line of totals begins with the word `totals`."""
    state = _State(totals_word=totals)
    rows = iter(text.split("\n"))
    for number, row in enumerate(rows, 1):
        try:
            _row(state, row, rows)
        except (ValueError, IndexError, KeyError, StopIteration) as error:
            raise ProfileError(f"callgrind file: about line {number}: {row[:80]!r} is not understood") from error
    if state.totals is None or not state.events:
        raise ProfileError("callgrind file: it has no events or no totals; it was cut off or not written by callgrind")
    if _sum(state.functions.values(), len(state.events)) != state.totals:
        raise ProfileError("callgrind file: the functions' costs do not add up to the totals")
    return Profile(
        events=state.events,
        totals=state.totals,
        functions={place: tuple(costs) for place, costs in state.functions.items()},
        lines={line: tuple(costs) for line, costs in state.lines.items()},
    )


def function_costs(
    profiles: Sequence[Profile], value: Callable[[Mapping[str, int]], float], top: int = 20
) -> tuple[FunctionCost, ...]:
    """The dearest functions over several runs, levels of a recursion put together. `value` makes one cost of the events."""
    costs: dict[Place, float] = {}
    for profile in profiles:
        for (function, file), figures in profile.functions.items():
            place = (_RECURSION.sub("", function), file)
            costs[place] = costs.get(place, 0.0) + value(dict(zip(profile.events, figures, strict=True)))
    whole = sum(costs.values()) or 1.0
    dearest = sorted(costs.items(), key=lambda item: (-item[1], item[0]))[:top]
    return tuple(
        FunctionCost(function=at[0], file=at[1], cost=cost, share=cost / whole) for at, cost in dearest if cost > 0
    )


def _row(state: _State, row: str, rows: Iterator[str]) -> None:
    if not row or row.startswith("#"):
        return
    if row[0] in "0123456789+-*":
        _cost(state, row)
    elif row.startswith(("calls=", "jump=", "jcnd=")):
        # the next line has the cost of the call and all below it: it moves the position, that is all
        state.position = _moved(state, next(rows).split())
    elif (header := _HEADER.fullmatch(row)) is not None:
        _header(state, header[1], header[2])
    else:
        _name(state, row)


def _header(state: _State, key: str, value: str) -> None:
    if key in ("events", "positions") and state.events:
        raise ValueError(value)  # the events come last of what the costs' form depends on, and once
    if key == "events":
        state.events = tuple(value.split())
    elif key == "positions":
        state.columns = len(value.split())
    elif key == state.totals_word:
        if state.totals is not None:
            raise ValueError(value)
        state.totals = _padded(value.split(), len(state.events))


def _name(state: _State, row: str) -> None:
    key, equals, value = row.partition("=")
    kind = _KEYS[key]
    match = _NAME.fullmatch(value)
    if not equals:
        raise ValueError(row)
    if match is None:
        name = value  # files may be written without compression
    elif match[2] is None:
        name = state.names[kind][match[1]]
    else:
        name = state.names.setdefault(kind, {})[match[1]] = match[2]
    if key == "fn":
        state.place = (name, state.file)
    elif key in ("fl", "fi", "fe"):
        state.file = name


def _cost(state: _State, row: str) -> None:
    words = row.split()
    state.position = _moved(state, words)
    costs = _padded(words[state.columns :], len(state.events))
    if state.place is None:
        raise ValueError(row)
    _add(state.functions, state.place, costs)
    if (line := state.position[-1]) > 0:
        _add(state.lines, (state.file, line), costs)


def _moved(state: _State, words: list[str]) -> list[int]:
    """The subpositions of a line: absolute, or `+n`, `-n`, `*` relative to the line before."""
    before = state.position or [0] * state.columns
    now = []
    for old, word in zip(before, words[: state.columns], strict=True):
        if _POSITION.fullmatch(word) is None:
            raise ValueError(word)
        if word == "*":
            now.append(old)
        elif word[0] in "+-":
            now.append(old + int(word))
        else:
            now.append(int(word, 16) if word.startswith("0x") else int(word))
    return now


def _padded(words: list[str], events: int) -> Costs:
    """Costs of one line; zeros at the end may be left out."""
    if events < 1 or len(words) > events or not all(word.isascii() and word.isdigit() for word in words):
        raise ValueError(words)
    return tuple(int(word) for word in words) + (0,) * (events - len(words))


def _add(table: dict[_Key, list[int]], key: _Key, costs: Costs) -> None:
    held = table.setdefault(key, [0] * len(costs))
    for index, cost in enumerate(costs):
        held[index] += cost


def _sum(rows: Iterable[list[int]], events: int) -> Costs:
    sums = [0] * events
    for row in rows:
        sums = [held + cost for held, cost in zip(sums, row, strict=True)]
    return tuple(sums)
