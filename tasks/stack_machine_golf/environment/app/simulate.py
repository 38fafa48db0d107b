"""Runs programs of the stack machine that isa.md describes. `python3 simulate.py --help` says how."""

import argparse
import random
import re
import sys

WRAP = 1 << 64
ALLOWED = set(range(0x20, 0x7F)) | {9, 10}
PLAIN = "dup drop swap over add sub mul and or xor setx sety getx gety ret halt".split()
ACCESS = [kind + register + sign for kind in ("load", "store") for register in "xy" for sign in ("", "+", "-")]
TARGETS = ["jump", "jz", "jnz", "call"]
LIMITS = {"push": WRAP - 1, "shl": 63, "shr": 63}


class Fault(Exception):
    """What the machine or the assembler does not allow: one line with its reason."""


def assemble(content):
    """The program in the file's bytes: a list of (name, number or place or None, line)."""
    if len(content) > 16_384:
        raise Fault(f"dot.asm has {len(content):,} bytes; at most 16,384 are allowed")
    line = 1
    for byte in content:
        if byte not in ALLOWED:
            raise Fault(f"line {line}: byte 0x{byte:02x} is not allowed; only printable ASCII, tabs and line feeds are")
        line += byte == 10
    source, labels = [], {}
    for line, text in enumerate(content.decode("ascii").split("\n"), 1):
        words = re.split("[ \t]+", text.split("#")[0].strip(" \t"))
        if words[0].endswith(":"):
            label = words[0][:-1]
            if not re.fullmatch("[a-z][a-z0-9_]*", label) or len(label) > 32:
                raise Fault(
                    f"line {line}: {label[:40]!r} is not a label: a to z, 0 to 9 and _, a letter first, at most 32"
                )
            if label in labels:
                raise Fault(f"line {line}: label {label!r} stands at line {labels[label][1]} already")
            labels[label] = (len(source), line)
            words = words[1:] or [""]
        if words[0]:
            source.append((words[0], words[1:], line))
    if len(source) > 64:
        raise Fault(f"line {source[64][2]}: the program has {len(source):,} instructions; at most 64 are allowed")
    for label, (place, line) in labels.items():
        if place >= len(source):
            raise Fault(f"line {line}: no instruction follows label {label!r}")
    if not source:
        raise Fault("dot.asm has no instruction")
    return [(name, argument(name, given, line, labels), line) for name, given, line in source]


def argument(name, given, line, labels):
    """What stands behind an instruction's name, checked."""
    if name in PLAIN or name in ACCESS:
        if given:
            raise Fault(f"line {line}: {name} takes nothing, {len(given)} given")
        return None
    if name not in TARGETS and name not in LIMITS:
        raise Fault(f"line {line}: {name[:40]!r} is not an instruction")
    if len(given) != 1:
        raise Fault(f"line {line}: {name} takes one argument, {len(given)} given")
    text = given[0]
    if name in TARGETS:
        if text not in labels:
            raise Fault(f"line {line}: there is no label {text[:40]!r}")
        return labels[text][0]
    plain = text.isdigit() and (text == "0" or not text.startswith("0")) and len(text) <= 20
    if not plain or int(text) > LIMITS[name]:
        raise Fault(f"line {line}: {text[:40]!r} is not a number from 0 to {LIMITS[name]}, in plain decimal digits")
    return int(text)


class Machine:
    """The state of one run."""

    def __init__(self, program, memory):
        self.program, self.memory = program, memory
        self.stack, self.calls = [], []
        self.x = self.y = 0
        self.place = self.steps = 0
        self.done = False

    def step(self):
        """Executes one instruction, or raises Fault."""
        if self.place >= len(self.program):
            raise Fault(f"line {self.program[-1][2]}: the run goes beyond the last instruction; end it with halt")
        self.name, self.value, self.line = self.program[self.place]
        if self.steps >= 50_000:
            raise Fault(f"line {self.line}: more than 50,000 instructions executed")
        self.place += 1
        self.steps += 1
        handler = getattr(self, "do_" + self.name.rstrip("+-"))
        takes = handler.__code__.co_argcount - 1  # a handler's arguments are what it takes from the stack
        if len(self.stack) < takes:
            raise self.fault(f"needs {takes} on the data stack, which holds {len(self.stack)}")
        taken = self.stack[len(self.stack) - takes :]
        room = 16 - len(self.stack) + takes
        self.stack = self.stack[: len(self.stack) - takes]
        if self.name.startswith("load") and not room:
            raise self.fault("would put more than 16 on the data stack")
        left = handler(*taken) or ()
        if len(left) > room:
            raise self.fault("would put more than 16 on the data stack")
        self.stack = [*self.stack, *left]

    def fault(self, text):
        return Fault(f"line {self.line}: {self.name} {text} (step {self.steps})")

    def do_push(self):
        return (self.value,)

    def do_dup(self, a):
        return a, a

    def do_drop(self, a):
        return ()

    def do_swap(self, a, b):
        return b, a

    def do_over(self, a, b):
        return a, b, a

    def do_add(self, a, b):
        return ((a + b) % WRAP,)

    def do_sub(self, a, b):
        return ((a - b) % WRAP,)

    def do_mul(self, a, b):
        return ((a * b) % WRAP,)

    def do_and(self, a, b):
        return (a & b,)

    def do_or(self, a, b):
        return (a | b,)

    def do_xor(self, a, b):
        return (a ^ b,)

    def do_shl(self, a):
        return ((a << self.value) % WRAP,)

    def do_shr(self, a):
        return (a >> self.value,)

    def do_setx(self, a):
        self.x = a

    def do_sety(self, a):
        self.y = a

    def do_getx(self):
        return (self.x,)

    def do_gety(self):
        return (self.y,)

    def address(self):
        """The register's value, which must be an address. The register moves on."""
        which = "x" if "x" in self.name else "y"
        address = getattr(self, which)
        if address > 255:
            raise self.fault(f"at address {address}; the memory has 0 to 255")
        setattr(self, which, (address + self.name.endswith("+") - self.name.endswith("-")) % WRAP)
        return address

    def do_loadx(self):
        return (self.memory[self.address()],)

    def do_loady(self):
        return (self.memory[self.address()],)

    def do_storex(self, a):
        self.memory[self.address()] = a

    def do_storey(self, a):
        self.memory[self.address()] = a

    def do_jump(self):
        self.place = self.value

    def do_jz(self, a):
        if not a:
            self.place = self.value

    def do_jnz(self, a):
        if a:
            self.place = self.value

    def do_call(self):
        if len(self.calls) >= 16:
            raise self.fault("would put more than 16 on the return stack")
        self.calls.append(self.place)
        self.place = self.value

    def do_ret(self):
        if not self.calls:
            raise self.fault("finds the return stack empty")
        self.place = self.calls.pop()

    def do_halt(self, a):
        if self.stack:
            raise self.fault(f"finds {len(self.stack) + 1} on the data stack; leave the result alone")
        self.done = True
        return (a,)


