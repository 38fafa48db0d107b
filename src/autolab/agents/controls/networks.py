"""Sorting networks of 16 wires, written sloppily: known constructions with comparators that they could do without."""

from collections.abc import Callable, Mapping
from random import Random

FILE = "network.txt"
WIRES = 16
SLOPPY = 8
"""Needless comparators at the end of a fresh network: what there is to refine."""

Network = list[tuple[int, int]]


class Networks:
    """Refining takes one comparator out, from the end more often; restructuring writes another construction."""

    def refine(self, files: Mapping[str, bytes], rng: Random) -> tuple[Mapping[str, bytes], str]:
        """One comparator fewer."""
        network = read(files[FILE])
        if not network:
            return files, "nothing to take out"
        last = len(network) - 1
        gone = (
            last - rng.randrange(min(len(network), 2 * SLOPPY)) if rng.random() < 0.7 else rng.randrange(len(network))
        )
        i, j = network.pop(gone)
        return {**files, FILE: written(network)}, f"do without comparator {gone + 1}, {i} {j}"

    def restructure(self, files: Mapping[str, bytes], rng: Random) -> tuple[Mapping[str, bytes], str]:
        """Another construction, perhaps upside down, with needless comparators behind it."""
        name = rng.choice(sorted(CONSTRUCTIONS))
        network = CONSTRUCTIONS[name]()
        if rng.random() < 0.5:
            network = [(WIRES - 1 - j, WIRES - 1 - i) for i, j in network]
        for _ in range(SLOPPY):
            i, j = sorted(rng.sample(range(WIRES), 2))
            network.append((i, j))
        return {**files, FILE: written(network)}, f"build it anew: {name}"


def read(content: bytes) -> Network:
    """The comparators of a file; comments and blank lines are left out."""
    lines = (line.partition("#")[0].split() for line in content.decode(errors="replace").splitlines())
    return [(int(line[0]), int(line[1])) for line in lines if len(line) == 2]


def written(network: Network) -> bytes:
    """The file of a network."""
    return "".join(f"{i} {j}\n" for i, j in network).encode()


def bubble() -> Network:
    """120 comparators."""
    return [(j, j + 1) for last in range(WIRES - 1, 0, -1) for j in range(last)]


def insertion() -> Network:
    """120 comparators."""
    return [(j - 1, j) for new in range(1, WIRES) for j in range(new, 0, -1)]


def transposition() -> Network:
    """Odd-even transposition sort: 120 comparators."""
    return [(i, i + 1) for layer in range(WIRES) for i in range(layer % 2, WIRES - 1, 2)]


def selection() -> Network:
    """120 comparators."""
    return [(i, j) for i in range(WIRES) for j in range(i + 1, WIRES)]


def odd_even_merge() -> Network:
    """K. E. Batcher, "Sorting networks and their applications", AFIPS 1968: 63 comparators."""
    network, p = [], 1
    while p < WIRES:
        k = p
        while k >= 1:
            for j in range(k % p, WIRES - k, 2 * k):
                network += [
                    (i + j, i + j + k)
                    for i in range(min(k, WIRES - j - k))
                    if (i + j) // (2 * p) == (i + j + k) // (2 * p)
                ]
            k //= 2
        p *= 2
    return network


def bose_nelson() -> Network:
    """R. C. Bose and R. J. Nelson, "A sorting problem", JACM 9 (1962): 65 comparators."""
    network: Network = []

    def merge(i: int, x: int, j: int, y: int) -> None:
        if x == 1 and y == 1:
            network.append((i, j))
        elif x == 1 and y == 2:
            network.extend([(i, j + 1), (i, j)])
        elif x == 2 and y == 1:
            network.extend([(i, j), (i + 1, j)])
        else:
            a = x // 2
            b = y // 2 if x % 2 else (y + 1) // 2
            merge(i, a, j, b)
            merge(i + a, x - a, j + b, y - b)
            merge(i + a, x - a, j, b)

    def sort(i: int, x: int) -> None:
        if x > 1:
            sort(i, x // 2)
            sort(i + x // 2, x - x // 2)
            merge(i, x // 2, i + x // 2, x - x // 2)

    sort(0, WIRES)
    return network


CONSTRUCTIONS: Mapping[str, Callable[[], Network]] = {
    "bubble sort": bubble,
    "insertion sort": insertion,
    "odd-even transposition": transposition,
    "selection sort": selection,
    "Batcher's odd-even merge": odd_even_merge,
    "Bose and Nelson's": bose_nelson,
}
