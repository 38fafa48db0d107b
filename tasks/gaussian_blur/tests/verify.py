"""Draws batches of grey images and checks the blurred ones byte by byte.

The truth sums along rows, then along columns: all numbers are integers below 2^24, so the order of the sum is free.
"""

import struct
import zlib

import numpy as np

KERNEL = (1, 2, 5, 9, 14, 21, 27, 32, 34, 32, 27, 21, 14, 9, 5, 2, 1)
RADIUS = 8
PASSES = 5

# family -> size -> (width, height) of each image. Sizes are fixed, only contents come from the seed.
TINY = ((0, 0), (0, 5), (5, 0), (1, 1), (1, 2), (2, 1), (2, 3), (7, 5), (17, 9), (1, 31), (33, 1), (7, 5))
SIZES = {
    "typical": {"count": ((64, 64),), "time": ((280, 256),)},
    "skewed": {"count": ((45, 43),), "time": ((280, 256),)},
    "adversarial": {"count": ((39, 23), (31, 33)), "time": ((131, 157), (159, 131))},
    "tiny": {"count": TINY, "time": TINY * 20},
}


def draw(seed: int, family: str, size: str) -> bytes:
    """A batch of images: int32 count, passes, then width and height of each, then the pixels of each."""
    rng = np.random.default_rng([seed, zlib.crc32(f"{family}/{size}".encode())])
    sizes = SIZES[family][size]
    images = [PAINT[family](rng, width, height, number) for number, (width, height) in enumerate(sizes)]
    return _head(PASSES, sizes) + b"".join(image.astype(np.uint8).tobytes() for image in images)


def check(input: bytes, output: bytes) -> str | None:
    """None if every byte is right. The complaint tells which image and how many of its pixels, never their values."""
    passes, images = _read(input)
    expected = sum(image.size for image in images)
    if len(output) != expected:
        return f"the output has {len(output)} bytes, not {expected}"
    at = 0
    for number, image in enumerate(images):
        got = np.frombuffer(output, np.uint8, image.size, at).reshape(image.shape)
        wrong = int(np.count_nonzero(got != _blur(image, passes)))
        if wrong:
            height, width = image.shape
            return f"image {number} ({width} x {height}): {wrong} of {image.size} pixels are wrong"
        at += image.size
    return None


def wrong(input: bytes, output: bytes) -> dict[str, bytes]:
    """Wrong outputs made from a right one: what shortcuts, slips and cheats would write."""
    passes, images = _read(input)
    right = np.frombuffer(output, np.uint8)
    middle, last = right.size // 2, right.size - 1

    def whole(make) -> bytes:  # each image by itself
        return b"".join(np.asarray(make(image), np.uint8).tobytes() for image in images)

    def nudged(at: int, by: int) -> bytes:
        changed = right.copy()
        changed[at] = (int(changed[at]) + by) % 256
        return changed.tobytes()

    results = {
        "nothing": b"",
        "one byte short": output[:-1],
        "one byte more": output + b"\0",
        "twice": output * 2,
        "zeros": bytes(right.size),
        "ones": b"\xff" * right.size,
        "poison": b"\xa5" * right.size,
        "first pixel one more": nudged(0, 1),
        "first pixel one less": nudged(0, -1),
        "middle pixel one more": nudged(middle, 1),
        "last pixel one more": nudged(last, 1),
        "last pixel one less": nudged(last, -1),
        "one bit flipped": nudged(middle, 128),
        "all one more": (right + np.uint8(1)).tobytes(),
        "reversed": right[::-1].tobytes(),
        "shifted by a pixel": np.roll(right, 1).tobytes(),
        "last image missing": output[: -max(1, images[-1].size)] + b"\xa5" * max(1, images[-1].size),
        "the input": whole(lambda image: image),
        "one pass less": whole(lambda image: _blur(image, passes - 1)),
        "one pass more": whole(lambda image: _blur(image, passes + 1)),
        "rounded down": whole(lambda image: _blur(image, passes, half=0)),
        "rounded between directions": whole(lambda image: _blur(image, passes, twice=True)),
        "zeros outside": whole(lambda image: _blur(image, passes, mode="constant")),
        "mirrored border": whole(lambda image: _blur(image, passes, mode="reflect")),
        "wrapped border": whole(lambda image: _blur(image, passes, mode="wrap")),
        "boxes": whole(lambda image: _blur(image, passes, kernel=_boxes())),
        "narrower kernel": whole(lambda image: _blur(image, passes, kernel=(0, 0, 6, *KERNEL[3:14], 6, 0, 0))),
        "floating point, rounded once at the end": whole(lambda image: _float(image, passes)),
    }
    return {name: wrong for name, wrong in results.items() if wrong != output}