def run(program, memory):
    """The result and the number of executed instructions."""
    machine = Machine(program, memory)
    while not machine.done:
        machine.step()
    return machine.stack[0], machine.steps


def vectors(seed):
    """Pairs of vectors by kind, as the judge's kinds; the judge has its own."""
    dice = random.Random(seed)

    def some(low, high):
        return [dice.randint(low, high) for _ in range(256)]

    place = dice.randrange(256)
    one = [[dice.randint(1, 15) if at == place else 0 for at in range(256)] for _ in "ab"]
    return {
        "uniform": (some(0, 15), some(0, 15)),
        "without zeros": (some(1, 15), some(1, 15)),
        "all largest": (some(15, 15), some(15, 15)),
        "small": (some(0, 1), some(0, 1)),
        "sparse": ([number * (dice.random() < 0.05) for number in some(1, 15)], some(0, 15)),
        "largest first": ([15] * 100 + some(0, 15)[100:], some(0, 15)),
        "one product": tuple(one),
        "nothing": (some(0, 15), some(0, 0)),
    }


def memory_of(a, b):
    """Where the vectors lie: a from its first element, then b from its last, each with the lowest lane first."""
    memory = [0] * 256
    for at in range(256):
        memory[at // 4] |= a[at] << 16 * (at % 4)
        memory[64 + at // 4] |= b[255 - at] << 16 * (at % 4)
    return memory


def trace(program, memory, most):
    """Prints the first instructions of a run as they are executed."""
    machine = Machine(program, memory)
    print("  step  line  instruction      x    y  calls  data stack after it, top on the right")
    while not machine.done and machine.steps < most:
        machine.step()
        value = "" if machine.value is None else machine.value
        if machine.name in TARGETS:
            value = f"-> line {program[machine.value][2]}"
        shown = " ".join(f"{word:x}" for word in machine.stack)
        print(
            f"{machine.steps:6}{machine.line:6}  {machine.name + ' ' + str(value):15}"
            f"{machine.x:4} {machine.y:4} {len(machine.calls):6}  {shown}"
        )


def lines(program, memory, source):
    """Prints the source with how often each line was executed."""
    machine, often = Machine(program, memory), {}
    while not machine.done:
        machine.step()
        often[machine.line] = often.get(machine.line, 0) + 1
    for line, text in enumerate(source.split("\n"), 1):
        print(f"{often.get(line, ''):6}  {text}")


def judge(name, program, seed):
    """Prints one line: right or wrong, and the most executed instructions. Returns whether all results are right."""
    most = 0
    for kind, (a, b) in vectors(seed).items():
        result, steps = run(program, memory_of(a, b))
        right = sum(map(int.__mul__, a, b))
        most = max(most, steps)
        if result != right:
            print(f"{name}: {kind}: wrong, {result} where {right} is the dot product; {steps:,} executed")
            return False
    print(f"{name}: right, {len(program)} instructions long, {most:,} executed")
    return True


def main():
    parser = argparse.ArgumentParser(description="Runs programs of the stack machine on vectors drawn from a seed.")
    parser.add_argument("files", nargs="*", default=["dot.asm"], help="programs (default: dot.asm)")
    parser.add_argument("--seed", type=int, default=1, help="other vectors")
    parser.add_argument("--trace", type=int, metavar="N", help="show the first N instructions executed")
    parser.add_argument("--lines", action="store_true", help="show how often each line was executed")
    options = parser.parse_args()
    failed = False
    for name in options.files:
        try:
            with open(name, "rb") as file:
                content = file.read()
            program = assemble(content)
            if options.trace:
                trace(program, memory_of(*vectors(options.seed)["uniform"]), options.trace)
            elif options.lines:
                lines(program, memory_of(*vectors(options.seed)["uniform"]), content.decode("ascii"))
            else:
                failed |= not judge(name, program, options.seed)
        except (Fault, OSError) as error:
            print(f"{name}: {error}")
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
