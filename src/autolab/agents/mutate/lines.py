"""Operators on lines, for files without a grammar."""

import re
from random import Random

from autolab.agents.mutate.change import Change, Edit
from autolab.agents.mutate.source import Source, shown

_INTEGER = re.compile(rb"[0-9]{1,18}")


def delete(source: Source, rng: Random) -> Change | None:
    """Removes one line."""
    spans = _spans(source.content)
    if not spans:
        return None
    index = rng.randrange(len(spans))
    start, end = spans[index]
    return Change(f"line {index + 1}: delete `{shown(source.content[start:end])}`", (Edit(start, end, b""),))


def swap(source: Source, rng: Random) -> Change | None:
    """Exchanges a line with the next."""
    spans = _spans(source.content)
    if len(spans) < 2:
        return None
    index = rng.randrange(len(spans) - 1)
    (start, middle), (_, end) = spans[index : index + 2]
    first, second = source.content[start:middle], source.content[middle:end]
    if not second.endswith(b"\n"):  # the last line without an end: the exchange must not join two lines
        first, second = first.rstrip(b"\r\n"), second + first[len(first.rstrip(b"\r\n")) :]
    return Change(f"line {index + 1}: swap with the next line", (Edit(start, end, second + first),))


def duplicate(source: Source, rng: Random) -> Change | None:
    """Repeats one line."""
    spans = _spans(source.content)
    if not spans:
        return None
    index = rng.randrange(len(spans))
    start, end = spans[index]
    line = source.content[start:end]
    again = line if line.endswith(b"\n") else b"\n" + line
    return Change(f"line {index + 1}: duplicate `{shown(line)}`", (Edit(end, end, again),))


def nudge(source: Source, rng: Random) -> Change | None:
    """Changes one integer by at most three."""
    numbers = list(_INTEGER.finditer(source.content))
    if not numbers:
        return None
    match = rng.choice(numbers)
    new = max(0, int(match[0]) + rng.choice((-3, -2, -1, 1, 2, 3)))
    line = source.content.count(b"\n", 0, match.start()) + 1
    return Change(f"line {line}: {match[0].decode()} becomes {new}", (Edit(match.start(), match.end(), b"%d" % new),))


def _spans(content: bytes) -> list[tuple[int, int]]:
    """Where each line starts and ends, its line end included."""
    spans, start = [], 0
    for line in content.splitlines(keepends=True):
        spans.append((start, start + len(line)))
        start += len(line)
    return spans
