"""Draws messages of many lengths and checks their digests against hashlib, byte by byte."""

import hashlib
import struct
import zlib

import numpy as np

DIGEST = 32

# family -> the lengths of its messages in bytes. Lengths are fixed; their order and the contents come from the seed.
TYPICAL = tuple(int(1.0288**k) + 3 * k for k in range(1, 281))
TINY = tuple(range(65)) * 16 + (55, 56, 63, 64) * 40
LONG = (52_001, 34_567, 21_120, 6_000, *range(20, 180, 4))
LENGTHS = {
    "typical": {"count": TYPICAL, "time": TYPICAL * 64},
    "tiny": {"count": TINY, "time": TINY * 20},
    "long": {"count": LONG, "time": LONG * 20},
    "equal": {"count": (1_000,) * 150, "time": (1_000,) * 3_000},
}


def draw(seed: int, family: str, size: str) -> bytes:
    """Messages: int32 count, uint32 length of each, then the bytes of each."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{family}/{size}".encode())])
    lengths = rng.permutation(LENGTHS[family][size])
    return struct.pack("<i", len(lengths)) + lengths.astype("<u4").tobytes() + rng.bytes(int(lengths.sum()))


def check(input: bytes, output: bytes) -> str | None:
    """None if every digest is right. The complaint tells how many are wrong and which is the first, never its value."""
    messages = _read(input)
    expected = DIGEST * len(messages)
    if len(output) != expected:
        return f"the output has {len(output)} bytes, not {expected}"
    right = [_sha256(message) for message in messages]
    bad = [k for k, digest in enumerate(right) if output[DIGEST * k : DIGEST * (k + 1)] != digest]
    if not bad:
        return None
    return f"{len(bad)} of {len(right)} digests are wrong, first of message {bad[0]} ({len(messages[bad[0]])} bytes)"


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: what shortcuts, slips and cheats would write."""
    messages = _read(input)
    right = np.frombuffer(output, np.uint8)
    digests = right.reshape(-1, DIGEST)

    def flipped(at: int, bit: int) -> bytes:
        changed = right.copy()
        changed[at] ^= np.uint8(bit)
        return changed.tobytes()

    def each(make) -> bytes:
        return b"".join(make(message) for message in messages)

    def last_poisoned() -> bytes:
        return output[:-DIGEST] + b"\xa5" * DIGEST

    results = {
        "nothing": b"",
        "one byte short": output[:-1],
        "one byte more": output + b"\0",
        "one digest short": output[:-DIGEST],
        "one digest more": output + output[-DIGEST:],
        "zeros": bytes(right.size),
        "poison": b"\xa5" * right.size,
        "first bit flipped": flipped(0, 128),
        "last bit flipped": flipped(right.size - 1, 1),
        "a bit in the middle flipped": flipped(right.size // 2, 16),
        "all bits flipped": (~right).tobytes(),
        "last digest missing": last_poisoned(),
        "digests reversed": digests[::-1].tobytes(),
        "digests moved by one": np.roll(digests, 1, axis=0).tobytes(),
        "two neighbours exchanged": digests[[1, 0, *range(2, len(digests))]].tobytes(),
        "lanes of eight reversed": digests[
            [k ^ 7 if k | 7 < len(digests) else k for k in range(len(digests))]
        ].tobytes(),
        "words little-endian": right.view("<u4").byteswap().tobytes(),
        "words reversed": np.ascontiguousarray(digests.reshape(-1, 8, 4)[:, ::-1]).tobytes(),
        "transposed": np.ascontiguousarray(right.view("<u4").reshape(-1, 8).T).tobytes(),
        "the first digest everywhere": output[:DIGEST] * len(digests),
        "digest of nothing everywhere": _sha256(b"") * len(digests),
        "half of every digest": each(lambda message: _sha256(message)[:16] + b"\0" * 16),
        "SHA-224": each(lambda message: hashlib.sha224(message).digest() + b"\0" * 4),
        "SHA-512 cut": each(lambda message: hashlib.sha512(message).digest()[:DIGEST]),
        "BLAKE2": each(lambda message: hashlib.blake2s(message).digest()),
        "hashed twice": each(lambda message: _sha256(_sha256(message))),
        "a zero byte behind": each(lambda message: _sha256(message + b"\0")),
        "last byte left out": each(lambda message: _sha256(message[:-1] if message else b"\0")),
        "whole blocks only": each(lambda message: _sha256(message[: len(message) // 64 * 64])),
        "first block only": each(lambda message: _sha256(message[:64] if len(message) > 64 else message[:32])),
        "neighbour's byte hashed too": _beyond(messages),
    }
    return {name: wrong for name, wrong in results.items() if wrong != output}


def _sha256(message: bytes) -> bytes:
    return hashlib.sha256(message).digest()


def _read(case: bytes) -> list[bytes]:
    (count,) = struct.unpack_from("<i", case)
    lengths = struct.unpack_from(f"<{count}I", case, 4)
    messages, at = [], 4 + 4 * count
    for length in lengths:
        messages.append(case[at : at + length])
        at += length
    return messages


def _beyond(messages: list[bytes]) -> bytes:
    """Every message with the first byte of the one behind it."""
    return b"".join(
        _sha256(message + after[:1]) for message, after in zip(messages, [*messages[1:], b"\0"], strict=True)
    )
