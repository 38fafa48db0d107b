"""The game, solved: `python3 game.py` prints every decisive state and its optimal moves, and checks the form of the weights.

A state is two numbers of 16 bits, the mover's stones and the other's; bit 4 * row + column, row 0 is the lowest.
"""

import json
import struct
import sys
from functools import lru_cache
from pathlib import Path


def wins(stones: int) -> bool:
    """Whether there are three in a row."""
    at = {(row, column) for row in range(4) for column in range(4) if stones >> (4 * row + column) & 1}
    steps = ((0, 1), (1, 0), (1, 1), (1, -1))
    return any({(row + a, column + b), (row + 2 * a, column + 2 * b)} <= at for row, column in at for a, b in steps)


@lru_cache(maxsize=None)
def results(own: int, other: int) -> tuple[tuple[int, int], ...]:
    """For each legal column, what it leads to with best play: 1 the mover wins, 0 a draw, -1 it loses."""
    found = []
    for column in range(4):
        height = sum((own | other) >> (4 * row + column) & 1 for row in range(4))
        if height < 4:
            stones = own | 1 << (4 * height + column)
            after = () if wins(stones) else results(other, stones)
            found.append((column, 1 if wins(stones) else -max((worth for _, worth in after), default=0)))
    return tuple(found)


def states() -> list[tuple[int, int]]:
    """All states that legal play reaches and that are not over."""
    seen, todo = {(0, 0)}, [(0, 0)]
    while todo:
        own, other = todo.pop()
        for column, _ in results(own, other):
            height = sum((own | other) >> (4 * row + column) & 1 for row in range(4))
            stones = own | 1 << (4 * height + column)
            if not wins(stones) and (other, stones) not in seen and stones | other != 0xFFFF:
                seen.add((other, stones))
                todo.append((other, stones))
    return sorted(seen)


def decisive() -> dict[tuple[int, int], list[int]]:
    """The states in which some legal move is worse than another, with their optimal moves."""
    found = {}
    for state in states():
        worths = dict(results(*state))
        if min(worths.values()) < max(worths.values()):
            found[state] = [column for column, worth in worths.items() if worth == max(worths.values())]
    return found


def parameters(weights: bytes) -> int:
    """How many numbers a weights file holds."""
    (length,) = struct.unpack("<Q", weights[:8])
    return max(about["data_offsets"][1] for about in json.loads(weights[8 : 8 + length]).values()) // 4


if __name__ == "__main__":
    for (own, other), moves in decisive().items():
        print(own, other, *moves)
    print("weights.safetensors:", parameters(Path("weights.safetensors").read_bytes()), "parameters", file=sys.stderr)
