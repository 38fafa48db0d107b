"""Complete small tasks for tests: sums over a sliding window in C, counted by callgrind, each of its runs < 0.2 s; and a
table of numbers near which points lie, which needs no program to be run, and whose development points flatter a table that
knows them by heart."""

from collections.abc import Mapping
from pathlib import Path

TASK_TOML = """\
schema_version = "1.4"

[task]
name = "autolab/small"
description = "sums over a sliding window"

[metadata]
difficulty = "easy"

[agent]
timeout_sec = 600

[environment]
memory_mb = 512
storage_mb = 32

[optimization]
axis = "faster"
metric = "instructions"
direction = "lower"
scale = "log"
editable = ["solve.c"]
requires = ["gcc", "valgrind"]

[optimization.build]
command = ["/bin/sh", "build.sh"]
outputs = ["solve"]
timeout_sec = 30

[optimization.run]
command = ["./solve", "{input}", "{output}"]
timeout_sec = 10

[optimization.instrument]
kind = "callgrind"
event = "instructions"
confirm = 2.0
pairs = 3
grade_pairs = 3

[optimization.cases]
families = ["plain", "tiny"]
grade_seeds = 2

[optimization.baseline]
score = 399_425
method = "every window from its start"

[optimization.reference]
score = 4_127
method = "a running sum: one addition and one subtraction a number"

[optimization.floor]
score = 64
reason = "each of the 515 numbers is written by some instruction; eight by one at most"
"""

INSTRUCTION = """\
# Window sums

`sums` in solve.c writes, for each number, the sum of it and the 255 before it (fewer at the start), modulo 2**32. Instructions are counted; fewer are better.

## Files you may edit

- `solve.c`
"""

MAIN_C = """\
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void sums(const uint32_t *in, uint32_t *out, size_t n);

int main(int argc, char **argv)
{
    uint32_t n = 0;
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL || fread(&n, 4, 1, file) != 1) return 2;
    uint32_t *in = calloc(n + 1, 4), *out = calloc(n + 1, 4);
    if (in == NULL || out == NULL || fread(in, 4, n, file) != n) return 2;
    fclose(file);
    sums(in, out, n);
    file = fopen(argv[2], "wb");
    if (file == NULL || fwrite(out, 4, n, file) != n) return 2;
    return fclose(file) == 0 ? 0 : 2;
}
"""

_HEAD = "#include <stddef.h>\n#include <stdint.h>\n\nvoid sums(const uint32_t *in, uint32_t *out, size_t n)\n"

BASELINE_C = _HEAD + """\
{
    for (size_t i = 0; i < n; i++) {
        uint32_t sum = 0;
        for (size_t j = i < 255 ? 0 : i - 255; j <= i; j++)
            sum += in[j];
        out[i] = sum;
    }
}
"""

REFERENCE_C = _HEAD + """\
{
    uint32_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += in[i];
        if (i >= 256)
            sum -= in[i - 256];
        out[i] = sum;
    }
}
"""

FOURTH_C = BASELINE_C.replace("        for (size_t j", "        if (i % 4) { out[i] = out[i - 1] + in[i] - (i < 256 ? 0 : in[i - 256]); continue; }\n        for (size_t j")
"""Every fourth window from its start: about four times as fast as the starting program."""

EMPTY_C = _HEAD + "{\n    (void)in, (void)out, (void)n;\n}\n"

WRONG_C = REFERENCE_C.replace("sum += in[i]", "sum += in[i] | 1")

VERIFY_PY = '''\
"""Sums of 256 numbers modulo 2**32."""

import numpy as np

_LENGTHS = {("plain", "count"): 512, ("plain", "time"): 1_000_000}


def draw(seed, family, size):
    length = _LENGTHS.get((family, size), 3)
    numbers = np.random.default_rng(seed).integers(0, 1 << 32, length, dtype=np.uint32)
    return np.uint32(length).tobytes() + numbers.tobytes()


def check(input, output):
    truth = _truth(input)
    if len(output) != 4 * len(truth):
        return f"{len(output)} bytes instead of {4 * len(truth)}"
    seen = np.frombuffer(output, np.uint32)
    return None if np.array_equal(seen, truth) else "a sum is wrong"


def wrong(input, output):
    found = {"empty": b"", "one byte short": output[:-1], "one byte more": output + b"\\0"}
    for bit in range(20):
        place = bit * 7 % len(output)
        found[f"bit {bit}"] = output[:place] + bytes([output[place] ^ (1 << bit % 8)]) + output[place + 1 :]
    return found


def _truth(input):
    sums = np.cumsum(np.frombuffer(input, np.uint32)[1:], dtype=np.uint32)
    before = np.concatenate([np.zeros(256, np.uint32), sums])[: len(sums)]
    return sums - before
'''

