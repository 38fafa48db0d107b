"""Runs schedules on the machine of machine.md: `python3 simulate.py INPUT OUTPUT` prints the cycles of each program, and of all."""

import sys
from pathlib import Path

# unit, room in a bundle, cycles until the result is there, cycles for which the unit is held
TABLE = {
    "add": ("adders", 2, 1, 1),
    "sub": ("adders", 2, 1, 1),
    "xor": ("adders", 2, 1, 1),
    "mul": ("multiplier", 1, 3, 1),
    "div": ("multiplier", 1, 6, 5),
    "load": ("memory", 1, 3, 1),
    "store": ("memory", 1, 1, 1),
}
MOST_BUNDLES = 4096


class Fault(Exception):
    """The output is not a schedule of the input; the text says why."""


def programs(text: str) -> list[list[list[str]]]:
    """The input's programs, each a list of operations as words."""
    found: list[list[list[str]]] = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if words[0] == "program":
            found.append([])
        else:
            found[-1].append(words)
    return found


def schedules(text: str) -> list[list[list[int]]]:
    """The output's schedules, each a list of bundles."""
    if not text.endswith("\n"):
        raise Fault("the last line has no end")
    found: list[list[list[int]]] = []
    for number, line in enumerate(text[:-1].split("\n"), 1):
        if line == "schedule":
            found.append([])
        elif not found:
            raise Fault(f"line {number}: a line 'schedule' comes first")
        elif line == "-":
            found[-1].append([])
        else:
            words = line.split(" ")
            if not all(word.isascii() and word.isdigit() and str(int(word)) == word for word in words):
                raise Fault(f"line {number}: {line[:40]!r} is not a bundle")
            found[-1].append([int(word) for word in words])
    return found


def cycles(program: list[list[str]], bundles: list[list[int]]) -> int:
    """Cycles of one schedule, cycle by cycle."""
    if len(bundles) > MOST_BUNDLES:
        raise Fault(f"{len(bundles)} bundles")
    waiting = set(range(len(program)))
    result_at: dict[int, int] = {}
    held_until = {"adders": 0, "multiplier": 0, "memory": 0}
    for cycle, bundle in enumerate(bundles):
        used: dict[str, int] = {}
        for number in bundle:
            if number not in waiting:
                raise Fault(f"cycle {cycle}: operation {number} is not in the program, or has issued already")
            waiting.remove(number)
            name, *numbers = program[number]
            unit, room, latency, held = TABLE[name]
            used[unit] = used.get(unit, 0) + 1
            if used[unit] > room or held_until[unit] > cycle:
                raise Fault(f"cycle {cycle}: no room for operation {number}, {name}")
            if held > 1:
                held_until[unit] = cycle + held
            for operand in numbers[1:] if unit == "memory" else numbers:
                if result_at.get(int(operand), MOST_BUNDLES * 2) > cycle:
                    raise Fault(f"cycle {cycle}: operation {number} reads {operand}, whose result is not there yet")
            if unit == "memory":
                _in_order(program, number, cycle, waiting, bundle)
            result_at[number] = cycle + latency
    if waiting:
        raise Fault(f"operation {min(waiting)} never issues")
    end = max(result_at.values(), default=0)
    if len(bundles) > end:
        raise Fault(f"{len(bundles)} bundles, but the last result is there after {end} cycles")
    return end


def _in_order(program: list[list[str]], number: int, cycle: int, waiting: set[int], bundle: list[int]) -> None:
    """Earlier operations on the same location must have issued in earlier cycles, unless both are loads."""
    name, location = program[number][:2]
    for other in range(number):
        before = program[other]
        if before[0] in {"load", "store"} and before[1] == location and "store" in {name, before[0]}:
            if other in waiting or other in bundle:
                raise Fault(f"cycle {cycle}: operation {number} comes before operation {other} on location {location}")


def main(source: str, target: str) -> None:
    """Prints the cycles of each program and their sum; a fault ends with a line and exit code 1."""
    try:
        given, made = programs(Path(source).read_text()), schedules(Path(target).read_text())
        if len(given) != len(made):
            raise Fault(f"{len(made)} schedules for {len(given)} programs")
        each = [cycles(program, bundles) for program, bundles in zip(given, made)]
    except (Fault, OSError) as fault:
        sys.exit(f"{target}: {fault}")
    print(*each, "total", sum(each))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 simulate.py INPUT OUTPUT")
    main(sys.argv[1], sys.argv[2])
