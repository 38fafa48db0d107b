"""Reads a sorting network, applies it to all 65,536 inputs of zeros and ones, and counts its comparators.

By the zero-one principle a network that sorts these inputs sorts everything. One wire is one array of 65,536 bits: bit x
is what the wire holds for input x, whose bit w is what wire w starts with. A comparator is then one AND and one OR.
"""

import itertools
import re

import numpy as np

FILE = "network.txt"
WIRES = 16
MAX_BYTES = 65_536
MAX_COMPARATORS = 1_000

_NOT_TEXT = re.compile(rb"[^\t\n\x20-\x7e]")
_LINE = re.compile(rb"([0-9]+)[ \t]+([0-9]+)")


class Refused(Exception):
    """The file breaks the format; the text names the line and the reason."""


def check(files: dict[str, bytes], seed: int) -> str | None:
    """None if the file is a network that sorts every input, else what is wrong with it. The seed changes nothing."""
    try:
        comparators = read(files)
    except Refused as refused:
        return str(refused)
    failures = unsorted(comparators)
    if not failures.any():
        return None
    return (
        f"the network of {len(comparators)} comparators leaves {int(failures.sum()):,} of {failures.size:,} inputs unsorted, "
        f"for example {_shown(int(failures.argmax()))} (wires 0 to {WIRES - 1})"
    )


def count(files: dict[str, bytes], seed: int) -> int:
    """Comparators in the file."""
    return len(read(files))


def read(files: dict[str, bytes]) -> list[tuple[int, int]]:
    """The comparators in the file's order. Raises Refused."""
    if FILE not in files:
        raise Refused(f"{FILE} is missing")
    content = files[FILE]
    if len(content) > MAX_BYTES:
        raise Refused(f"{FILE} has {len(content):,} bytes; at most {MAX_BYTES:,} are allowed")
    if alien := _NOT_TEXT.search(content):
        line = content.count(b"\n", 0, alien.start()) + 1
        raise Refused(f"line {line}: byte 0x{alien[0].hex()} is not allowed; only printable ASCII, tabs and line feeds are")
    comparators = []
    for number, line in enumerate(content.split(b"\n"), 1):
        text = line.partition(b"#")[0].strip(b" \t")
        if text:
            comparators.append(_comparator(text, number))
    if len(comparators) > MAX_COMPARATORS:
        raise Refused(f"{FILE} has {len(comparators):,} comparators; at most {MAX_COMPARATORS:,} are allowed")
    return comparators


def unsorted(comparators: list[tuple[int, int]]) -> np.ndarray:
    """For every input 0 to 65,535 whether the network leaves it unsorted."""
    wires = list(_inputs())
    for low, high in comparators:
        wires[low], wires[high] = wires[low] & wires[high], wires[low] | wires[high]
    wrong = np.zeros_like(wires[0])
    for above, below in itertools.pairwise(wires):
        wrong |= above & ~below  # a one on a wire before a zero
    return np.unpackbits(wrong, bitorder="little").astype(bool)


def wrong(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Wrong submissions made from the reference's: networks that do not sort, and files that break the format."""
    network = read(files)
    last = len(network) - 1
    text = _written(network)
    first_line = text.split(b"\n")[0]
    others = {
        "empty": b"",
        "only comments": b"# " + text.replace(b"\n", b"\n# "),
        "only the first half": _written(network[: len(network) // 2]),
        "only the second half": _written(network[len(network) // 2 :]),
        "backwards": _written(network[::-1]),
        "wires upside down": _written([(WIRES - 1 - i, WIRES - 1 - j) for i, j in network]),
        "all ends exchanged": _written([(j, i) for i, j in network]),
        "first ends exchanged": _written([network[0][::-1], *network[1:]]),
        "last ends exchanged": _written([*network[:last], network[last][::-1]]),
        "first and last swapped": _written([network[last], *network[1:last], network[0]]),
        "wires one up": _written([(i + 1, j + 1) for i, j in network]),
        "wire 16": text + b"0 16\n",
        "wire 99999999999999999999": text + b"0 99999999999999999999\n",
        "negative wire": text + b"-1 0\n",
        "signed wire": text.replace(first_line, b"+" + first_line, 1),
        "a wire with itself": text + b"3 3\n",
        "leading zero": text.replace(first_line, b"0" + first_line, 1),
        "hexadecimal": text + b"0x0 0xf\n",
        "fraction": text + b"0.0 15.0\n",
        "one number": text + b"7\n",
        "three numbers": text + b"0 1 2\n",
        "comma": text.replace(b" ", b","),
        "minus": text.replace(b" ", b"-"),
        "all on one line": text.replace(b"\n", b" "),
        "words": text + b"zero one\n",
        "semicolons": text.replace(b"\n", b";"),
        "carriage returns": text.replace(b"\n", b"\r"),
        "line ends of two bytes": text.replace(b"\n", b"\r\n"),
        "form feed": text.replace(b"\n", b"\f"),
        "nul": text + b"\0",
        "byte order mark": b"\xef\xbb\xbf" + text,
        "wide digits": "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text.decode()).encode(),
        "unicode blank": text.replace(b" ", "\u00a0".encode()),
        "unicode line separator": text.replace(b"\n", "\u2028".encode()),
        "latin-1": b"# caf\xe9\n" + text,
        "utf-16": text.decode().encode("utf-16"),
        "bytes": bytes(range(256)),
        "other comment sign": b"// a network\n" + text,
        "huge comment": text + b"#" * MAX_BYTES,
        "too many comparators": text + b"0 1\n" * MAX_COMPARATORS,
        "random": _written(_random(len(network))),
    }
    results = {name: {**files, FILE: content} for name, content in others.items()}
    for gone in range(len(network)):
        results[f"without comparator {gone + 1}"] = {**files, FILE: _written(network[:gone] + network[gone + 1 :])}
    results["no file"] = {name: content for name, content in files.items() if name != FILE}
    return results


def _comparator(text: bytes, number: int) -> tuple[int, int]:
    shown = text[:20].decode("ascii")
    match = _LINE.fullmatch(text)
    if match is None:
        raise Refused(f"line {number}: {shown!r} is not a comparator: two wire numbers 'i j', in decimal digits")
    for digits in match.groups():
        if len(digits) > 1 and digits.startswith(b"0"):
            raise Refused(f"line {number}: {shown!r} has a wire number with a leading zero")
        if len(digits) > 2 or int(digits) >= WIRES:
            raise Refused(f"line {number}: {shown!r} has a wire that does not exist; wires are 0 to {WIRES - 1}")
    low, high = map(int, match.groups())
    if low >= high:
        raise Refused(f"line {number}: {shown!r} must have its smaller wire first, and two different wires")
    return low, high


def _inputs() -> np.ndarray:
    """What each wire starts with: WIRES rows of 65,536 bits, packed into bytes."""
    numbers = np.arange(1 << WIRES, dtype=np.uint32)
    return np.stack([np.packbits((numbers >> wire & 1).astype(np.uint8), bitorder="little") for wire in range(WIRES)])


def _shown(number: int) -> str:
    return "".join(str(number >> wire & 1) for wire in range(WIRES))


def _written(network: list[tuple[int, int]]) -> bytes:
    return "".join(f"{i} {j}\n" for i, j in network).encode()


def _random(length: int) -> list[tuple[int, int]]:
    rng = np.random.default_rng(1)
    return [tuple(sorted(rng.choice(WIRES, 2, replace=False).tolist())) for _ in range(length)]
