"""Reads a reversible circuit, applies it to all 256 inputs at once, and counts its gates.

One wire is one number of 256 bits: bit x is what the wire holds for input x, whose bits 2 i and 2 i + 1 are item i's key.
"""

import re

FILE = "circuit.txt"
WIRES, ITEMS, KEYS, TAGS, SCRATCH = 25, 4, 0, 8, 16
INPUTS = 4**ITEMS
ALL = (1 << INPUTS) - 1
MAX_BYTES = 65_536
MAX_GATES = 1_000
ENDS = {"x": 1, "cx": 2, "ccx": 3, "fred": 3}  # a gate's wires

_NOT_TEXT = re.compile(rb"[^\t\n\x20-\x7e]")

Gate = tuple[str, tuple[int, ...]]


class Refused(Exception):
    """The file breaks the format; the text names the line and the reason."""


def check(files: dict[str, bytes], seed: int) -> str | None:
    """None if the file is a circuit that sorts every input, else what is wrong with it. The seed changes nothing."""
    try:
        gates = read(files)
    except Refused as refused:
        return str(refused)
    for wire, (found, wanted) in enumerate(zip(applied(gates, before()), after(), strict=True)):
        if found != wanted:
            differs = found ^ wanted
            number = (differs & -differs).bit_length() - 1
            return (
                f"wire {wire} ends wrong for {differs.bit_count()} of {INPUTS} inputs, for example for the keys "
                f"{' '.join(str(number >> 2 * item & 3) for item in range(ITEMS))}"
            )
    return None


def count(files: dict[str, bytes], seed: int) -> int:
    """Gates in the file."""
    return len(read(files))


def read(files: dict[str, bytes]) -> list[Gate]:
    """The gates in the file's order. Raises Refused."""
    if FILE not in files:
        raise Refused(f"{FILE} is missing")
    content = files[FILE]
    if len(content) > MAX_BYTES:
        raise Refused(f"{FILE} has {len(content):,} bytes; at most {MAX_BYTES:,} are allowed")
    if alien := _NOT_TEXT.search(content):
        line = content.count(b"\n", 0, alien.start()) + 1
        raise Refused(f"line {line}: byte 0x{alien[0].hex()} is not allowed; only printable ASCII, tabs and line feeds are")
    gates = []
    for number, line in enumerate(content.decode("ascii").split("\n"), 1):
        if words := line.partition("#")[0].replace("\t", " ").split():
            gates.append(_gate(words, number))
    if len(gates) > MAX_GATES:
        raise Refused(f"{FILE} has {len(gates):,} gates; at most {MAX_GATES:,} are allowed")
    return gates


def applied(gates: list[Gate], wires: list[int]) -> list[int]:
    """What the wires hold after the gates."""
    wires = list(wires)
    for name, ends in gates:
        if name == "fred":
            control, one, other = ends
            differ = (wires[one] ^ wires[other]) & wires[control]
            wires[one] ^= differ
            wires[other] ^= differ
        else:
            *controls, target = ends
            change = ALL
            for control in controls:
                change &= wires[control]
            wires[target] ^= change
    return wires


def before() -> list[int]:
    """What every wire starts with."""
    return _wires(lambda number: [(number >> 2 * item & 3, item) for item in range(ITEMS)])


def after() -> list[int]:
    """What every wire must end with: sorted() is stable."""
    return _wires(lambda number: sorted((number >> 2 * item & 3, item) for item in range(ITEMS)))


