"""A complete small research task for tests: learn to sort points into three groups, within a second of CPU time."""

from collections.abc import Mapping
from pathlib import Path

TASK_TOML = """\
schema_version = "1.4"

[task]
name = "autolab/small_quality"

[environment]
memory_mb = 256
storage_mb = 16

[optimization]
axis = "smarter"
metric = "accuracy"
unit = "% right"
direction = "higher"
scale = "linear"
editable = ["solve.py"]
requires = ["python3"]

[optimization.run]
command = ["/usr/bin/python3", "-I", "solve.py", "{input}", "{output}"]
timeout_sec = 30
cpu_sec = 1
processes = 16

[optimization.instrument]
kind = "quality"

[optimization.cases]
families = ["points"]
grade_seeds = 3

[optimization.baseline]
score = 49
method = "the most frequent group"

[optimization.reference]
score = 97
method = "the nearest mean"

[optimization.floor]
score = 100
reason = "every point right"
"""

INSTRUCTION = """\
# Groups of points

solve.py reads labelled points and others without a label, and writes a label for each of those. More right is better. It
has 1 s of CPU time, all its processes together.

## Files you may edit

- `solve.py`
"""

_HEAD = """\
import json
import sys


def main(source, target):
    with open(source) as file:
        given = json.load(file)
    with open(target, "w") as file:
        file.write("".join(f"{label}\\n" for label in solve(given["known"], given["asked"])))


"""
_TAIL = """


if __name__ == "__main__":
    main(*sys.argv[1:])
"""
_MOST_FREQUENT = """\
def solve(known, asked):
    labels = [label for _, _, label in known]
    return [max(set(labels), key=labels.count)] * len(asked)"""

BASELINE_PY = _HEAD + _MOST_FREQUENT + _TAIL

REFERENCE_PY = _HEAD + """\
def solve(known, asked):
    means = {}
    for label in {label for _, _, label in known}:
        own = [(x, y) for x, y, each in known if each == label]
        means[label] = [sum(axis) / len(own) for axis in zip(*own)]
    return [min(means, key=lambda label: (x - means[label][0]) ** 2 + (y - means[label][1]) ** 2) for x, y in asked]""" + _TAIL

VERIFY_PY = '''\
"""Points of three groups; the split "hidden" is a larger one, and its groups lie closer together."""

import json

import numpy as np

_SIZES = {"dev": 200, "hidden": 300}


def draw(seed, family, size):
    known, labels, asked, _ = _points(seed, size)
    rows = [[*point, int(label)] for point, label in zip(known.tolist(), labels)]
    return json.dumps({"known": rows, "asked": asked.tolist()}).encode()


def check(input, output):
    lines, asked = output.decode("ascii", "replace").split("\\n"), json.loads(input)["asked"]
    if lines[-1] != "" or len(lines) != len(asked) + 1:
        return f"{len(lines) - 1} lines instead of {len(asked)}, each with its end"
    bad = [number for number, line in enumerate(lines[:-1], 1) if line not in ("0", "1", "2")]
    return f"line {bad[0]} is no label from 0 to 2" if bad else None


def quality(input, output, seed, family, size):
    *_, truth = _points(seed, size)
    right = np.array(output.split(), dtype=int) == truth
    return 100 * right.mean(), {f"group {group}": 100 * right[truth == group].mean() for group in range(3)}


def wrong(input, output):
    found = {"empty": b"", "no end": output[:-1], "one more": output + b"0\\n", "one less": output.rpartition(b"\\n")[0][:-1]}
    lines = output.split(b"\\n")
    for number, odd in enumerate([b"nan", b"inf", b"3", b"-1", b"", b" 1", b"1 ", b"01", b"1.0", b"1e0", b"one", b"\\xff", b"1\\r", b"0x1", b"2."]):
        found[f"odd {odd!r}"] = b"\\n".join([*lines[:number], odd, *lines[number + 1 :]])
    for number in range(5):
        found[f"twice {number}"] = output + lines[number] + b"\\n"
    return found


def _points(seed, size):
    random = np.random.default_rng([seed, len(size)])
    labels, truth = (random.choice(3, number, p=[0.45, 0.3, 0.25]) for number in (200, _SIZES[size]))
    middle = np.array([[0, 0], [4, 0], [0, 4]])
    known, asked = (middle[each] + random.normal(0, 1, (len(each), 2)) for each in (labels, truth))
    return known.round(6), labels, asked.round(6), truth
'''


def with_attack(before: str) -> str:
    """The starting program, with these statements at the beginning of its work."""
    lines = "".join(f"    {line}\n" for line in before.strip("\n").split("\n"))
    return BASELINE_PY.replace("def solve(known, asked):\n", f"def solve(known, asked):\n{lines}")


READS_ANSWERS = with_attack("""
import os, re
for top in ("/judge", "/tests", "/app", "/in", "/out", "/tmp", "/proc"):
    for folder, _, names in os.walk(top):
        for name in names:
            if re.search("verify|truth|answer|hidden", name):
                return [1] * 10_000
""")
"""Whoever finds anything that looks like answers writes so many lines that it shows."""

OVERRUN = with_attack("""
import os, time
for _ in range(4):
    if os.fork() == 0:
        begun = time.process_time()
        while time.process_time() - begun < 0.6:
            pass
        os._exit(0)
for _ in range(4):
    os.wait()
""")
"""Four children, each of which stays below the budget."""

ORPHANS = with_attack("""
import os, time
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            begun = time.process_time()
            while time.process_time() - begun < 0.6:
                pass
        os._exit(0)
time.sleep(20)
""")
"""The same by grandchildren that nobody waits for."""

_VERDICTS = {
    "reads_answers": ("ok", "looks for answers and finds none", READS_ANSWERS),
    "overrun": ("timed_out", "its children spend more than the budget together", OVERRUN),
    "orphans": ("timed_out", "children whose parents are gone count too", ORPHANS),
    "nan_predictions": ("wrong_output", "predictions that are no labels", with_attack("return ['nan'] * len(asked)")),
    "too_few": ("wrong_output", "a label is missing", with_attack("asked = asked[1:]")),
}

FILES: Mapping[str, str] = {
    "task.toml": TASK_TOML,
    "instruction.md": INSTRUCTION,
    "environment/app/solve.py": BASELINE_PY,
    "environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY app/ /app/\n",
    "tests/verify.py": VERIFY_PY,
    "solution/solve.py": REFERENCE_PY,
    "solution/reference.md": "The nearest mean of the labelled points.\n",
    **{
        f"attacks/{name}/attack.toml": f'verdict = "{verdict}"\nwhy = "{why}"\n' + ("max_score = 0.0\n" if verdict == "ok" else "")
        for name, (verdict, why, _) in _VERDICTS.items()
    },
    **{f"attacks/{name}/app/solve.py": source for name, (_, _, source) in _VERDICTS.items()},
}


def make_quality_task(folder: Path, toml: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None) -> Path:
    """Writes the task to `folder` and returns it. `toml` replaces texts in task.toml, `files` adds or overwrites files."""
    for path, content in {**FILES, **(files or {})}.items():
        text = content
        if path == "task.toml":
            for old, new in (toml or {}).items():
                assert old in text, old
                text = text.replace(old, new)
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder
