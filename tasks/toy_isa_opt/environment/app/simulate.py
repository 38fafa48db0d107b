"""Runs programs of the toy machine on vectors of all kinds: result, right or wrong, cycles. See isa.md.

python3 simulate.py [--seed N] [--trace N] [--lines] [FILE...]
"""

import argparse
import random
import sys

ELEMENTS = 512
WORD = 2**64 - 1
ALU3 = ("add", "sub", "and", "or", "xor", "mul")
ALUN = ("addi", "subi", "shl", "shr")
BRANCHES = ("beq", "bne", "blt")
SHAPES = {"li": "rn", "mov": "rr", "mac": "rrr", "ld": "rrn", "ldp": "rrn", "jump": "l", "halt": ""}
SHAPES.update({name: "rrr" for name in ALU3})
SHAPES.update({name: "rrn" for name in ALUN})
SHAPES.update({name: "rrl" for name in BRANCHES})
LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


class Fault(Exception):
    """What is wrong with a program or its run, with the line."""


def unit_of(name):
    if name in ("mul", "mac"):
        return "multiplier"
    if name in ("ld", "ldp"):
        return "memory"
    return "branch" if name in BRANCHES or name in ("jump", "halt") else None


def latency_of(name):
    return {"mul": 4, "mac": 4, "ld": 2, "ldp": 3}.get(name, 1)


def decimal(text, most):
    """The number, or None if it is not one from 0 to most in plain digits."""
    if not text or any(c not in DIGITS for c in text) or (len(text) > 1 and text[0] == "0") or len(text) > 5:
        return None
    return int(text) if int(text) <= most else None


def assemble(content):
    """A list of (name, arguments, line)."""
    if len(content) > 16384:
        raise Fault(f"dot.asm has {len(content):,} bytes; at most 16,384 are allowed")
    line = 1
    for byte in content:
        if byte == 10:
            line += 1
        elif byte != 9 and not 32 <= byte <= 126:
            raise Fault(f"line {line}: byte 0x{byte:02x} is not allowed; only printable ASCII, tabs and line feeds are")
    labels, found = {}, []
    for number, text in enumerate(content.decode().split("\n"), 1):
        text = text.split("#")[0].strip(" \t")
        if ":" in text:
            label, text = text.split(":", 1)
            text = text.strip(" \t")
            if not (1 <= len(label) <= 32 and label[0] in LOWER and all(c in LOWER + DIGITS + "_" for c in label)):
                raise Fault(f"line {number}: {label[:40]!r} is not a label: a to z, 0 to 9 and _, a letter first, at most 32")
            if label in labels:
                raise Fault(f"line {number}: label {label!r} stands at line {labels[label][1]} already")
            labels[label] = (len(found), number)
        if text:
            found.append((text.replace("\t", " "), number))
    if len(found) > 128:
        raise Fault(f"line {found[128][1]}: the program has {len(found):,} instructions; at most 128 are allowed")
    for label, (place, number) in labels.items():
        if place >= len(found):
            raise Fault(f"line {number}: no instruction follows label {label!r}")
    if not found:
        raise Fault("dot.asm has no instruction")
    return [instruction(text, number, labels) for text, number in found]


def instruction(text, line, labels):
    name, _, rest = text.partition(" ")
    if name not in SHAPES:
        raise Fault(f"line {line}: {name[:40]!r} is not an instruction")
    given = [part.strip(" ") for part in rest.split(",")] if rest.strip(" ") else []
    if len(given) != len(SHAPES[name]):
        raise Fault(f"line {line}: {name} takes {len(SHAPES[name])} arguments, {len(given)} given")
    values = []
    for shape, part in zip(SHAPES[name], given):
        if shape == "l":
            if part not in labels:
                raise Fault(f"line {line}: there is no label {part[:40]!r}")
            values.append(labels[part][0])
        elif shape == "n":
            most = 63 if name in ("shl", "shr") else 65535
            value = decimal(part, most)
            if value is None:
                raise Fault(f"line {line}: {part[:40]!r} is not a number from 0 to {most}, in plain decimal digits")
            values.append(value)
        else:
            value = decimal(part[1:], 15) if part.startswith("r") else None
            if value is None:
                raise Fault(f"line {line}: {part[:40]!r} is not a register, r0 to r15")
            values.append(value)
    if name == "ldp" and values[0] % 2 == 1:
        raise Fault(f"line {line}: ldp writes r{values[0]} and the register after it; the first one must be even")
    return name, values, line


