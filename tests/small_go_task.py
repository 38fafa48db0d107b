"""A complete small task in Go for tests, counted by cachegrind: how often each word came before."""

from collections.abc import Mapping
from pathlib import Path

from small_tasks import make_small_task

MAIN_GO = """\
package main

import "os"

func main() {
	in, err := os.ReadFile(os.Args[1])
	if err != nil {
		os.Exit(2)
	}
	if os.WriteFile(os.Args[2], counts(in), 0o644) != nil {
		os.Exit(2)
	}
}
"""

BASELINE_GO = """\
package main

type entry struct {
	word  byte
	times int
}

func counts(in []byte) []byte {
	out := []byte{}
	seen := []entry{}
	for _, c := range in {
		at := 0
		for at < len(seen) && seen[at].word != c {
			at++
		}
		if at == len(seen) {
			seen = append(seen, entry{c, 0})
		}
		out = append(out, byte(seen[at].times))
		seen[at].times++
	}
	return out
}
"""

REFERENCE_GO = """\
package main

func counts(in []byte) []byte {
	var seen [256]byte
	out := make([]byte, len(in))
	for i, c := range in {
		out[i] = seen[c]
		seen[c]++
	}
	return out
}
"""

EMPTY_GO = "package main\n\nfunc counts(in []byte) []byte { return nil }\n"

_TOML = {
    'name = "autolab/small"': 'name = "autolab/small_go"',
    'editable = ["solve.c"]': 'editable = ["solve.go"]',
    'requires = ["gcc", "valgrind"]': 'requires = ["go", "valgrind"]',
    "timeout_sec = 30\n": "timeout_sec = 120\n",
    "timeout_sec = 10\n": "timeout_sec = 10\nprocesses = 16\n",
    'kind = "callgrind"\nevent = "instructions"\n': 'kind = "cachegrind"\ntolerance = 0.03\n',
    "memory_mb = 512": "memory_mb = 1024",
    "storage_mb = 32": "storage_mb = 128",
    "confirm = 2.0": "confirm = 10",  # the reference takes a millisecond, which is hard to time
    "score = 399_425": "score = 62_900_000",
    "score = 4_127": "score = 550_000",
    "score = 64\n": "score = 1_000\n",
    "grade_seeds = 2": "grade_seeds = 1",
}

_VERIFY_PY = '''\
"""How often each byte came before, modulo 256."""

import numpy as np

_LENGTHS = {("plain", "count"): 60_000, ("plain", "time"): 400_000}


def draw(seed, family, size):
    length = _LENGTHS.get((family, size), 3)
    return np.random.default_rng(seed).integers(0, 256, length, dtype=np.uint8).tobytes()


def check(input, output):
    seen = [0] * 256
    truth = bytearray()
    for byte in input:
        truth.append(seen[byte] % 256)
        seen[byte] += 1
    return None if output == truth else "a count is wrong"


def wrong(input, output):
    found = {"empty": b"", "one byte short": output[:-1], "one byte more": output + b"\\0"}
    for bit in range(20):
        place = bit * 7 % len(output)
        found[f"bit {bit}"] = output[:place] + bytes([output[place] ^ (1 << bit % 8)]) + output[place + 1 :]
    return found
'''

# without -trimpath, with which Go would build its library anew instead of taking the archives that Debian ships
BUILD_SH = """\
export GOCACHE=/tmp/cache GOPATH=/tmp/go GO111MODULE=off CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=
exec /usr/bin/go build -ldflags=-compressdwarf=false -o solve main.go solve.go
"""

_FILES: Mapping[str, str | bytes | None] = {
    "environment/app/main.c": None,
    "environment/app/solve.c": None,
    "environment/app/main.go": MAIN_GO,
    "environment/app/solve.go": BASELINE_GO,
    "environment/app/build.sh": BUILD_SH,
    "instruction.md": "# Counts\n\nInstructions are counted.\n\n## Files you may edit\n\n- `solve.go`\n",
    "tests/verify.py": _VERIFY_PY,
    "tests/empty/solve.c": None,
    "tests/empty/solve.go": EMPTY_GO,
    "solution/solve.c": None,
    "solution/solve.go": REFERENCE_GO,
    "attacks/wrong_sum/app/solve.c": None,
    "attacks/wrong_sum/app/solve.go": REFERENCE_GO.replace("= seen[c]", "= seen[c] + 1"),
}


def make_go_task(folder: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Writes the task to `folder` and returns it."""
    return make_small_task(folder, toml=_TOML, files={**_FILES, **(files or {})})
