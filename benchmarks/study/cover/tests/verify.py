"""Sixty places, forty sets of them: which sets cover all places?"""

import random

FILE = "chosen.txt"
PLACES, SETS = 60, 40


def sets():
    """The sets, always the same; the last one has what the others leave out."""
    rng = random.Random("cover")
    found = [frozenset(rng.sample(range(PLACES), rng.randrange(4, 13))) for _ in range(SETS - 1)]
    return [*found, frozenset(range(PLACES)) - frozenset().union(*found) | {0}]


def check(files, seed):
    try:
        chosen = read(files)
    except ValueError as error:
        return str(error)
    left = set(range(PLACES)).difference(*(sets()[number] for number in chosen))
    return f"place {min(left)} is not covered" if left else None


def count(files, seed):
    return len(read(files))


def read(files):
    lines = files.get(FILE, b"").split()
    if not all(line.isdigit() and len(line) < 4 and int(line) < SETS for line in lines):
        raise ValueError(f"{FILE}: numbers of sets, 0 to {SETS - 1}, are wanted")
    return [int(line) for line in lines]


def wrong(files):
    chosen = files[FILE].split()
    found = {f"without {number}": b"\n".join(chosen[:number] + chosen[number + 1 :]) for number in range(len(chosen))}
    found |= {"empty": b"", "word": b"all", "set 40": files[FILE] + b"40\n", "negative": files[FILE] + b"-1\n"}
    return {name: {**files, FILE: content} for name, content in found.items()}
