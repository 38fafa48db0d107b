"""Draws batches of messages and checks what their layers of encryption make of them, byte by byte.

The truth is AES-128 as FIPS 197 describes it, for all blocks of a batch at once. A column of the state is a number of 32
bits, its first row lowest, and a round looks up what one byte becomes in a column (SubBytes and MixColumns) four times.
"""

import struct
import zlib

import numpy as np

ROUNDS = 10
BLOCK = 16

# family -> size -> layers, and the length of each message. Sizes are fixed, only contents come from the seed.
SHORT = tuple((k * 17) % 41 for k in range(123))  # each length from 0 to 40, three times
KEYS = tuple(33 + (k * 61) % 251 for k in range(53))
WRAP_BITS = (8, 16, 32, 40, 64, 96, 128, 128)  # how many low bits of the counter wrap within each message
WRAP = (3333, 4500, 6001, 8190, 9999, 7007, 5557, 41)
SIZES = {
    "typical": {"count": (1, (131_081,)), "time": (40, (100_003,))},
    "short": {"count": (1, SHORT), "time": (20, SHORT * 4)},
    "wrap": {"count": (1, WRAP), "time": (8, WRAP)},
    "keys": {"count": (3, KEYS), "time": (24, KEYS)},
}


def draw(seed: int, family: str, size: str) -> bytes:
    """A batch: int32 count, layers; int32 length of each message; key and counter of each layer of each; the bytes."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{family}/{size}".encode())])
    layers, lengths = SIZES[family][size]
    head = rng.integers(0, 256, (len(lengths), layers, 2, BLOCK), np.uint8)
    text = rng.integers(0, 256, sum(lengths), np.uint8)
    if family == "wrap":
        for number, length in enumerate(lengths):
            for layer in head[number]:
                layer[1] = _before_wrap(rng, layer[1], WRAP_BITS[number], -(-length // BLOCK))
    if family == "keys":  # among them keys and counters of one byte, and texts of zeros, which show the key stream
        head[rng.integers(0, len(lengths), 4), 0, 0] = rng.choice([0, 0xFF, 0x63, 0x52], (4, 1)).astype(np.uint8)
        head[rng.integers(0, len(lengths), 4), 0, 1] = rng.choice([0, 0xFF, 0x80, 0x7F], (4, 1)).astype(np.uint8)
        text[: sum(lengths[:8])] = 0
    head = struct.pack(f"<{2 + len(lengths)}i", len(lengths), layers, *lengths) + head.tobytes()
    return head + text.tobytes()


def check(input: bytes, output: bytes) -> str | None:
    """None if every byte is right. The complaint tells which message and how many of its bytes, never their values."""
    lengths, keys, counters, text = _read(input)
    if len(output) != text.size:
        return f"the output has {len(output)} bytes, not {text.size}"
    differ = np.frombuffer(output, np.uint8) != _encrypt(lengths, keys, counters, text)
    if differ.any():
        ends = np.cumsum(lengths)
        number = int(np.searchsorted(ends, int(np.argmax(differ)), side="right"))
        found = int(np.count_nonzero(differ[ends[number] - lengths[number] : ends[number]]))
        return f"message {number} of {lengths.size}: {found} of {lengths[number]} bytes are wrong"
    return None


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: what shortcuts, slips and cheats would write."""
    lengths, keys, counters, text = case = _read(input)
    right = np.frombuffer(output, np.uint8)
    middle, last = right.size // 2, right.size - 1
    ends = np.cumsum(lengths)
    full = np.repeat(ends - lengths + lengths // BLOCK * BLOCK, lengths)  # where a message's whole blocks end
    partial = np.arange(right.size) >= full

    def flipped(at: int, by: int) -> bytes:
        changed = right.copy()
        changed[at] ^= by
        return changed.tobytes()

    def other(**change) -> bytes:
        return _encrypt(*case, **change).tobytes()

    results = {
        "nothing": b"",
        "one byte short": output[:-1],
        "one byte more": output + b"\0",
        "twice": output * 2,
        "zeros": bytes(right.size),
        "ones": b"\xff" * right.size,
        "poison": b"\xa5" * right.size,
        "the input": text.tobytes(),
        "first bit flipped": flipped(0, 128),
        "middle bit flipped": flipped(middle, 1),
        "last bit flipped": flipped(last, 1),
        "last byte as it was": flipped(last, int(right[last]) ^ 0xA5),
        "reversed": right[::-1].tobytes(),
        "shifted by a byte": np.roll(right, 1).tobytes(),
        "shifted by a block": np.roll(right, BLOCK).tobytes(),
        "whole blocks only": np.where(partial, 0xA5, right).astype(np.uint8).tobytes(),
        "ends not encrypted": np.where(partial, text, right).astype(np.uint8).tobytes(),
        "key stream alone": (right ^ text).tobytes(),
        "text not encrypted in the second half": right[:middle].tobytes() + text[middle:].tobytes(),
        "counter stands still": other(step=0),
        "counter starts one later": other(first=1),
        "counter counts down": other(step=-1),
        "counter's first byte lowest": other(little=True),
        "counter of 8 bits": other(bits=8),
        "counter of 32 bits": other(bits=32),
        "counter of 64 bits": other(bits=64),
        "counter of 96 bits": other(bits=96),
        "nine rounds": other(rounds=9),
        "eight rounds": other(rounds=8),
        "columns mixed in the last round": other(mix_last=True),
        "no round constants": other(constants=False),
        "last layer left out": _encrypt(lengths, keys[:, :-1], counters[:, :-1], text).tobytes(),
        "first key for all": _encrypt(lengths, keys[:1].repeat(len(keys), 0), counters, text).tobytes(),
        "first counter for all": _encrypt(lengths, keys, counters[:1].repeat(len(keys), 0), text).tobytes(),
        "key and counter exchanged": _encrypt(lengths, counters, keys, text).tobytes(),
    }
    return {name: wrong for name, wrong in results.items() if wrong != output}


def _read(case: bytes):
    """Lengths (m), keys (m, layers, 16), counters (m, layers, 16) and all bytes of the messages."""
    count, layers = struct.unpack_from("<2i", case)
    lengths = np.frombuffer(case, "<i4", count, 8).astype(np.int64)
    head = np.frombuffer(case, np.uint8, 2 * BLOCK * layers * count, 8 + 4 * count).reshape(count, layers, 2, BLOCK)
    text = np.frombuffer(case, np.uint8, offset=8 + (4 + 2 * BLOCK * layers) * count)
    return lengths, head[:, :, 0], head[:, :, 1], text


def _before_wrap(rng, counter, bits: int, blocks: int):
    """The counter with its low bits set so that they are all 0 somewhere within the message, but not at its start."""
    number = int.from_bytes(counter.tobytes(), "big")
    number |= (1 << bits) - 1
    number -= int(rng.integers(0, min(blocks - 1, 1 << bits)))
    return np.frombuffer(number.to_bytes(BLOCK, "big"), np.uint8)


def _encrypt(lengths, keys, counters, text, *, constants=True, **change):
    """The whole output; the keyword arguments make wrong ones."""
    blocks = -(-lengths // BLOCK)
    first_block, first_byte = np.cumsum(blocks) - blocks, np.cumsum(lengths) - lengths
    message = np.repeat(np.arange(lengths.size), blocks)
    within = np.arange(message.size) - np.repeat(first_block, blocks)
    place = np.arange(text.size) + np.repeat(first_block * BLOCK - first_byte, lengths)
    how = {name: change.pop(name) for name in ("first", "step", "bits", "little") if name in change}
    for layer in range(keys.shape[1]):
        schedule = _expand(np.ascontiguousarray(keys[:, layer]), constants)
        counts = _count(counters[:, layer], message, within, **how)
        text = text ^ _cipher(counts, schedule, message, **change).reshape(-1)[place]
    return text


def _count(counters, message, within, *, first=0, step=1, bits=128, little=False):
    """Each block's counter, bytes (n, 16): `bits` low bits count, the others stay."""
    order = counters[:, ::-1] if little else counters
    halves = np.ascontiguousarray(order).view(">u8").astype(np.uint64)
    high, low = halves[message, 0], halves[message, 1]
    move = (within * step + first).astype(np.int64)
    new_low = low + move.astype(np.uint64)
    carry = (new_low < low).astype(np.int64) - (move < 0)  # a move down borrows unless it carries
    new_high = high + carry.astype(np.uint64)
    mask = (1 << bits) - 1
    mask_high, mask_low = np.uint64(mask >> 64), np.uint64(mask & (1 << 64) - 1)
    high, low = high & ~mask_high | new_high & mask_high, low & ~mask_low | new_low & mask_low
    found = np.stack([high, low], axis=1).astype(">u8").view(np.uint8)
    return np.ascontiguousarray(found[:, ::-1]) if little else found


def _expand(keys, constants: bool = True):
    """Round keys (11, m, 4) as columns."""
    words = list(keys.view("<u4").astype(np.uint32).T)
    for i in range(4, 4 * (ROUNDS + 1)):
        word = words[i - 1]
        if i % 4 == 0:
            turned = np.ascontiguousarray(word >> 8 | word << 24)
            word = SBOX[turned.view(np.uint8)].view(np.uint32) ^ np.uint32(constants * _power(i // 4 - 1))
        words.append(words[i - 4] ^ word)
    return np.stack(words, axis=1).reshape(len(keys), ROUNDS + 1, 4).transpose(1, 0, 2)


def _cipher(blocks, schedule, message, *, rounds=ROUNDS, mix_last=False):
    """Each block (n, 16) encrypted with its message's round keys."""
    state = np.ascontiguousarray(blocks).view("<u4") ^ schedule[0][message]
    for number in range(1, rounds + 1):
        tables = MIXED if number < rounds or mix_last else PLAIN
        rows = np.ascontiguousarray(state).view(np.uint8).reshape(-1, 4, 4)  # block, column, row
        state = np.take(schedule[ROUNDS if number == rounds else number], message, axis=0)
        for row in range(4):
            state ^= np.take(tables[row], rows[:, COLUMNS[row], row])
    return state.astype("<u4").view(np.uint8)


def _double(a: int) -> int:
    return a << 1 ^ (0x11B if a & 0x80 else 0)


def _power(n: int) -> int:
    """2 to the n in the field of 256 elements."""
    value = 1
    for _ in range(n):
        value = _double(value)
    return value


def _sbox():
    """The inverse in the field, then the affine map. 3 generates the field: 3^i times 3^(255-i) is 1."""
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] ^ _double(powers[-1]))
    inverse = [0] * 256
    for i, power in enumerate(powers):
        inverse[power] = powers[-i % 255]
    sbox = np.array(inverse)
    for turn in range(1, 5):
        sbox ^= np.array([value << turn & 0xFF | value >> 8 - turn for value in inverse])
    return (sbox ^ 0x63).astype(np.uint8)


def _tables():
    """What a byte of each row adds to its column, mixed and not mixed."""
    one = SBOX.astype(np.uint32)
    two = np.array([_double(int(value)) for value in SBOX], np.uint32)
    mixed = two | one << 8 | one << 16 | (two ^ one) << 24
    turned = [mixed, *(mixed << 8 * r | mixed >> 32 - 8 * r for r in range(1, 4))]
    return turned, [one << 8 * r for r in range(4)]


SBOX = _sbox()
MIXED, PLAIN = _tables()
COLUMNS = [[(column + row) % 4 for column in range(4)] for row in range(4)]  # ShiftRows: where a row's bytes come from
