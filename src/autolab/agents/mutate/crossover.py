"""Crossover: of two programs with a common ancestor, the first with some of the second's changes in it."""

from difflib import SequenceMatcher
from random import Random

from autolab.agents.mutate.change import Change, Edit, Mutation
from autolab.agents.mutate.source import count_errors

TRIES = 5


def crossover(base: bytes, first: bytes, second: bytes, language: str, rng: Random) -> Mutation | None:
    """`first` with at least one of the places in which `second` differs from `base` and `first` does not.

    A three-way merge by lines that takes a random half of the second's changes. None where the two changed the same places
    only, or where every mixture tried has more syntax errors than `first`.
    """
    lines = base.splitlines(keepends=True)
    ours, theirs = _hunks(lines, first), _hunks(lines, second)
    free = [hunk for hunk in theirs if not any(_touch(hunk, other) for other in ours)]
    if not free:
        return None
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for _ in range(TRIES):
        taken = [hunk for hunk in free if rng.random() < 0.5] or [rng.choice(free)]
        edits = tuple(Edit(starts[begin], starts[end], text) for begin, end, text in (*ours, *taken))
        mixed = Change("", edits).apply(base)
        if mixed != first and count_errors(mixed, language) <= count_errors(first, language):
            places = ", ".join(str(begin + 1) for begin, _, _ in taken[:5]) + (", ..." if len(taken) > 5 else "")
            return Mutation("crossover", f"takes the other parent's changes at lines {places} of the start", mixed)
    return None


def _hunks(base: list[bytes], content: bytes) -> list[tuple[int, int, bytes]]:
    """What became of lines begin to end of the base."""
    lines = content.splitlines(keepends=True)
    blocks = SequenceMatcher(None, base, lines, autojunk=False).get_opcodes()
    return [(begin, end, b"".join(lines[low:high])) for tag, begin, end, low, high in blocks if tag != "equal"]


def _touch(one: tuple[int, int, bytes], other: tuple[int, int, bytes]) -> bool:
    """Whether two hunks share a line of the base, or stand side by side, where their order would not be known."""
    return one[0] <= other[1] and other[0] <= one[1]
