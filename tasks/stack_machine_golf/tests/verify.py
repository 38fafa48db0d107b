"""Assembles a program of the stack machine, runs it on vectors drawn from the seed, and counts what it executed.

This is the judge's own machine; environment/app/simulate.py, which the agent has, is written apart from it, and a test
holds that both say the same of any program. environment/app/isa.md is what both follow.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

FILE = "dot.asm"
ELEMENTS = 256
LANES = 4  # elements in a word
LANE_BITS = 16
LARGEST = 15  # of an element
WORDS = ELEMENTS // LANES  # of one vector

MAX_BYTES = 16_384
MAX_INSTRUCTIONS = 64
MAX_STEPS = 50_000
MAX_STACK = 16
MAX_CALLS = 16
MEMORY = 256
WORD = (1 << 64) - 1

_NOT_TEXT = re.compile(rb"[^\t\n\x20-\x7e]")
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,19}")

_EFFECTS = {  # words that must be on the stack, and by how many it grows
    "push": (0, 1), "dup": (1, 1), "drop": (1, -1), "swap": (2, 0), "over": (2, 1),
    "add": (2, -1), "sub": (2, -1), "mul": (2, -1), "and": (2, -1), "or": (2, -1), "xor": (2, -1),
    "shl": (1, 0), "shr": (1, 0), "setx": (1, -1), "sety": (1, -1), "getx": (0, 1), "gety": (0, 1),
    "jump": (0, 0), "jz": (1, -1), "jnz": (1, -1), "call": (0, 0), "ret": (0, 0), "halt": (1, 0),
}  # fmt: skip
_ACCESS: dict[str, tuple[bool, int, int]] = {}  # whether it loads, which register, what is added to it
for _register, _letter in enumerate("xy"):
    for _sign, _change in (("", 0), ("+", 1), ("-", -1)):
        _ACCESS[f"load{_letter}{_sign}"] = (True, _register, _change)
        _ACCESS[f"store{_letter}{_sign}"] = (False, _register, _change)
_EFFECTS |= {name: (0, 1) if loads else (1, -1) for name, (loads, _, _) in _ACCESS.items()}
_MOST = {"push": WORD, "shl": 63, "shr": 63}  # instructions with a number, and the largest
_JUMPS = ("jump", "jz", "jnz", "call")

_BINARY: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: (a + b) & WORD,
    "sub": lambda a, b: (a - b) & WORD,
    "mul": lambda a, b: (a * b) & WORD,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
}


class Refused(Exception):
    """The program breaks the format or a rule of the machine; the text names the line and the reason."""


class Instruction(NamedTuple):
    """One instruction. `value` is its number, or the place that it jumps to."""

    name: str
    value: int
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
    """Executed instructions, the most over all vectors of the seed."""
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
    seldom = rng.random((2, ELEMENTS)) < 0.05
    first = np.arange(ELEMENTS) < rng.integers(LANES, ELEMENTS - LANES)
    return [
        Vectors("uniform", numbers(0, LARGEST), numbers(0, LARGEST)),
        Vectors("without zeros", numbers(1, LARGEST), numbers(1, LARGEST)),
        Vectors("large", numbers(LARGEST - 1, LARGEST), numbers(LARGEST - 1, LARGEST)),
        Vectors("all largest", numbers(LARGEST, LARGEST), numbers(LARGEST, LARGEST)),
        Vectors("small", numbers(0, 1), numbers(0, 1)),
        Vectors("sparse", numbers(1, LARGEST) * seldom[0], numbers(0, LARGEST)),
        Vectors("sparse", numbers(0, LARGEST), numbers(1, LARGEST) * seldom[1]),
        Vectors("largest first", np.where(first, LARGEST, numbers(0, LARGEST)), numbers(0, LARGEST)),
        Vectors("largest last", numbers(0, LARGEST), np.where(first, numbers(0, LARGEST), LARGEST)),
        Vectors("one product", one_a, one_b),
        Vectors("nothing", numbers(0, LARGEST), numbers(0, 0)),
    ]


def memory_of(vectors: Vectors) -> list[int]:
    """The memory at the start: a from its first element, then b from its last, each with the lowest lane first."""
    return [*_packed(vectors.a), *_packed(vectors.b[::-1]), *[0] * (MEMORY - 2 * WORDS)]


def _packed(elements: np.ndarray) -> list[int]:
    rows = elements.reshape(WORDS, LANES).tolist()
    return [sum(element << LANE_BITS * lane for lane, element in enumerate(row)) for row in rows]


def read(files: dict[str, bytes]) -> list[Instruction]:
    """The program. Raises Refused."""
    if FILE not in files:
        raise Refused(f"{FILE} is missing")
    content = files[FILE]
    if len(content) > MAX_BYTES:
        raise Refused(f"{FILE} has {len(content):,} bytes; at most {MAX_BYTES:,} are allowed")
    if alien := _NOT_TEXT.search(content):
        line = content.count(b"\n", 0, alien.start()) + 1
        raise Refused(
            f"line {line}: byte 0x{alien[0].hex()} is not allowed; only printable ASCII, tabs and line feeds are"
        )
    labels: dict[str, tuple[int, int]] = {}  # place in the program, line
    words: list[tuple[list[str], int]] = []
    for number, text in enumerate(content.decode("ascii").split("\n"), 1):
        parts = text.partition("#")[0].split()
        if parts and parts[0].endswith(":"):
            label = parts.pop(0)[:-1]
            if not _LABEL.fullmatch(label):
                raise Refused(
                    f"line {number}: {label[:40]!r} is not a label: a to z, 0 to 9 and _, a letter first, at most 32"
                )
            if label in labels:
                raise Refused(f"line {number}: label {label!r} stands at line {labels[label][1]} already")
            labels[label] = len(words), number
        if parts:
            words.append((parts, number))
    if len(words) > MAX_INSTRUCTIONS:
        line = words[MAX_INSTRUCTIONS][1]
        raise Refused(
            f"line {line}: the program has {len(words):,} instructions; at most {MAX_INSTRUCTIONS} are allowed"
        )
    for label, (place, line) in labels.items():
        if place == len(words):
            raise Refused(f"line {line}: no instruction follows label {label!r}")
    if not words:
        raise Refused(f"{FILE} has no instruction")
    places = {label: place for label, (place, _) in labels.items()}
    return [_instruction(parts, line, places) for parts, line in words]


def _instruction(parts: list[str], line: int, places: dict[str, int]) -> Instruction:
    name = parts[0]
    if name not in _EFFECTS:
        raise Refused(f"line {line}: {name[:40]!r} is not an instruction")
    wanted = 1 if name in _MOST or name in _JUMPS else 0
    if len(parts) - 1 != wanted:
        raise Refused(f"line {line}: {name} takes {('nothing', 'one argument')[wanted]}, {len(parts) - 1} given")
    if name in _JUMPS:
        if parts[1] not in places:
            raise Refused(f"line {line}: there is no label {parts[1][:40]!r}")
        return Instruction(name, places[parts[1]], line)
    if name not in _MOST:
        return Instruction(name, 0, line)
    if not _NUMBER.fullmatch(parts[1]) or int(parts[1]) > _MOST[name]:
        raise Refused(
            f"line {line}: {parts[1][:40]!r} is not a number from 0 to {_MOST[name]}, in plain decimal digits"
        )
    return Instruction(name, int(parts[1]), line)


def run(program: list[Instruction], memory: list[int]) -> tuple[int, int]:
    """The result and the number of executed instructions. Changes `memory`. Raises Refused where the run fails."""
    stack: list[int] = []
    calls: list[int] = []
    registers = [0, 0]
    at = steps = 0
    while True:
        if at == len(program):
            raise Refused(f"line {program[-1].line}: the run goes beyond the last instruction; end it with halt")
        name, value, line = program[at]
        if steps == MAX_STEPS:
            raise Refused(f"line {line}: more than {MAX_STEPS:,} instructions executed")
        at += 1
        steps += 1
        needs, grows = _EFFECTS[name]
        if len(stack) < needs:
            raise Refused(
                f"line {line}: {name} needs {needs} on the data stack, which holds {len(stack)} (step {steps})"
            )
        if len(stack) + grows > MAX_STACK:
            raise Refused(f"line {line}: {name} would put more than {MAX_STACK} on the data stack (step {steps})")
        if name in _BINARY:
            top = stack.pop()
            stack[-1] = _BINARY[name](stack[-1], top)
        elif name in _ACCESS:
            loads, register, change = _ACCESS[name]
            address = registers[register]
            if address >= MEMORY:
                raise Refused(
                    f"line {line}: {name} at address {address}; the memory has 0 to {MEMORY - 1} (step {steps})"
                )
            if loads:
                stack.append(memory[address])
            else:
                memory[address] = stack.pop()
            registers[register] = address + change & WORD
        elif name == "push":
            stack.append(value)
        elif name == "dup":
            stack.append(stack[-1])
        elif name == "drop":
            stack.pop()
        elif name == "swap":
            stack[-2:] = stack[-1], stack[-2]
        elif name == "over":
            stack.append(stack[-2])
        elif name == "shl":
            stack[-1] = stack[-1] << value & WORD
        elif name == "shr":
            stack[-1] >>= value
        elif name in {"setx", "sety"}:
            registers[name == "sety"] = stack.pop()
        elif name in {"getx", "gety"}:
            stack.append(registers[name == "gety"])
        elif name == "jump":
            at = value
        elif name in {"jz", "jnz"}:
            if (stack.pop() == 0) == (name == "jz"):
                at = value
        elif name == "call":
            if len(calls) == MAX_CALLS:
                raise Refused(f"line {line}: call would put more than {MAX_CALLS} on the return stack (step {steps})")
            calls.append(at)
            at = value
        elif name == "ret":
            if not calls:
                raise Refused(f"line {line}: ret finds the return stack empty (step {steps})")
            at = calls.pop()
        else:
            if len(stack) != 1:
                raise Refused(
                    f"line {line}: halt finds {len(stack)} on the data stack; leave the result alone (step {steps})"
                )
            return stack[0], steps


def wrong(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Wrong submissions made from the reference's: other results, broken rules, broken format."""
    text = files[FILE]
    numbered = text.split(b"\n")
    code = [at for at, line in enumerate(numbered) if _code(line)]
    others = {
        "empty": b"",
        "only comments": b"# " + text.replace(b"\n", b"\n# "),
        "only halt": b"halt\n",
        "zero": b"push 0\nhalt\n",
        "expected value": b"push 14400\nhalt\n",
        "no halt": text.replace(b"halt", b"drop"),
        "backwards": b"\n".join(numbered[::-1]),
        "endless": b"here: jump here\n",
        "endless calls": b"here: call here\n",
        "endless pushes": b"here: push 1\njump here\n",
        "two results": b"push 0\n" + text,
        "below the stack": b"drop\n" + text,
        "return from nowhere": b"ret\n" + text,
        "too long": text + b"drop\n" * MAX_INSTRUCTIONS,
        "huge": text + b"#" * MAX_BYTES,
        "below the memory": b"loadx-\nloadx\nadd\nhalt\n",
        "above the memory": b"push 256\nsetx\nloadx\nhalt\n",
        "number of 65 bits": text.replace(b"push ", b"push 18446744073709551616 # "),
        "negative number": text.replace(b"push ", b"push -"),
        "leading zero": text.replace(b"push ", b"push 0"),
        "hexadecimal": text.replace(b"push 127", b"push 0x7f"),
        "shift by 64": text + b"shr 64\n",
        "push without number": text.replace(b"push 127", b"push"),
        "add with number": text.replace(b"add", b"add 1", 1),
        "capitals": text.upper(),
        "unknown instruction": text + b"div\n",
        "no such label": text + b"jump nowhere\n",
        "label twice": b"one:\none:\n" + text,
        "label of digits": b"1: halt\n" + text,
        "label at the end": text + b"\nend:\n",
        "two labels on a line": b"one: two: halt\n" + text,
        "two on a line": text.replace(b"mul\n", b"mul "),
        "semicolons": text.replace(b"\n", b";"),
        "other comment sign": b"; dot\n" + text,
        "carriage returns": text.replace(b"\n", b"\r"),
        "line ends of two bytes": text.replace(b"\n", b"\r\n"),
        "form feed": text.replace(b"\n", b"\f"),
        "nul": text + b"\0",
        "byte order mark": b"\xef\xbb\xbf" + text,
        "wide digits": text.replace(b"127", "\uff11\uff12\uff17".encode()),
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
