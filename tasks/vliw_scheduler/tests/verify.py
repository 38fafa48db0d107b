"""Draws straight-line programs, reads schedules back operation by operation, and weighs their cycles against a proven bound.

This is the judge's own machine; environment/app/simulate.py, which the agent has, is written apart from it, and a test
holds that both say the same of any schedule. environment/app/machine.md is what both follow.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

LOCATIONS = 16
MAX_CYCLES = 4_096  # of one program
MAX_BYTES = 1 << 20

_ALU, _MULTIPLIER, _MEMORY = range(3)
WIDTH = {_ALU: 2, _MULTIPLIER: 1, _MEMORY: 1}  # operations of a kind that may issue in one cycle
_UNIT_NAMES = {_ALU: "two operations of the adders", _MULTIPLIER: "one of the multiplier", _MEMORY: "one of the memory"}


class Kind(NamedTuple):
    """What an operation needs: its unit, for how many cycles, and after how many its result is there."""

    unit: int
    busy: int
    latency: int


KINDS = {
    "add": Kind(_ALU, 1, 1),
    "sub": Kind(_ALU, 1, 1),
    "xor": Kind(_ALU, 1, 1),
    "mul": Kind(_MULTIPLIER, 1, 3),
    "div": Kind(_MULTIPLIER, 5, 6),
    "load": Kind(_MEMORY, 1, 3),
    "store": Kind(_MEMORY, 1, 1),
}

_PROGRAMS = 10  # of one input
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,4}")


class Operation(NamedTuple):
    """One operation. `reads` are the operations whose results it takes, `location` is -1 without memory."""

    name: str
    reads: tuple[int, ...]
    location: int = -1


Program = list[Operation]
Bundles = list[list[int]]  # cycle by cycle, the operations that issue


class Refused(Exception):
    """The schedules break their format or a rule of the machine; the text names the line and the reason."""


def draw(seed: int, family: str, size: str) -> bytes:
    """Programs as text. `size` is the split, dev or hidden: other programs, made in the same way."""
    rng = np.random.default_rng([seed, sorted(_FAMILIES).index(family), len(size)])
    return write([_FAMILIES[family](rng) for _ in range(_PROGRAMS)])


def check(input: bytes, output: bytes) -> str | None:
    """None if every schedule keeps the rules, else what is wrong with the first one that does not."""
    try:
        for program, bundles, line in _pairs(input, output):
            simulate(program, bundles, line)
    except Refused as refused:
        return str(refused)
    return None


def quality(input: bytes, output: bytes, seed: int, family: str, size: str) -> tuple[float, dict[str, float]]:
    """Cycles of all programs over the sum of their bounds, and the share of programs that are at their bound."""
    pairs = [(simulate(program, bundles, line), bound(program)) for program, bundles, line in _pairs(input, output)]
    cycles, bounds = (sum(each) for each in zip(*pairs, strict=True))
    at_bound = sum(one == least for one, least in pairs)
    return cycles / bounds, {
        f"cycles of {family}": cycles,
        f"bound of {family}": bounds,
        f"at the bound in {family}": at_bound / len(pairs),
    }


# The machine


def simulate(program: Program, bundles: Bundles, line: int = 1) -> int:
    """Cycles of a schedule. `line` is where it begins, for complaints. Raises Refused."""
    issued: dict[int, int] = {}
    free = dict.fromkeys(WIDTH, 0)  # the cycle from which on a unit takes an operation
    for cycle, bundle in enumerate(bundles):
        taken = dict.fromkeys(WIDTH, 0)
        for number in bundle:
            where = f"line {line + cycle}: operation {number}"
            if number >= len(program):
                raise Refused(f"{where} is not in the program, which has {len(program)}")
            if number in issued:
                raise Refused(f"{where} issues twice, in cycle {issued[number]} and in cycle {cycle}")
            unit, busy, _ = KINDS[program[number].name]
            if cycle < free[unit]:
                raise Refused(f"{where} issues in cycle {cycle}, but its unit is busy until cycle {free[unit]}")
            taken[unit] += 1
            if taken[unit] > WIDTH[unit]:
                raise Refused(f"{where} does not fit in cycle {cycle}: a bundle has room for {_UNIT_NAMES[unit]}")
            issued[number] = cycle
            if busy > 1:
                free[unit] = cycle + busy
    end = 0
    before = predecessors(program)
    for number, operation in enumerate(program):
        if number not in issued:
            raise Refused(f"line {line + len(bundles)}: the schedule ends without operation {number}")
        for other, wait in before[number]:
            ready = issued[other] + wait if other in issued else MAX_CYCLES
            if issued[number] < ready:
                at = line + issued[number]
                why = "whose result it reads" if other in operation.reads else "which uses the same location before it"
                raise Refused(
                    f"line {at}: operation {number} issues in cycle {issued[number]}, before it may go on after {other}, {why}"
                )
        end = max(end, issued[number] + KINDS[operation.name].latency)
    if end < len(bundles):
        raise Refused(f"line {line + end}: bundles after the last result, which is there after {end} cycles")
    return end


def predecessors(program: Program) -> list[list[tuple[int, int]]]:
    """For each operation, those it waits for and the fewest cycles from their issue to its own."""
    before: list[list[tuple[int, int]]] = []
    stored: dict[int, int] = {}  # location to the last store
    loaded: dict[int, list[int]] = {}  # location to the loads since then
    for number, (name, reads, location) in enumerate(program):
        found = [(other, KINDS[program[other].name].latency) for other in reads]
        if location in stored:
            found.append((stored[location], 1))
        if name == "load":
            loaded.setdefault(location, []).append(number)
        if name == "store":
            found += [(other, 1) for other in loaded.pop(location, [])]
            stored[location] = number
        before.append(found)
    return before


# The bound


def bound(program: Program) -> int:
    """Cycles that no schedule is below.

    An operation's head is the earliest cycle in which it may issue, its tail the fewest cycles from its issue to the end.
    Of operations that share a unit, with heads of at least h and at least t cycles left after they leave it, the
    unit needs the sum of their times over its width: h + that + t cycles in all. Heads and tails come from the
    longest path and from the same argument on what stands before or after an operation.
    """
    before = predecessors(program)
    after: list[list[tuple[int, int]]] = [[] for _ in program]
    for number, found in enumerate(before):
        for other, wait in found:
            after[other].append((number, wait))
    kinds = [KINDS[operation.name] for operation in program]
    order = range(len(program))
    heads = _earliest(order, before, kinds, [0] * len(program))
    # Seen from the end, an operation begins when it leaves its unit: its time in the unit comes before its tail.
    lag = [kind.busy for kind in kinds]
    turned = [[(other, wait + lag[other] - lag[number]) for other, wait in after[number]] for number in order]
    tails = _earliest(order[::-1], turned, kinds, [kind.latency - kind.busy for kind in kinds])
    longest = max((head + kind.busy + tail for head, kind, tail in zip(heads, kinds, tails, strict=True)), default=0)
    everything = list(order)
    return max([longest, *(_unit_bound(unit, everything, heads, tails, kinds) for unit in WIDTH)])


def _earliest(order: range, before: list[list[tuple[int, int]]], kinds: list[Kind], least: list[int]) -> list[int]:
    """The earliest begin of each, where `before` gives what it waits for, in the order given."""
    size = len(kinds)
    found = list(least)
    away = np.full(
        (size, size), -1
    )  # away[a, b]: the fewest cycles from the begin of b to the begin of a; -1: not before a
    for number in order:
        for other, wait in before[number]:
            found[number] = max(found[number], found[other] + wait)
            away[number] = np.maximum(away[number], np.where(away[other] >= 0, away[other] + wait, -1))
            away[number, other] = max(away[number, other], wait)
        mine = np.flatnonzero(away[number] >= 0)
        for unit, wide in WIDTH.items():
            there = [int(other) for other in mine if kinds[other].unit == unit]
            if len(there) > wide:
                left = {other: int(away[number, other]) - kinds[other].busy for other in there}
                found[number] = max(found[number], _unit_bound(unit, there, found, left, kinds))
    return found


def _unit_bound(
    unit: int, numbers: list[int], heads: list[int], tails: list[int] | dict[int, int], kinds: list[Kind]
) -> int:
    """The most of h + time / width + t over all h and t, of the operations among `numbers` that use the unit."""
    mine = [number for number in numbers if kinds[number].unit == unit]
    if not mine:
        return 0
    head, tail, busy = (
        np.array(each) for each in zip(*((heads[n], tails[n], kinds[n].busy) for n in mine), strict=True)
    )
    by_tail = np.argsort(-tail, kind="stable")
    head, tail, busy = head[by_tail], tail[by_tail], busy[by_tail]
    begins = np.unique(head)[:, None]
    times = np.cumsum(np.where(head >= begins, busy, 0), axis=1)
    return int((begins + -(-times // WIDTH[unit]) + tail).max(where=times > 0, initial=0))


# Text


def write(programs: list[Program]) -> bytes:
    """Programs as text: a line for each operation, its operands behind its name; a location stands first."""
    lines = [f"programs {len(programs)}"]
    for program in programs:
        lines.append(f"program {len(program)}")
        for name, reads, location in program:
            lines.append(" ".join([name, *([str(location)] if location >= 0 else []), *map(str, reads)]))
    return "\n".join([*lines, ""]).encode()


def read(text: bytes) -> list[Program]:
    """The inverse of `write`."""
    programs: list[Program] = []
    for line in text.decode().splitlines()[1:]:
        name, *rest = line.split(" ")
        numbers = tuple(map(int, rest))
        if name == "program":
            programs.append([])
        elif KINDS[name].unit == _MEMORY:
            programs[-1].append(Operation(name, numbers[1:], numbers[0]))
        else:
            programs[-1].append(Operation(name, numbers))
    return programs


def _pairs(input: bytes, output: bytes) -> Iterator[tuple[Program, Bundles, int]]:
    """Each program with its bundles and the line on which they begin. Raises Refused."""
    programs = read(input)
    if len(output) > MAX_BYTES:
        raise Refused(f"the output has {len(output):,} bytes; at most {MAX_BYTES:,} are allowed")
    lines = output.split(b"\n")
    if lines.pop() != b"":
        raise Refused(f"line {len(lines) + 1}: the last line has no end")
    at = 0
    for program in programs:
        if at == len(lines) or lines[at] != b"schedule":
            raise Refused(f"line {at + 1}: a line 'schedule' was expected, for a program of {len(program)} operations")
        end = next((place for place in range(at + 1, len(lines)) if lines[place] == b"schedule"), len(lines))
        if end - at - 1 > MAX_CYCLES:
            raise Refused(f"line {at + MAX_CYCLES + 2}: a schedule has at most {MAX_CYCLES:,} bundles")
        yield program, [_bundle(lines[place], place + 1) for place in range(at + 1, end)], at + 2
        at = end
    if at != len(lines):
        raise Refused(f"line {at + 1}: the input has {len(programs)} programs only")


def _bundle(line: bytes, number: int) -> list[int]:
    if line == b"-":
        return []
    parts = line.split(b" ")
    for part in parts:
        if not _NUMBER.fullmatch(part):
            raise Refused(
                f"line {number}: {part[:20].decode('ascii', 'backslashreplace')!r} is not the number of an operation in plain digits"
            )
    return [int(part) for part in parts]


# Programs


def _trees(rng: np.random.Generator) -> Program:
    """Expressions one after another, each stored: what a compiler emits for a list of assignments."""
    program: Program = []
    for target in range(int(rng.integers(4, 9))):
        values = [_leaf(rng, program) for _ in range(int(rng.integers(4, 10)))]
        while len(values) > 1:
            a, b = (values.pop(int(rng.integers(len(values)))) for _ in range(2))
            values.append(
                _put(program, str(rng.choice(["add", "sub", "xor", "mul"], p=[0.35, 0.15, 0.15, 0.35])), a, b)
            )
        program.append(Operation("store", (values[0],), 8 + target % 8))
    return program


def _late_chain(rng: np.random.Generator) -> Program:
    """Much independent work, and below it a chain that everything waits for in the end."""
    program: Program = []
    leaves = [_leaf(rng, program) for _ in range(6)]
    loose = [
        _put(program, str(rng.choice(["add", "xor", "mul"], p=[0.5, 0.3, 0.2])), *rng.choice(leaves, 2))
        for _ in range(int(rng.integers(30, 60)))
    ]
    value = leaves[0]
    for _ in range(int(rng.integers(10, 18))):
        value = _put(program, str(rng.choice(["mul", "add"])), value, int(rng.choice(leaves)))
    while len(loose) > 1:
        a, b = (loose.pop(int(rng.integers(len(loose)))) for _ in range(2))
        loose.append(_put(program, "xor", a, b))
    program.append(Operation("store", (_put(program, "add", value, loose[0]),), 8))
    return program


def _divisions(rng: np.random.Generator) -> Program:
    """A unit that divisions block, with multiplications that have to go between them."""
    program: Program = []
    values = [_leaf(rng, program) for _ in range(6)]
    for _ in range(int(rng.integers(45, 70))):
        name = str(rng.choice(["div", "mul", "add", "sub"], p=[0.12, 0.28, 0.35, 0.25]))
        near = values[-14:]
        values.append(_put(program, name, *rng.choice(near, 2)))
    program += [Operation("store", (value,), 8 + place) for place, value in enumerate(values[-6:])]
    return program


def _memory(rng: np.random.Generator) -> Program:
    """Loads and stores of few locations, whose order has to be kept."""
    program: Program = []
    values = [_leaf(rng, program) for _ in range(4)]
    for _ in range(int(rng.integers(50, 90))):
        choice = rng.random()
        if choice < 0.25:
            values.append(_leaf(rng, program))
        elif choice < 0.4:
            program.append(Operation("store", (int(rng.choice(values[-8:])),), int(rng.integers(LOCATIONS))))
        else:
            values.append(
                _put(program, str(rng.choice(["add", "xor", "mul"], p=[0.5, 0.2, 0.3])), *rng.choice(values[-10:], 2))
            )
    program.append(Operation("store", (values[-1],), 0))
    return program


def _tiny(rng: np.random.Generator) -> Program:
    """None to seven operations."""
    program: Program = []
    for _ in range(int(rng.integers(0, 8))):
        if not program or rng.random() < 0.4:
            _leaf(rng, program)
        else:
            _put(program, str(rng.choice(["add", "mul", "div"])), *rng.integers(0, len(program), 2))
    return program


_FAMILIES = {"trees": _trees, "late_chain": _late_chain, "divisions": _divisions, "memory": _memory, "tiny": _tiny}


def _leaf(rng: np.random.Generator, program: Program) -> int:
    program.append(Operation("load", (), int(rng.integers(LOCATIONS))))
    return len(program) - 1


def _put(program: Program, name: str, a: int, b: int) -> int:
    program.append(Operation(name, (int(a), int(b))))
    return len(program) - 1


# Wrong schedules


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: broken rules, broken format."""
    lines = output.split(b"\n")[:-1]
    full = [at for at, line in enumerate(lines) if line not in (b"schedule", b"-")]
    first, last = full[0], full[-1]

    def joined(changed: list[bytes]) -> bytes:
        return b"".join(line + b"\n" for line in changed)

    def at(place: int, *instead: bytes) -> bytes:
        return joined([*lines[:place], *instead, *lines[place + 1 :]])

    others = {
        "empty": b"",
        "no end": output[:-1],
        "nothing scheduled": b"schedule\n" * lines.count(b"schedule"),
        "one schedule more": output + b"schedule\n",
        "one schedule less": output[: output.rindex(b"schedule\n")],
        "no first line": joined(lines[1:]),
        "two programs in one": joined([b"schedule", *(line for line in lines if line != b"schedule")]),
        "everything twice": output + output,
        "bundle twice": at(first, lines[first], lines[first]),
        "bundle missing": at(first),
        "last bundle missing": at(last),
        "empty bundles at the end": output + b"-\n" * 10,
        "blank line": at(first, b"", lines[first]),
        "blank behind": at(first, lines[first] + b" "),
        "blank before": at(first, b" " + lines[first]),
        "two blanks": at(first, lines[first] + b"  99"),
        "tab": at(first, lines[first] + b"\t99"),
        "commas": at(first, lines[first] + b",99"),
        "carriage returns": output.replace(b"\n", b"\r\n"),
        "negative": at(first, lines[first] + b" -1"),
        "plus sign": at(first, b"+" + lines[first]),
        "leading zero": at(first, b"0" + lines[first]),
        "hexadecimal": at(first, b"0x" + lines[first]),
        "no such operation": at(first, lines[first] + b" 9999"),
        "large number": at(first, lines[first] + b" 99999999999999999999"),
        "fraction": at(first, lines[first] + b".0"),
        "word": at(first, b"nop"),
        "capitals": output.replace(b"schedule", b"SCHEDULE"),
        "said in another line": b"cycles 0\n" + output,
        "nul": output + b"\0",
        "too many bundles": output + b"-\n" * (MAX_CYCLES + 1),
        "huge": output + b"#" * MAX_BYTES,
        "wide digits": at(first, lines[first] + " \uff11".encode()),
        "utf-16": output.decode().encode("utf-16"),
        "all in one bundle": joined(_together(lines)),
        "twice in a bundle": at(first, lines[first] + b" " + lines[first]),
    }
    found = {name: changed for name, changed in others.items() if changed != output}
    return {**found, **_too_early(input, output)}


