"""The landscape: eight frames with floors from 120 down to 20, and in each the best level of every knob."""

import re

FILE = "frames.txt"
KNOBS, LEVELS = 10, 7
FLOORS = (120, 100, 80, 66, 54, 42, 30, 20)  # of frames 0 to 7
BEST = (
    (1, 4, 1, 5, 1, 0, 5, 5, 1, 1),
    (1, 5, 6, 6, 5, 2, 2, 5, 5, 5),
    (5, 1, 6, 5, 1, 2, 2, 0, 2, 1),
    (1, 2, 4, 4, 4, 4, 1, 1, 0, 4),
    (2, 2, 2, 0, 0, 4, 4, 1, 5, 6),
    (1, 4, 5, 1, 1, 5, 1, 1, 5, 5),
    (2, 1, 0, 2, 5, 1, 1, 1, 1, 4),
    (0, 5, 5, 6, 0, 1, 1, 6, 5, 0),
)
SLOPE = 0.125  # each level that a knob is off costs an eighth of the floor
_LINE = re.compile(rb"([0-7])\.([0-9]) ([0-6])")


def check(files, seed):
    try:
        frame, levels = read(files)
    except ValueError as error:
        return str(error)
    broken = [knob for knob, level in enumerate(levels) if breaks(frame, knob, level)]
    return f"knob {broken[0]} at level {levels[broken[0]]} breaks frame {frame}" if broken else None


def count(files, seed):
    frame, levels = read(files)
    off = sum(abs(level - best) for level, best in zip(levels, BEST[frame], strict=True))
    return FLOORS[frame] * (1 + SLOPE * off)


def breaks(frame, knob, level):
    """One level of every other knob does, but never the middle one, where all frames begin."""
    best = BEST[frame][knob]
    return knob % 2 == 0 and level == (best + 4) % LEVELS and level != LEVELS // 2


def read(files):
    lines = files.get(FILE, b"").splitlines()
    found = [_LINE.fullmatch(line) for line in lines]
    if len(lines) != KNOBS or not all(found):
        raise ValueError(f"{FILE}: {KNOBS} lines FRAME.KNOB LEVEL are wanted")
    if len({match[1] for match in found}) != 1 or [int(match[2]) for match in found] != list(range(KNOBS)):
        raise ValueError(f"{FILE}: one frame, and its knobs 0 to {KNOBS - 1} in order")
    return int(found[0][1]), [int(match[3]) for match in found]


def wrong(files):
    text = files[FILE]
    found = {
        "empty": b"", "one line": text.splitlines()[0], "two frames": b"6" + text[1:], "no level": text[:-2],
        "level 7": text[:-2] + b"7\n", "swapped": b"\n".join(text.splitlines()[::-1]), "more": text + b"7.0 1\n",
    }  # fmt: skip
    for knob in range(0, KNOBS, 2):
        lines = text.splitlines()
        lines[knob] = b"7.%d %d" % (knob, (BEST[7][knob] + 4) % LEVELS)
        if lines[knob] != b"7.%d 3" % knob:
            found[f"knob {knob} breaks it"] = b"\n".join(lines)
    return {name: {**files, FILE: content} for name, content in found.items()}
