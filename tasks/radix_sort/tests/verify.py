"""Draws batches of arrays of 32-bit keys and checks the sorted ones, key by key, against numpy's sort."""

import struct
import zlib

import numpy as np

MOST = 1 << 32  # keys are below

# family -> size -> length of each array. Lengths are fixed, only contents come from the seed.
TINY = (0, 1, 2, 3, 0, 5, 7, 8, 9, 13, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 100, 129, 200, 257)
SIZES = {
    "typical": {"count": (100_000,), "time": (800_000,)},
    "skewed": {"count": (60_000,), "time": (600_000,)},
    "adversarial": {"count": (9_000,) * 8, "time": (90_000,) * 8},
    "tiny": {"count": TINY * 4, "time": TINY * 40},
}


def draw(seed: int, family: str, size: str) -> bytes:
    """A batch of arrays: uint32 number of arrays, length of each, then the keys of each."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{family}/{size}".encode())])
    lengths = SIZES[family][size]
    arrays = [MAKE[family](rng, length, number) for number, length in enumerate(lengths)]
    return _join([np.array([len(lengths), *lengths]), *arrays])


def check(input: bytes, output: bytes) -> str | None:
    """None if every key is right. The complaint tells which array and how many of its keys, never their values."""
    arrays = _read(input)
    expected = sum(array.nbytes for array in arrays)
    if len(output) != expected:
        return f"the output has {len(output)} bytes, not {expected}"
    at = 0
    for number, array in enumerate(arrays):
        wrong = int(np.count_nonzero(np.frombuffer(output, "<u4", array.size, at) != np.sort(array)))
        if wrong:
            return f"array {number} (of {array.size}): {wrong} keys are wrong"
        at += array.nbytes
    return None


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: what shortcuts, slips and cheats would write."""
    arrays = _read(input)
    right = np.frombuffer(output, "<u4")
    middle, last = right.size // 2, right.size - 1
    swaps = np.flatnonzero(right[:-1] != right[1:])  # where neighbours may be exchanged
    swap = int(swaps[swaps.size // 2])

    def whole(make) -> bytes:  # each array by itself
        return _join([make(array) for array in arrays])

    def changed(*places: tuple[int, int]) -> bytes:
        keys = right.copy()
        for at, key in places:
            keys[at] = key % MOST
        return keys.tobytes()

    results = {
        "nothing": b"",
        "one byte short": output[:-1],
        "one key short": output[:-4],
        "one key more": output + output[-4:],
        "twice": output * 2,
        "the lengths before it": input[: len(input) - len(output)] + output,
        "the input": input[len(input) - len(output) :],
        "zeros": bytes(len(output)),
        "ones": b"\xff" * len(output),
        "counting": np.arange(right.size, dtype="<u4").tobytes(),
        "first key one more": changed((0, int(right[0]) + 1)),
        "middle key one more": changed((middle, int(right[middle]) + 1)),
        "last key one less": changed((last, int(right[last]) - 1)),
        "one bit flipped": changed((middle, int(right[middle]) ^ 0x80000000)),
        "two neighbours exchanged": changed((swap, int(right[swap + 1])), (swap + 1, int(right[swap]))),
        "a key in place of its neighbour": changed((swap, int(right[swap + 1]))),
        "sum kept": changed((swap, int(right[swap]) - 1), (swap + 1, int(right[swap + 1]) + 1)),
        "all one more": (right + np.uint32(1)).tobytes(),
        "shifted by a key": np.roll(right, 1).tobytes(),
        "big-endian": right.astype(">u4").tobytes(),
        "arrays one as a whole": np.sort(right).tobytes() if len(arrays) > 1 else right[::-1].tobytes(),
        "descending": whole(lambda array: np.sort(array)[::-1]),
        "signed": whole(lambda array: np.sort(array.astype(np.int32))),
        "as text": whole(lambda array: np.array(sorted(array.tolist(), key=str))),
        "as floats": whole(lambda array: np.sort(array.astype(np.float32)).astype(np.float64)),
        "upper 16 bits only": whole(lambda array: array[np.argsort(array >> 16, kind="stable")]),
        "upper 24 bits only": whole(lambda array: array[np.argsort(array >> 8, kind="stable")]),
        "lower 24 bits only": whole(lambda array: array[np.argsort(array & 0xFFFFFF, kind="stable")]),
        "lower 16 bits lost": whole(lambda array: np.sort(array) >> 16 << 16),
        "each key once": whole(_distinct),
        "first half sorted": whole(
            lambda array: np.concatenate([np.sort(array[: array.size // 2]), array[array.size // 2 :]])
        ),
        "halves not merged": whole(
            lambda array: np.concatenate([np.sort(array[: array.size // 2]), np.sort(array[array.size // 2 :])])
        ),
        "last key left out of the sort": whole(lambda array: np.concatenate([np.sort(array[:-1]), array[-1:]])),
        "one pass of bubbles": whole(_bubbles),
    }
    return {name: wrong for name, wrong in results.items() if wrong != output}


def _join(arrays) -> bytes:
    return b"".join(np.asarray(array).astype(np.int64).astype("<u4").tobytes() for array in arrays)


def _read(case: bytes) -> list[np.ndarray]:
    (count,) = struct.unpack_from("<I", case)
    lengths = struct.unpack_from(f"<{count}I", case, 4)
    at, arrays = 4 + 4 * count, []
    for length in lengths:
        arrays.append(np.frombuffer(case, "<u4", length, at))
        at += 4 * length
    return arrays


def _distinct(array):
    """Sorted without what is there twice, filled up with the largest key."""
    distinct = np.unique(array)
    return np.concatenate([distinct, np.repeat(distinct[-1:], array.size - distinct.size)])


def _bubbles(array):
    """What one pass of exchanges of neighbours leaves: every key moves at most one to the left."""
    if array.size < 2:
        return array
    highest = np.maximum.accumulate(array)
    return np.concatenate([np.minimum(highest[:-1], array[1:]), highest[-1:]])


def _uniform(rng, length: int, _: int):
    return rng.integers(0, MOST, length)


def _magnitudes(rng, length: int, _: int):
    """Sizes of files, counts of words: as many keys between 1,000 and 2,000 as between 1,000,000 and 2,000,000."""
    return np.floor(2.0 ** rng.uniform(0, 32, length))


def _hostile(rng, length: int, number: int):
    """What sorts are caught by, one kind after the other."""
    keys = np.sort(rng.integers(0, MOST, length))
    base = int(rng.integers(0, MOST - (1 << 24)))
    match number % 8:
        case 0:  # in order
            return keys
        case 1:  # in the opposite order
            return keys[::-1]
        case 2:  # in order but for a few
            some = rng.choice(length, 60, replace=False)
            keys[some] = keys[rng.permutation(some)]
            return keys
        case 3:  # few distinct ones, the extremes among them
            return rng.choice(np.append(rng.integers(0, MOST, 11), [0, MOST - 1]), length)
        case 4:  # one value and a few others
            return np.where(rng.random(length) < 0.01, rng.integers(0, MOST, length), base)
        case 5:  # close together
            return base + rng.integers(0, 50_000, length)
        case 6:  # teeth of a saw
            return base + np.arange(length) % 1_000 * 4_099 + rng.integers(0, 4_000, length)
        case _:  # close together but for two: the range says nothing
            keys = base + rng.integers(0, 1 << 20, length)
            keys[rng.choice(length, 2, replace=False)] = 0, MOST - 1
            return keys


MAKE = {"typical": _uniform, "skewed": _magnitudes, "adversarial": _hostile, "tiny": _uniform}