def _head(passes: int, sizes) -> bytes:
    return struct.pack(f"<{2 + 2 * len(sizes)}i", len(sizes), passes, *(side for size in sizes for side in size))


def _read(case: bytes) -> tuple[int, list[np.ndarray]]:
    count, passes = struct.unpack_from("<2i", case)
    sizes = struct.unpack_from(f"<{2 * count}i", case, 8)
    images, at = [], 8 + 8 * count
    for width, height in zip(sizes[::2], sizes[1::2], strict=True):
        images.append(np.frombuffer(case, np.uint8, width * height, at).reshape(height, width))
        at += width * height
    return passes, images


def _blur(image, passes, kernel=KERNEL, half=32768, mode="edge", twice=False):
    """The blur as blur.h says it; the other arguments make the wrong ones."""
    if not image.size:
        return image
    for _ in range(passes):
        rows = _along(_pad(image, 0, mode), kernel, 0)
        rows = (rows + 128 >> 8 << 8) if twice else rows
        image = _along(_pad(rows, 1, mode), kernel, 1) + half >> 16
    return image


def _pad(image, axis: int, mode: str):
    if mode == "reflect" and image.shape[axis] == 1:
        mode = "constant"  # there is nothing to mirror
    return np.pad(image.astype(np.int32), [(RADIUS * (axis == a),) * 2 for a in range(2)], mode=mode)


def _along(padded, kernel, axis: int):
    length = padded.shape[axis] - 2 * RADIUS
    moved = padded if axis == 0 else padded.T
    total = sum(weight * moved[k : k + length] for k, weight in enumerate(kernel))
    return total if axis == 0 else total.T


def _boxes() -> tuple[int, ...]:
    """Three running means of 5, 5 and 7 pixels, which have about this variance, in 1/256."""
    boxes = np.convolve(np.convolve(np.ones(5), np.ones(7)), np.ones(7))
    weights = np.rint(boxes / boxes.sum() * 256).astype(int)
    weights[8] += 256 - weights.sum()
    return tuple(weights.tolist())


def _float(image, passes: int):
    """All passes without rounding between them."""
    if not image.size:
        return image
    image = image.astype(np.float64)
    for _ in range(passes):
        for axis in (0, 1):
            padded = np.pad(image, [(RADIUS * (axis == a),) * 2 for a in range(2)], mode="edge")
            image = _along(padded, [weight / 256 for weight in KERNEL], axis)
    return np.floor(image + 0.5)


def _smooth(rng, width: int, height: int, _: int):
    """Waves of a few lengths and some grain: what a photograph looks like to a blur."""
    y, x = np.mgrid[0:height, 0:width]
    light = np.full((height, width), 128.0)
    for _wave in range(6):
        fx, fy, phase = rng.uniform(-0.35, 0.35), rng.uniform(-0.35, 0.35), rng.uniform(0, 6.3)
        light += rng.uniform(8, 28) * np.sin(fx * x + fy * y + phase)
    return np.clip(light + rng.normal(0, 6, light.shape), 0, 255)


def _sparse(rng, width: int, height: int, _: int):
    """One level almost everywhere, a few dots and one block."""
    image = np.full((height, width), int(rng.integers(256)))
    dots = rng.random(image.shape) < 0.01
    image[dots] = rng.integers(0, 256, int(dots.sum()))
    x, y = int(rng.integers(width - 8)), int(rng.integers(height - 8))
    image[y : y + 8, x : x + 8] = int(rng.integers(256))
    return image


def _extreme(rng, width: int, height: int, number: int):
    """Only 0 and 255: a checkerboard, a field of 255 and one of 0 with corners and spikes along the border."""
    y, x = np.mgrid[0:height, 0:width]
    image = (x // int(rng.integers(1, 3)) + y) % 2 * 255
    image[:, : width // 3] = 255 * (number % 2)
    image[height // 2 :, width // 2 :] = 255 * (1 - number % 2)
    for row in (0, height - 1):
        image[row, rng.integers(0, width, 4)] ^= 255
    for column in (0, width - 1):
        image[rng.integers(0, height, 4), column] ^= 255
    return image


def _any(rng, width: int, height: int, _: int):
    return rng.integers(0, 256, (height, width))


PAINT = {"typical": _smooth, "skewed": _sparse, "adversarial": _extreme, "tiny": _any}