def run(program, memory, tell=None):
    """Result and cycles. `tell(cycle, index, waited)` hears of every issue.

    Cycle by cycle: in each one instructions issue until one may not.
    """
    registers, ready = [0] * 16, [0] * 16
    place, cycle, free = 0, 0, 0  # free: the first cycle in which anything may issue after a branch
    while True:
        units, slots = [], 2
        while slots and cycle >= free:
            if place >= len(program):
                raise Fault(f"line {program[-1][2]}: the run goes beyond the last instruction; end it with halt")
            name, values, line = program[place]
            needs, gives = ports(name, values)
            if any(ready[register] > cycle for register in needs + gives) or unit_of(name) in units:
                break
            if cycle >= 50000:
                raise Fault(f"line {line}: the run is not over after 50,000 cycles")
            slots -= 1
            if unit_of(name):
                units.append(unit_of(name))
            if tell:
                tell(cycle, place)
            if name == "halt":
                return registers[0], cycle + 1
            place += 1
            if unit_of(name) == "branch":
                goes = name == "jump" or compare(name, registers[values[0]], registers[values[1]])
                if goes:
                    place = values[-1]
                free = cycle + (2 if goes else 1)
                break
            for register, result in zip(gives, results(name, values, registers, memory, line)):
                registers[register] = result
                ready[register] = cycle + latency_of(name)
        cycle += 1
        if cycle > 50000 + 8:
            where = program[min(place, len(program) - 1)][2]
            raise Fault(f"line {where}: the run is not over after 50,000 cycles")


def ports(name, values):
    """The registers that an instruction reads, and those that it writes."""
    if name == "halt":
        return [0], []
    if name == "jump":
        return [], []
    if name in BRANCHES:
        return values[:2], []
    reads = [] if name == "li" else values[1:2] if SHAPES[name] != "rrr" else values[1:3]
    if name == "mac":
        reads = reads + [values[0]]
    return reads, [values[0], values[0] + 1] if name == "ldp" else [values[0]]


def compare(name, a, b):
    return a == b if name == "beq" else a != b if name == "bne" else a < b


def results(name, values, registers, memory, line):
    if name == "li":
        return [values[1]]
    a = registers[values[1]]
    if name == "mov":
        return [a]
    last = values[2]
    if name in ("ld", "ldp"):
        address = (a + last) & WORD
        if address > 1023:
            raise Fault(f"line {line}: {name} at address {address}; the memory has 0 to 1023")
        if name == "ldp" and address % 2:
            raise Fault(f"line {line}: ldp at address {address}, which is odd")
        return [memory[address], memory[address + 1]] if name == "ldp" else [memory[address]]
    if name in ("shl", "shr"):
        return [(a << last if name == "shl" else a >> last) & WORD]
    b = last if name in ("addi", "subi") else registers[last]
    if name in ("add", "addi"):
        return [(a + b) & WORD]
    if name in ("sub", "subi"):
        return [(a - b) & WORD]
    if name == "mul":
        return [a * b & WORD]
    if name == "mac":
        return [registers[values[0]] + a * b & WORD]
    return [a & b if name == "and" else a | b if name == "or" else a ^ b]


def vectors(seed):
    dice = random.Random(seed)

    def some(most):
        return [dice.randint(0, most) for _ in range(ELEMENTS)]

    yield "uniform", some(65535), some(65535)
    yield "small", some(15), some(15)
    yield "all largest", [65535] * ELEMENTS, [65535] * ELEMENTS
    yield "sparse", [value if dice.random() < 0.05 else 0 for value in some(65535)], some(65535)
    yield "nothing", some(65535), [0] * ELEMENTS


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", default=["dot.asm"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trace", type=int, default=0, metavar="N", help="show the first N issues")
    parser.add_argument("--lines", action="store_true", help="show how often each line issued, and how long it waited")
    wanted = parser.parse_args()
    wrong = 0
    for path in wanted.files:
        with open(path, "rb") as file:
            content = file.read()
        try:
            program = assemble(content)
            if wanted.trace or wanted.lines:
                look(program, content.decode().split("\n"), wanted)
                continue
            most = 0
            for kind, a, b in vectors(wanted.seed):
                result, cycles = run(program, a + b)
                most = max(most, cycles)
                if result != sum(x * y for x, y in zip(a, b)):
                    print(f"{path}: wrong on vectors of the kind {kind!r}: {result}")
                    wrong = 1
                    break
            else:
                print(f"{path}: right, {most} cycles, {len(program)} instructions")
        except Fault as fault:
            print(f"{path}: {fault}")
            wrong = 1
    return wrong


def look(program, lines, wanted):
    """The issues of the first vectors: one a line, or summed by line."""
    _, a, b = next(iter(vectors(wanted.seed)))
    issues = []
    run(program, a + b, lambda cycle, place: issues.append((cycle, place)))
    if wanted.trace:
        for cycle, place in issues[: wanted.trace]:
            print(f"{cycle:>6}  {lines[program[place][2] - 1].split('#')[0].rstrip()}")
        return
    times, waited, before = [0] * len(program), [0] * len(program), 0
    for cycle, place in issues:
        times[place] += 1
        waited[place] += max(0, cycle - before - 1)
        before = cycle
    for place, (_, _, line) in enumerate(program):
        print(f"{times[place]:>6} times, waited {waited[place]:>6}  {lines[line - 1].split('#')[0].rstrip()}")


if __name__ == "__main__":
    sys.exit(main())
