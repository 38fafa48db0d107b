"""Draws batches of attention problems and checks every number of the answer against a truth in double precision.

The tolerance follows from how attention carries rounding errors. Float32 sums leave an error of a few units of 2^-24 times
`reach` in a score, where reach is the sum of |q_c k_c| / sqrt(d); a score's error moves an output by at most the error times
the weighted standard deviation of the column (`spread`); rounding the weights and summing them over the values leaves a few
units of 2^-24 times the column's largest |v|. So an output may be off by UNITS * 2^-24 * (largest |v| + reach * spread).
The reference uses up a quarter of this at most, plain float32 half of it (solution/reference.md).
"""

import functools
import struct
import zlib

import numpy as np

D = 64
UNITS = 32
RELEVANT = 2.0**-30  # keys of less weight do not count for the reach of a row

# family -> size -> n of each problem. Sizes are fixed, only contents come from the seed.
TINY = (0, 1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 24, 31, 33)
SIZES = {
    "typical": {"count": (112,), "time": (768,)},
    "skewed": {"count": (97,), "time": (768,)},
    "adversarial": {"count": (57, 50, 41), "time": (449, 440, 447)},
    "tiny": {"count": TINY, "time": TINY * 4},
}


def draw(seed: int, family: str, size: str) -> bytes:
    """A batch of problems: int32 count, d, then n of each, then q, k and v of each."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{family}/{size}".encode())])
    sizes = SIZES[family][size]
    problems = [MAKE[family](rng, n, number) for number, n in enumerate(sizes)]
    head = struct.pack(f"<{2 + len(sizes)}i", len(sizes), D, *sizes)
    return head + b"".join(matrix.astype("<f4").tobytes() for problem in problems for matrix in problem)


def check(input: bytes, output: bytes) -> str | None:
    """None if every number is right. The complaint tells which problem and how many of its numbers, never their values."""
    expected = _truths(input)
    length = sum(truth.size for truth, _ in expected) * 4
    if len(output) != length:
        return f"the output has {len(output)} bytes, not {length}"
    at = 0
    for number, (truth, tolerance) in enumerate(expected):
        got = np.frombuffer(output, "<f4", truth.size, at).reshape(truth.shape)
        with np.errstate(invalid="ignore"):
            bad = int(np.count_nonzero(~(np.abs(got - truth) <= tolerance)))  # not a number is never within it
        if bad:
            return f"problem {number} (n = {len(truth)}): {bad} of {truth.size} numbers are wrong"
        at += truth.size * 4
    return None


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: what shortcuts, slips and cheats would write."""
    problems = _read(input)
    right = np.frombuffer(output, "<f4")
    biggest = int(np.argmax(np.abs(right)))
    return {
        **_spoilt(output, right, biggest),
        **{name: b"".join(_bytes(make(*problem)) for problem in problems) for name, make in SHORTCUTS.items()},
    }


