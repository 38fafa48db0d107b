"""Applies a circuit to all 256 inputs and says whether it sorts: `python3 simulate.py circuit.txt [K0 K1 K2 K3]`.

With four keys it shows the wires after each gate for these keys instead.
"""

import sys

WIRES = 25


def read(path: str) -> list[list]:
    gates = []
    for line in open(path):
        words = line.split("#")[0].split()
        if words:
            gates.append([words[0], *map(int, words[1:])])
    return gates


def step(gate: list, wires: list[int]) -> None:
    name, *ends = gate
    if name == "fred":
        control, one, other = ends
        if wires[control]:
            wires[one], wires[other] = wires[other], wires[one]
    elif all(wires[control] for control in ends[:-1]):
        wires[ends[-1]] ^= 1


def wires_of(items: list[tuple[int, int]]) -> list[int]:
    keys = [bit for key, _ in items for bit in (key >> 1, key & 1)]
    tags = [bit for _, item in items for bit in (item >> 1, item & 1)]
    return keys + tags + [0] * (WIRES - 16)


def shown(wires: list[int]) -> str:
    digits = "".join(map(str, wires))
    return f"keys {digits[:8]}  tags {digits[8:16]}  scratch {digits[16:]}"


def main() -> int:
    gates = read(sys.argv[1])
    if len(sys.argv) > 2:
        wires = wires_of([(int(key), item) for item, key in enumerate(sys.argv[2:6])])
        print(f"{'start':<16}{shown(wires)}")
        for gate in gates:
            step(gate, wires)
            print(f"{' '.join(map(str, gate)):<16}{shown(wires)}")
        return 0
    for number in range(256):
        items = [(number >> 2 * item & 3, item) for item in range(4)]
        wires = wires_of(items)
        for gate in gates:
            step(gate, wires)
        if wires != wires_of(sorted(items)):
            print(f"wrong for the keys {' '.join(str(key) for key, _ in items)}: {shown(wires)}")
            return 1
    print(f"{len(gates)} gates, right for all inputs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
