"""Small problems whose answer is known, in text files of numbers: a metric that any search can be compared on. Lower is better."""

from collections.abc import Mapping
from itertools import pairwise

from autolab.agents.fake import FakeBench, Judge, fake_task
from autolab.ledger.records import Verdict

START = {"numbers.txt": b"30\n9\n25\n2\n"}
"""Four numbers."""

AIM = 17

TWELVE = tuple(range(10, 130, 10))


def numbers_in(files: Mapping[str, bytes]) -> list[int]:
    return [int(line) for line in files["numbers.txt"].splitlines() if line.isdigit()]


def distances(files: Mapping[str, bytes]) -> list[int] | None:
    """Of each number from the aim; None unless there are four."""
    found = numbers_in(files)
    return [abs(each - AIM) for each in found] if len(found) == 4 else None


def slope(files: Mapping[str, bytes]) -> float | Verdict:
    """Every step towards the aim shows at once."""
    away = distances(files)
    return "wrong_output" if away is None else 1.0 + sum(away)


def rugged(files: Mapping[str, bytes]) -> float | Verdict:
    """On the way to the aim stands a ridge at every fourth distance and lower ones between: no single step leaves a valley."""
    away = distances(files)
    return "wrong_output" if away is None else 1.0 + sum(each + (5 if each % 4 else 0) for each in away)


def plateau(files: Mapping[str, bytes]) -> float | Verdict:
    """Only every fifth unit of the way shows; a single step makes three at most."""
    away = distances(files)
    return "wrong_output" if away is None else 1.0 + sum(away) // 5


def deceptive(files: Mapping[str, bytes]) -> float | Verdict:
    """Every one of the twelve rising numbers that is changed makes it worse, until six are; then it is best."""
    found = numbers_in(files)
    if len(found) != 12 or any(a >= b for a, b in pairwise(found)):
        return "wrong_output"
    changed = sum(a != b for a, b in zip(found, TWELVE, strict=True))
    return 1.0 if changed >= 6 else 2.0 + changed


LANDSCAPES: Mapping[str, Judge] = {"slope": slope, "rugged": rugged, "plateau": plateau, "deceptive": deceptive}


def bench_on(judge: Judge, seed: int, experiments: int) -> FakeBench:
    start = START if judge is not deceptive else {"numbers.txt": b"".join(b"%d\n" % each for each in TWELVE)}
    return FakeBench(judge, seed=seed, experiments=experiments, task=fake_task(start))