def _spoilt(output: bytes, right: np.ndarray, at: int) -> dict[str, bytes]:
    rows = right.reshape(-1, D)
    columns = rows[:, np.r_[1, 0, 2:D]]

    def with_one(value: float) -> bytes:
        changed = right.copy()
        changed[at] = value
        return changed.tobytes()

    return {
        "nothing": b"",
        "one number short": output[:-4],
        "one byte short": output[:-1],
        "one byte more": output + b"\0",
        "half": output[: len(output) // 2],
        "twice": output * 2,
        "zeros": bytes(len(output)),
        "not a number": _bytes(np.full(right.shape, np.nan)),
        "one is not a number": with_one(np.nan),
        "one is infinite": with_one(np.inf),
        "one is off by 1e-3": with_one(right[at] * 1.001),
        "one has the wrong sign": with_one(-right[at]),
        "negated": _bytes(-right),
        "all off by 1e-4": _bytes(right * 1.0001),
        "last row unwritten": output[: -D * 4] + _bytes(np.full(D, np.nan)),
        "rows in reverse": _bytes(rows[::-1]),
        "rows moved by one": _bytes(np.roll(rows, 1, axis=0)),
        "first row for all": _bytes(np.tile(rows[:1], (len(rows), 1))),
        "two columns exchanged": _bytes(columns),
        "big-endian": right.astype(">f4").tobytes(),
        "written as float16": _bytes(right.astype(np.float16)),
        "written as bfloat16": _bytes(_bfloat16(right)),
    }


def _attention(q, k, v, scale=None, weigh=lambda p: p):
    """Attention in double precision; the other arguments make the wrong ones."""
    if not len(q):
        return v
    scores = q @ k.T * (1 / np.sqrt(D) if scale is None else scale)
    weights = weigh(np.exp(scores - scores.max(axis=1, keepdims=True)))
    with np.errstate(invalid="ignore"):  # a shortcut may leave a row without any weight
        return weights / weights.sum(axis=1, keepdims=True) @ v


def _first(p, keys: int):
    """Only the first keys count; where all of a row's weight lies behind them, they count alike."""
    some = np.where(np.arange(p.shape[1]) < keys, p, 0)
    return np.where(some.sum(axis=1, keepdims=True) > 0, some, np.arange(p.shape[1]) < keys)


def _bfloat16(x):
    bits = np.ascontiguousarray(x, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32).astype(np.float64)


def _float16(x):
    return np.clip(x, -65504, 65504).astype(np.float16).astype(np.float64)


SHORTCUTS = {
    "the values": lambda q, k, v: v,
    "uniform softmax": lambda q, k, v: _attention(0 * q, k, v),
    "hard maximum": lambda q, k, v: _attention(q, k, v, weigh=lambda p: np.where(p == 1, p, 0)),
    "no scale": lambda q, k, v: _attention(q, k, v, scale=1),
    "scale 1/d": lambda q, k, v: _attention(q, k, v, scale=1 / D),
    "half of the columns in the scores": lambda q, k, v: _attention(q * (np.arange(D) < D // 2), k, v),
    "weights that add up to 1.01": lambda q, k, v: _attention(q, k, v) * 1.01,
    "powers of two for powers of e": lambda q, k, v: _attention(q * np.log(2), k, v),
    "keys for queries": lambda q, k, v: _attention(k, q, v),
    "queries ignored": lambda q, k, v: _attention(np.ones_like(q), k, v),
    "keys ignored": lambda q, k, v: _attention(q, np.roll(k, 1, axis=0), v),
    "first half of the keys only": lambda q, k, v: _attention(q, k, v, weigh=lambda p: _first(p, (len(p) + 1) // 2)),
    "last key left out": lambda q, k, v: _attention(q, k, v, weigh=lambda p: _first(p, max(1, len(p) - 1))),
    "weights below 1e-3 left out": lambda q, k, v: _attention(q, k, v, weigh=lambda p: np.where(p < 1e-3, 0, p)),
    "causal mask": lambda q, k, v: _attention(q, k, v, weigh=np.tril),
    "queries and keys in bfloat16": lambda q, k, v: _attention(_bfloat16(q), _bfloat16(k), v),
    "queries and keys in float16": lambda q, k, v: _attention(_float16(q), _float16(k), v),
    "values in bfloat16": lambda q, k, v: _attention(q, k, _bfloat16(v)),
    "values in float16": lambda q, k, v: _attention(q, k, _float16(v)),
    "weights in bfloat16": lambda q, k, v: _attention(q, k, v, weigh=_bfloat16),
    "weights in float16": lambda q, k, v: _attention(q, k, v, weigh=_float16),
}


def _bytes(x) -> bytes:
    return np.asarray(x, "<f4").tobytes()


def _read(input: bytes) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    count, d = struct.unpack_from("<2i", input)
    at = 8 + 4 * count
    problems = []
    for n in struct.unpack_from(f"<{count}i", input, 8):
        q, k, v = np.frombuffer(input, "<f4", 3 * n * d, at).reshape(3, n, d).astype(np.float64)
        problems.append((q, k, v))
        at += 12 * n * d
    return problems


@functools.lru_cache(maxsize=2)
def _truths(input: bytes) -> list[tuple[np.ndarray, np.ndarray]]:
    """The right output of each problem and how far from it an answer may be, element by element."""
    return [_truth(*problem) for problem in _read(input)]


def _truth(q, k, v):
    if not len(q):
        return v, v
    scores = q @ k.T / np.sqrt(D)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    truth = weights @ v
    reach = np.where(weights > RELEVANT, np.abs(q) @ np.abs(k).T, 0).max(axis=1, keepdims=True) / np.sqrt(D)
    spread = np.sqrt(np.maximum(weights @ v**2 - truth**2, 0))
    return truth, UNITS * 2.0**-24 * (np.abs(v).max(axis=0) + reach * spread)


def _normal(rng, n: int) -> np.ndarray:
    return rng.standard_normal((n, D))


def _typical(rng, n: int, number: int):
    """Normal numbers; rows of q between almost uniform and sharp."""
    sharpness = np.exp(rng.uniform(np.log(0.5), np.log(5), (n, 1)))
    return _normal(rng, n) * sharpness, _normal(rng, n), _normal(rng, n)


def _skewed(rng, n: int, number: int):
    """Keys in a few clusters of very unequal size, rows that single one out, values with a heavy tail."""
    centres = _normal(rng, 8)
    members = centres[np.minimum(rng.geometric(0.35, n) - 1, 7)]
    k = members + 0.4 * _normal(rng, n)
    q = centres[rng.integers(8, size=n)] * rng.uniform(0.5, 6, (n, 1)) + _normal(rng, n)
    return q, k, _normal(rng, n) * np.exp(_normal(rng, n))


def _adversarial(rng, n: int, number: int):
    """By turns: extreme scores with ties, scores that rise or fall from key to key, and flat rows over values of all sizes."""
    q, k, v = _normal(rng, n), _normal(rng, n), _normal(rng, n)
    if number % 3 == 0:
        q *= np.exp(rng.uniform(np.log(0.5), np.log(2000), (n, 1)))
        k[n // 2 :] = k[rng.permutation(n)[: n - n // 2]]  # ties, of the largest score too
    elif number % 3 == 1:
        along = rng.choice((-1.0, 1.0), D)
        k = 0.3 * k + along * np.linspace(-6, 6, n)[:, None]
        q = 0.3 * q + along * rng.choice((-1, 1), (n, 1)) * rng.uniform(0.2, 4, (n, 1))
        k -= 20 * along * (number // 3 % 2 == 0)  # no score is near 0
    else:
        q[rng.random(n) < 0.4] = 0
        q[rng.random(n) < 0.3] *= 1e-4
        k[0] *= 30
        v *= 10.0 ** rng.uniform(-3, 3, D)
    return q, k, v


MAKE = {"typical": _typical, "skewed": _skewed, "adversarial": _adversarial, "tiny": _typical}