def wrong(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Wrong submissions made from the reference's: circuits that do not sort, and files that break the format."""
    gates = read(files)
    text = _written(gates)
    first = text.split(b"\n")[0]
    one_way = next(at for at, (name, _) in enumerate(gates) if name == "fred")
    others = {
        "empty": b"",
        "only comments": b"# " + text.replace(b"\n", b"\n# "),
        "only the first half": _written(gates[: len(gates) // 2]),
        "only the second half": _written(gates[len(gates) // 2 :]),
        "backwards": _written(gates[::-1]),
        "twice": text * 2,
        "scratch left 1": text + b"x 24\n",
        "a key turned at the end": text + b"x 0\n",
        "a tag turned at the end": text + b"x 15\n",
        "places 0 and 1 exchanged": text + b"".join(b"cx %d %d\ncx %d %d\ncx %d %d\n" % (a, b, b, a, a, b) for a, b in ((0, 2), (1, 3), (8, 10), (9, 11))),
        "items upside down": _written([(name, tuple(_turned(end) for end in ends)) for name, ends in gates]),
        "a swap with other control": _written([*gates[:one_way], ("fred", gates[one_way][1][1:] + gates[one_way][1][:1]), *gates[one_way + 1 :]]),
        "every swap plain": _written([("cx", ends[:2]) if name == "fred" else (name, ends) for name, ends in gates]),
        "wire 25": text + b"x 25\nx 25\n",
        "wire 99999999999999999999": text + b"x 99999999999999999999\n" * 2,
        "negative wire": text + b"x -1\nx -1\n",
        "signed wire": text + b"x +1\nx +1\n",
        "leading zero": text + b"x 01\nx 01\n",
        "hexadecimal": text + b"x 0x1\nx 0x1\n",
        "fraction": text + b"x 1.0\nx 1.0\n",
        "a wire twice": text + b"cx 3 3\n",
        "a control twice": text + b"ccx 3 3 4\n" * 2,
        "a swap with itself": text + b"fred 3 4 4\n",
        "too few wires": text + b"cx 1\n",
        "too many wires": text + b"x 1 2\n",
        "capital letters": text.upper(),
        "another gate": text + b"swap 1 2\nswap 1 2\n",
        "more controls": text + b"cccx 1 2 3 4\n" * 2,
        "no name": text + b"1 2\n",
        "comma": text.replace(first, first.replace(b" ", b","), 1),
        "all on one line": text.replace(b"\n", b" "),
        "semicolons": text.replace(b"\n", b";"),
        "carriage returns": text.replace(b"\n", b"\r"),
        "line ends of two bytes": text.replace(b"\n", b"\r\n"),
        "form feed": text.replace(b"\n", b"\f"),
        "nul": text + b"\0",
        "byte order mark": b"\xef\xbb\xbf" + text,
        "wide digits": text.replace(b"1", "\uff11".encode()),
        "unicode blank": text.replace(b" ", "\u00a0".encode()),
        "unicode line separator": text.replace(b"\n", "\u2028".encode()),
        "latin-1": b"# caf\xe9\n" + text,
        "utf-16": text.decode().encode("utf-16"),
        "bytes": bytes(range(256)),
        "other comment sign": b"// a circuit\n" + text,
        "huge comment": text + b"#" * MAX_BYTES,
        "too many gates": text + b"x 24\n" * MAX_GATES,
    }
    results = {name: {**files, FILE: content} for name, content in others.items()}
    for gone in range(len(gates)):
        results[f"without gate {gone + 1}"] = {**files, FILE: _written(gates[:gone] + gates[gone + 1 :])}
    results["no file"] = {name: content for name, content in files.items() if name != FILE}
    return results


def _gate(words: list[str], number: int) -> Gate:
    shown = " ".join(words)[:30]
    name, *ends = words
    if name not in ENDS:
        raise Refused(f"line {number}: {shown!r} is not a gate: x a, cx a b, ccx a b c or fred a b c")
    if len(ends) != ENDS[name]:
        raise Refused(f"line {number}: {shown!r} has {len(ends)} wires; {name} has {ENDS[name]}")
    for end in ends:
        if not end.isdigit() or len(end) > 2 or (len(end) == 2 and end[0] == "0") or int(end) >= WIRES:
            raise Refused(f"line {number}: {shown!r} has {end!r} for a wire; wires are 0 to {WIRES - 1} in plain decimal digits")
    wires = tuple(int(end) for end in ends)
    if len(set(wires)) != len(wires):
        raise Refused(f"line {number}: {shown!r} names a wire twice; the wires of a gate are all different")
    return name, wires


def _wires(places) -> list[int]:
    """Wires for all inputs, from a function that gives the key and the item of each place."""
    wires = [0] * WIRES
    for number in range(INPUTS):
        for place, (key, item) in enumerate(places(number)):
            bits = (KEYS, key >> 1), (KEYS + 1, key & 1), (TAGS, item >> 1), (TAGS + 1, item & 1)
            for first, bit in bits:
                wires[first + 2 * place] |= bit << number
    return wires


def _turned(wire: int) -> int:
    """The wire of the same bit in the opposite place."""
    return wire if wire >= SCRATCH else (wire & 8) | (6 - (wire & 6)) | (wire & 1)


def _written(gates: list[Gate]) -> bytes:
    return "".join(f"{name} {' '.join(map(str, ends))}\n" for name, ends in gates).encode()