def _too_early(input: bytes, output: bytes) -> dict[str, bytes]:
    """Of up to eight operations, each put into the bundle of one that it reads."""
    pairs = [(program, bundles) for program, bundles, _ in _pairs(input, output)]
    found: dict[str, bytes] = {}
    for chosen, (program, bundles) in enumerate(pairs):
        number = next((number for number, operation in enumerate(program) if operation.reads), None)
        if number is None or len(found) == 8:
            continue
        moved = [[other for other in bundle if other != number] for bundle in bundles]
        moved[next(cycle for cycle, bundle in enumerate(bundles) if program[number].reads[0] in bundle)].append(number)
        text = [moved if place == chosen else whole for place, (_, whole) in enumerate(pairs)]
        found[f"operation {number} of program {chosen} too early"] = _schedules(text)
    return found


def _schedules(each: list[Bundles]) -> bytes:
    lines = [
        line for bundles in each for line in ["schedule", *(" ".join(map(str, bundle)) or "-" for bundle in bundles)]
    ]
    return "\n".join([*lines, ""]).encode()


def _together(lines: list[bytes]) -> list[bytes]:
    """Every schedule as one bundle."""
    found: list[bytes] = []
    for line in lines:
        if line == b"schedule":
            found.append(line)
        elif line != b"-":
            found[-1:] = [found[-1], line] if found[-1] == b"schedule" else [found[-1] + b" " + line]
    return found