BUILD_SH = "exec /usr/bin/gcc -O1 -std=c11 -o solve main.c solve.c\n"

FILES: Mapping[str, str | bytes] = {
    "task.toml": TASK_TOML,
    "instruction.md": INSTRUCTION,
    "environment/app/main.c": MAIN_C,
    "environment/app/solve.c": BASELINE_C,
    "environment/app/build.sh": BUILD_SH,
    "environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY app/ /app/\n",
    "tests/verify.py": VERIFY_PY,
    "tests/empty/solve.c": EMPTY_C,
    "solution/solve.c": REFERENCE_C,
    "solution/reference.md": "A running sum: one addition and one subtraction a number.\n",
    "attacks/wrong_sum/attack.toml": 'verdict = "wrong_output"\nwhy = "fast, but every sum is off"\n',
    "attacks/wrong_sum/app/solve.c": WRONG_C,
}


def make_small_task(
    folder: Path,
    *,
    toml: Mapping[str, str] | None = None,
    files: Mapping[str, str | bytes | None] | None = None,
) -> Path:
    """Writes the task to `folder` and returns it.

    `toml` replaces texts in task.toml, each of which must be there; `files` adds or overwrites files (None: leaves one
    out) by their path in the folder.
    """
    written: dict[str, str | bytes | None] = {**FILES, **(files or {})}
    for old, new in (toml or {}).items():
        text = written["task.toml"]
        assert isinstance(text, str)
        assert old in text, old
        written["task.toml"] = text.replace(old, new)
    for path, content in written.items():
        if content is None:
            continue
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


TIMED = {
    'kind = "callgrind"\nevent = "instructions"\nconfirm = 2.0\n': 'kind = "paired"\n',
    'metric = "instructions"\ndirection = "lower"': 'metric = "speedup"\ndirection = "higher"',
    "score = 399_425": "score = 1",
    "score = 4_127": "score = 3.6",
    "score = 64\n": "score = 100_000\n",
}
"""Makes the small task a timed one: the metric is the speed-up over the starting program."""


def make_timed_task(folder: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The same measured by paired time alone, on inputs of about 10 ms for the starting program; one seed a grade."""
    shorter = VERIFY_PY.replace("1_000_000", "100_000")
    changed = {"tests/verify.py": shorter, "solution/solve.c": FOURTH_C, **(files or {})}
    return make_small_task(folder, toml={**TIMED, "grade_seeds = 2": "grade_seeds = 1"}, files=changed)


def make_quick_task(folder: Path) -> Path:
    """The same where no figure matters: shorter timed cases, one seed a grade."""
    quick = {"tests/verify.py": VERIFY_PY.replace("1_000_000", "20_000")}
    return make_small_task(folder, toml={"grade_seeds = 2": "grade_seeds = 1"}, files=quick)


POINTS_TOML = """\
schema_version = "1.4"

[task]
name = "autolab/points"
description = "a table near drawn points"

[agent]
timeout_sec = 600

[optimization]
axis = "smarter"
metric = "error"
direction = "lower"
editable = ["table.txt"]

[optimization.instrument]
kind = "count"

[optimization.baseline]
score = 271
method = "the mean everywhere"

[optimization.reference]
score = 17
method = "the line that the points scatter around"
"""

POINTS_PY = '''\
"""Eight points near the line y = 3 x, x from 0 to 39; a table of 40 numbers should be near them."""

import random


def points(seed):
    rng = random.Random(seed)
    return {x: 3 * x + rng.randint(-3, 3) for x in rng.sample(range(40), 8)}


def check(files, seed):
    words = files["table.txt"].split()
    right = len(words) == 40 and all(word.isdigit() and len(word) < 6 for word in words)
    return None if right else "not 40 whole numbers of at most 5 digits"


def count(files, seed):
    table = [int(word) for word in files["table.txt"].split()]
    return 1 + sum(abs(y - table[x]) for x, y in points(seed).items())


def wrong(files):
    numbers = files["table.txt"].split()
    return {f"{n} numbers": {"table.txt": b" ".join(numbers[:1] * n)} for n in range(80) if n != 40}
'''

LINE_TXT = "".join(f"{3 * x}\n" for x in range(40))


def make_points_task(folder: Path) -> Path:
    """The task of the points, in `folder`, which names it. Its development inputs are the points of the seed."""
    files: Mapping[str, str] = {
        "task.toml": POINTS_TOML.replace("autolab/points", f"autolab/{folder.name}"),
        "instruction.md": "# Points\n\nForty numbers in table.txt; the nearer to eight drawn points, the better.\n\n- `table.txt`\n",
        "environment/app/table.txt": "58\n" * 40,
        "environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY app/ /app/\n",
        "tests/verify.py": POINTS_PY,
        "solution/table.txt": LINE_TXT,
        "solution/reference.md": "The line.\n",
    }
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    return folder
