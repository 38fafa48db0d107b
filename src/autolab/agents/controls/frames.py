"""The study's own puzzle (benchmarks/study/frames): a frame to choose, and in each frame knobs to turn."""

from collections.abc import Mapping
from random import Random

FILE = "frames.txt"
FRAMES, KNOBS, LEVELS = 8, 10, 7


class Frames:
    """Refining turns one knob by one or two; restructuring takes another frame with all knobs in the middle."""

    def refine(self, files: Mapping[str, bytes], rng: Random) -> tuple[Mapping[str, bytes], str]:
        """One knob."""
        frame, levels = read(files[FILE])
        knob = rng.randrange(KNOBS)
        by = rng.choice([by for by in (-2, -1, 1, 2) if 0 <= levels[knob] + by < LEVELS])
        levels[knob] += by
        return {**files, FILE: written(frame, levels)}, f"knob {knob} by {by:+d}"

    def restructure(self, files: Mapping[str, bytes], rng: Random) -> tuple[Mapping[str, bytes], str]:
        """Another frame."""
        frame = rng.choice([each for each in range(FRAMES) if each != read(files[FILE])[0]])
        return {**files, FILE: written(frame, [LEVELS // 2] * KNOBS)}, f"frame {frame}"


def read(content: bytes) -> tuple[int, list[int]]:
    """The frame and its knobs: lines `FRAME.KNOB LEVEL`."""
    lines = [line.replace(".", " ").split() for line in content.decode().splitlines()]
    return int(lines[0][0]), [int(line[2]) for line in lines]


def written(frame: int, levels: list[int]) -> bytes:
    """The file."""
    return "".join(f"{frame}.{knob} {level}\n" for knob, level in enumerate(levels)).encode()
