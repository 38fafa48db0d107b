"""Sums of 256 numbers modulo 2**32."""

import numpy as np

_LENGTHS = {("plain", "count"): 512, ("plain", "time"): 300_000}


def draw(seed, family, size):
    length = _LENGTHS.get((family, size), 4)
    numbers = np.random.default_rng(seed).integers(0, 1 << 32, length, dtype=np.uint32)
    return np.uint32(length).tobytes() + numbers.tobytes()


def check(input, output) -> str | None:
    truth = _truth(np.frombuffer(input, np.uint32)[1:])
    if len(output) != 4 * len(truth):
        return f"{len(output)} bytes instead of {4 * len(truth)}"
    return None if np.array_equal(np.frombuffer(output, np.uint32), truth) else "a number is wrong"


def wrong(input, output):
    found = {"empty": b"", "one byte short": output[:-1], "one byte more": output + b"\0"}
    for bit in range(20):
        place = bit * 7 % len(output)
        found[f"bit {bit}"] = output[:place] + bytes([output[place] ^ (1 << bit % 8)]) + output[place + 1 :]
    return found


def _truth(numbers):
    sums = np.cumsum(numbers, dtype=np.uint32)
    before = np.concatenate([np.zeros(256, np.uint32), sums])[: len(sums)]
    return sums - before
