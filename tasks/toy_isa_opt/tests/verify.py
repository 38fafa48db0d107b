"""Assembles a program of the toy machine, runs it on vectors drawn from the seed, and counts its cycles.

This is the judge's own machine; environment/app/simulate.py, which the agent has, is written apart from it, and a test
holds that both say the same of any program. environment/app/isa.md is what both follow.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

FILE = "dot.asm"
ELEMENTS = 512  # of a vector
LARGEST = 65_535  # of an element

MAX_BYTES = 16_384
MAX_INSTRUCTIONS = 128
MAX_CYCLES = 50_000
MEMORY = 1_024
REGISTERS = 16
WIDTH = 2  # instructions that may issue in a cycle
WORD = (1 << 64) - 1

_NOT_TEXT = re.compile(rb"[^\t\n\x20-\x7e]")
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")

_THREE: dict[str, Callable[[int, int], int]] = {  # rd, ra, rb
    "add": lambda a, b: (a + b) & WORD,
    "sub": lambda a, b: (a - b) & WORD,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "mul": lambda a, b: (a * b) & WORD,
}
_NUMBERED: dict[str, Callable[[int, int], int]] = {  # rd, ra, n
    "addi": lambda a, n: (a + n) & WORD,
    "subi": lambda a, n: (a - n) & WORD,
    "shl": lambda a, n: a << n & WORD,
    "shr": lambda a, n: a >> n,
}
_TAKEN: dict[str, Callable[[int, int], bool]] = {  # ra, rb, label
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: a < b,
}
_ARGUMENTS = {  # d, a, b: registers; n: a number; l: a label
    "li": "dn", "mov": "da", "mac": "dab", "ld": "dan", "ldp": "dan", "jump": "l", "halt": "",
    **dict.fromkeys(_THREE, "dab"), **dict.fromkeys(_NUMBERED, "dan"), **dict.fromkeys(_TAKEN, "abl"),
}  # fmt: skip
_UNITS = {
    "mul": "multiplier", "mac": "multiplier", "ld": "memory", "ldp": "memory",
    "jump": "branch", "halt": "branch", **dict.fromkeys(_TAKEN, "branch"),
}  # fmt: skip
_LATENCY = {"mul": 4, "mac": 4, "ld": 2, "ldp": 3}  # 1 for all others
_MOST = {"shl": 63, "shr": 63}  # of the number, where it is not 65,535


class Refused(Exception):
    """The program breaks the format or a rule of the machine; the text names the line and the reason."""


class Instruction(NamedTuple):
    """One instruction. `number` is its number, or the place that it jumps to."""

    name: str
    d: int
    a: int
    b: int
    number: int
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    line: int


class Vectors(NamedTuple):
    """Two vectors of ELEMENTS numbers from 0 to LARGEST."""

    kind: str
    a: np.ndarray
    b: np.ndarray


def check(files: dict[str, bytes], seed: int) -> str | None:
    """None if the program leaves the dot product of all vectors of the seed, else what is wrong with it."""
    try:
        program = read(files)
        for vectors in draw(seed):
            result, _ = run(program, memory_of(vectors))
            if result != int(vectors.a @ vectors.b):
                return f"the result {result} is not the dot product, on vectors of the kind {vectors.kind!r}"
    except Refused as refused:
        return str(refused)
    return None


def count(files: dict[str, bytes], seed: int) -> int:
    """Cycles, the most over all vectors of the seed."""
    program = read(files)
    return max(run(program, memory_of(vectors))[1] for vectors in draw(seed))


def draw(seed: int) -> list[Vectors]:
    """The vectors of a seed: kinds are fixed, contents come from the seed."""
    rng = np.random.default_rng(seed)

    def numbers(low: int, high: int) -> np.ndarray:
        return rng.integers(low, high + 1, ELEMENTS)

    one_a, one_b = np.zeros((2, ELEMENTS), dtype=np.int64)
    place = int(rng.integers(ELEMENTS))
    one_a[place], one_b[place] = rng.integers(1, LARGEST + 1, 2)
    seldom = rng.random(ELEMENTS) < 0.05
    return [
        Vectors("uniform", numbers(0, LARGEST), numbers(0, LARGEST)),
        Vectors("small", numbers(0, 15), numbers(0, 15)),
        Vectors("all largest", numbers(LARGEST, LARGEST), numbers(LARGEST, LARGEST)),
        Vectors("sparse", numbers(1, LARGEST) * seldom, numbers(1, LARGEST)),
        Vectors("one product", one_a, one_b),
        Vectors("nothing", numbers(0, LARGEST), numbers(0, 0)),
    ]


def memory_of(vectors: Vectors) -> list[int]:
    """The memory: a, then b, a word for each element."""
    return [*vectors.a.tolist(), *vectors.b.tolist()]


def read(files: dict[str, bytes]) -> list[Instruction]:
    """The program. Raises Refused."""
    if FILE not in files:
        raise Refused(f"{FILE} is missing")
    content = files[FILE]
    if len(content) > MAX_BYTES:
        raise Refused(f"{FILE} has {len(content):,} bytes; at most {MAX_BYTES:,} are allowed")
    if alien := _NOT_TEXT.search(content):
        line = content.count(b"\n", 0, alien.start()) + 1
        raise Refused(f"line {line}: byte 0x{alien[0].hex()} is not allowed; only printable ASCII, tabs and line feeds are")
    labels: dict[str, tuple[int, int]] = {}  # place in the program, line
    words: list[tuple[str, int]] = []
    for number, text in enumerate(content.decode("ascii").split("\n"), 1):
        rest = text.partition("#")[0].strip(" \t")
        label, colon, after = rest.partition(":")
        if colon:
            if not _LABEL.fullmatch(label):
                raise Refused(f"line {number}: {label[:40]!r} is not a label: a to z, 0 to 9 and _, a letter first, at most 32")
            if label in labels:
                raise Refused(f"line {number}: label {label!r} stands at line {labels[label][1]} already")
            labels[label] = len(words), number
            rest = after.strip(" \t")
        if rest:
            words.append((rest, number))
    if len(words) > MAX_INSTRUCTIONS:
        raise Refused(
            f"line {words[MAX_INSTRUCTIONS][1]}: the program has {len(words):,} instructions; at most {MAX_INSTRUCTIONS} are allowed"
        )
    for label, (place, line) in labels.items():
        if place == len(words):
            raise Refused(f"line {line}: no instruction follows label {label!r}")
    if not words:
        raise Refused(f"{FILE} has no instruction")
    places = {label: place for label, (place, _) in labels.items()}
    return [_instruction(rest, line, places) for rest, line in words]


def _instruction(text: str, line: int, places: dict[str, int]) -> Instruction:
    name, *rest = text.replace("\t", " ").split(" ", 1)
    if name not in _ARGUMENTS:
        raise Refused(f"line {line}: {name[:40]!r} is not an instruction")
    given = [part.strip(" ") for part in rest[0].split(",")] if rest and rest[0].strip(" ") else []
    kinds = _ARGUMENTS[name]
    if len(given) != len(kinds):
        raise Refused(f"line {line}: {name} takes {len(kinds)} arguments, {len(given)} given")
    values = {kind: _argument(kind, text, name, line, places) for kind, text in zip(kinds, given, strict=True)}
    d, a, b = (values.get(kind, 0) for kind in "dab")
    if name == "ldp" and d % 2:
        raise Refused(f"line {line}: ldp writes r{d} and the register after it; the first one must be even")
    reads = tuple(values[kind] for kind in "ab" if kind in values) + ((d,) if name == "mac" else ()) + ((0,) if name == "halt" else ())
    writes = ((d, d + 1) if name == "ldp" else (d,)) if "d" in values else ()
    return Instruction(name, d, a, b, values.get("n", values.get("l", 0)), reads, writes, line)


def _argument(kind: str, text: str, name: str, line: int, places: dict[str, int]) -> int:
    if kind == "l":
        if text not in places:
            raise Refused(f"line {line}: there is no label {text[:40]!r}")
        return places[text]
    if kind == "n":
        most = _MOST.get(name, 65_535)
        if not _NUMBER.fullmatch(text) or int(text) > most:
            raise Refused(f"line {line}: {text[:40]!r} is not a number from 0 to {most}, in plain decimal digits")
        return int(text)
    if text[:1] != "r" or not _NUMBER.fullmatch(text[1:]) or int(text[1:]) >= REGISTERS:
        raise Refused(f"line {line}: {text[:40]!r} is not a register, r0 to r{REGISTERS - 1}")
    return int(text[1:])


def run(program: list[Instruction], memory: list[int]) -> tuple[int, int]:
    """The result and the number of cycles. Raises Refused where the run fails."""
    registers = [0] * REGISTERS
    ready = [0] * REGISTERS  # the cycle from which on a register may be read and written
    cycle = issued = at = 0
    busy: set[str] = set()  # units taken in this cycle
    while True:
        if at == len(program):
            raise Refused(f"line {program[-1].line}: the run goes beyond the last instruction; end it with halt")
        instruction = program[at]
        name, unit = instruction.name, _UNITS.get(instruction.name)
        begin = max([cycle, *(ready[register] for register in (*instruction.reads, *instruction.writes))])
        if begin == cycle and (issued == WIDTH or unit in busy):
            begin += 1
        if begin > cycle:
            cycle, issued, busy = begin, 0, set()
        if cycle >= MAX_CYCLES:
            raise Refused(f"line {instruction.line}: the run is not over after {MAX_CYCLES:,} cycles")
        issued += 1
        if unit is not None:
            busy.add(unit)
        at += 1
        a, b = registers[instruction.a], registers[instruction.b]
        if name == "halt":
            return registers[0], cycle + 1
        if unit == "branch":
            taken = name == "jump" or _TAKEN[name](a, b)
            if taken:
                at = instruction.number
            cycle, issued, busy = cycle + (2 if taken else 1), 0, set()
            continue
        for register, value in zip(instruction.writes, _results(instruction, a, b, registers, memory), strict=True):
            registers[register] = value
            ready[register] = cycle + _LATENCY.get(name, 1)


def _results(instruction: Instruction, a: int, b: int, registers: list[int], memory: list[int]) -> list[int]:
    name, number = instruction.name, instruction.number
    if name in _THREE:
        return [_THREE[name](a, b)]
    if name in _NUMBERED:
        return [_NUMBERED[name](a, number)]
    if name == "li":
        return [number]
    if name == "mov":
        return [a]
    if name == "mac":
        return [(registers[instruction.d] + a * b) & WORD]
    address = (a + number) & WORD
    if address >= MEMORY:
        raise Refused(f"line {instruction.line}: {name} at address {address}; the memory has 0 to {MEMORY - 1}")
    if name == "ld":
        return [memory[address]]
    if address % 2:
        raise Refused(f"line {instruction.line}: ldp at address {address}, which is odd")
    return memory[address : address + 2]


def wrong(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Wrong submissions made from the reference's: other results, broken rules, broken format."""
    text = files[FILE]
    numbered = text.split(b"\n")
    code = [at for at, line in enumerate(numbered) if _code(line)]
    others = {
        "empty": b"",
        "only comments": b"# " + text.replace(b"\n", b"\n# "),
        "only halt": b"halt\n",
        "zero": b"li r0, 0\nhalt\n",
        "no halt": text.replace(b"halt", b"mov r0, r0"),
        "backwards": b"\n".join(numbered[::-1]),
        "endless": b"here: jump here\n",
        "the sum changed": text.replace(b"halt", b"addi r0, r0, 1\nhalt"),
        "half of it": text.replace(b"halt", b"shr r0, r0, 1\nhalt"),
        "in 32 bits": text.replace(b"halt", b"shl r0, r0, 32\nshr r0, r0, 32\nhalt"),
        "too long": text + b"mov r1, r1\n" * MAX_INSTRUCTIONS,
        "huge": text + b"#" * MAX_BYTES,
        "above the memory": b"ld r0, r0, 1024\nhalt\n",
        "below the memory": b"subi r1, r0, 1\nld r0, r1, 0\nhalt\n",
        "odd pair": b"ldp r2, r0, 1\n" + text,
        "odd register": b"ldp r3, r0, 0\n" + text,
        "register 16": b"li r16, 0\n" + text,
        "register 00": b"mov r1, r00\n" + text,
        "capital register": b"mov R1, r0\n" + text,
        "no register": b"mov 1, r0\n" + text,
        "negative number": b"li r1, -1\n" + text,
        "large number": b"li r1, 65536\n" + text,
        "leading zero": b"li r1, 07\n" + text,
        "hexadecimal": b"li r1, 0x7\n" + text,
        "shift by 64": b"shl r1, r1, 64\n" + text,
        "too few arguments": b"add r1, r1\n" + text,
        "too many arguments": b"mov r1, r1, r1\n" + text,
        "no commas": b"mov r1 r1\n" + text,
        "empty argument": b"add r1,, r1\n" + text,
        "unknown instruction": b"div r1, r1, r1\n" + text,
        "stores": b"st r1, r1, 0\n" + text,
        "capitals": text.upper(),
        "no such label": text + b"jump nowhere\n",
        "label twice": b"one:\none:\n" + text,
        "label of digits": b"1: mov r1, r1\n" + text,
        "label at the end": text + b"\nend:\n",
        "two labels on a line": b"one: two: mov r1, r1\n" + text,
        "two on a line": b"mov r1, r1; mov r1, r1\n" + text,
        "semicolons": text.replace(b"\n", b";"),
        "other comment sign": b"; dot\n" + text,
        "carriage returns": text.replace(b"\n", b"\r"),
        "line ends of two bytes": text.replace(b"\n", b"\r\n"),
        "form feed": text.replace(b"\n", b"\f"),
        "nul": text + b"\0",
        "byte order mark": b"\xef\xbb\xbf" + text,
        "wide digits": text.replace(b"1", "\uff11".encode()),
        "unicode line separator": text.replace(b"\n", "\u2028".encode()),
        "utf-16": text.decode().encode("utf-16"),
        "bytes": bytes(range(256)),
    }
    for at in code:
        others[f"without line {at + 1}"] = b"\n".join([*numbered[:at], *numbered[at + 1 :]])
    results = {name: {**files, FILE: content} for name, content in others.items()}
    results["no file"] = {name: content for name, content in files.items() if name != FILE}
    return results


def _code(line: bytes) -> bool:
    return bool(line.partition(b"#")[0].strip())
