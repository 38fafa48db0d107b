"""The reference beside the same job by libraries: python yardstick.py [FOLDER WITH BOOST'S HEADERS] (needs numpy, g++, valgrind).

All programs have the task's driver. Counts are those of the four counted inputs of seed 1, less the empty program's; times
are CPU seconds of one array of the time size, taken by turns. NumPy is called in this process.
"""

import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TASK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TASK / "tests"))
import verify  # noqa: E402

APP = TASK / "environment/app"
FLAGS = ["-O2", "-march=x86-64-v3", "-g1", f"-I{APP}"]
CACHES = ["--cache-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64"]
TURNS = 15
HEAD = 'extern "C" {\n#include "sort.h"\n}\n'
CALL = 'extern "C" void sort_keys(uint32_t *keys, size_t count) { %s; }\n'
LIBRARIES = {
    "std::sort": HEAD + "#include <algorithm>\n" + CALL % "std::sort(keys, keys + count)",
    "qsort": HEAD
    + "#include <cstdlib>\nstatic int order(const void *a, const void *b) {\n"
    + "    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;\n    return (x > y) - (x < y);\n}\n"
    + CALL % "qsort(keys, count, sizeof *keys, order)",
    "Boost integer_sort": HEAD
    + "#include <boost/sort/spreadsort/integer_sort.hpp>\n"
    + CALL % "boost::sort::spreadsort::integer_sort(keys, keys + count)",
}


def build(folder: Path, name: str, source: Path) -> Path:
    """One program: the driver and `source`."""
    program = folder / re.sub(r"\W", "_", name)
    extra = [f"-I{path}" for path in sys.argv[1:]]
    compiler = ["g++", "-std=c++17"] if source.suffix == ".cpp" else ["gcc", "-std=c11"]
    subprocess.run(["gcc", *FLAGS, "-std=c11", "-c", "-o", f"{program}.main.o", APP / "main.c"], check=True)
    subprocess.run([*compiler, *FLAGS, *extra, "-c", "-o", f"{program}.solve.o", source], check=True)
    subprocess.run(["g++", "-static", "-o", program, f"{program}.main.o", f"{program}.solve.o"], check=True)
    return program


def run(command: list, case: Path, right: bytes | None) -> float:
    """CPU seconds of one run, whose output must be right."""
    output = case.with_suffix(".output")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, case, output], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert right is None or output.read_bytes() == right, f"{command[-1]} is wrong"
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def count(program: Path, case: Path, right: bytes | None) -> int:
    """Estimated cycles of one run."""
    out = program.with_suffix(".callgrind")
    run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *CACHES, program], case, right)
    text = out.read_text()
    names, figures = (re.search(rf"^{word}: (.*)$", text, re.MULTILINE)[1].split() for word in ("events", "totals"))
    figure = dict(zip(names, map(int, figures), strict=True))
    first = figure["I1mr"] + figure["D1mr"] + figure["D1mw"]
    last = figure["ILmr"] + figure["DLmr"] + figure["DLmw"]
    return figure["Ir"] + 10 * first + 100 * last


def answer(case: bytes) -> bytes:
    return b"".join(np.sort(array).tobytes() for array in verify._read(case))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = {
            "empty": TASK / "tests/empty/solve.c",
            "reference": TASK / "solution/solve.c",
            "baseline": APP / "solve.c",
        }
        for library, text in LIBRARIES.items():
            if "boost" not in text or len(sys.argv) > 1:
                sources[library] = folder / f"{re.sub(r'[^a-z]', '_', library)}.cpp"
                sources[library].write_text(text)
        programs = {name: build(folder, name, source) for name, source in sources.items()}
        cases = {}
        for family in verify.SIZES:
            for size in ("count", "time"):
                cases[family, size] = folder / f"{family}.{size}"
                cases[family, size].write_bytes(verify.draw(1, family, size))
        counts = {
            name: [
                count(
                    program,
                    cases[family, "count"],
                    None if name == "empty" else answer(cases[family, "count"].read_bytes()),
                )
                for family in verify.SIZES
            ]
            for name, program in programs.items()
        }
        net = {name: [a - b for a, b in zip(each, counts["empty"], strict=True)] for name, each in counts.items()}
        seconds = time_all(programs, cases["typical", "time"])
    print(
        f"{'':20}{'cycles':>12}{'ratio':>8}{'typical':>9}{'skewed':>9}{'advers.':>9}{'tiny':>9}{'CPU ms':>9}{'ratio':>8}"
    )
    for name, each in seconds.items():
        row = f"{1000 * each:9.1f}{each / seconds['reference']:8.2f}"
        if name in net:
            ratios = "".join(f"{a / b:9.2f}" for a, b in zip(net[name], net["reference"], strict=True))
            row = f"{sum(net[name]):12,}{sum(net[name]) / sum(net['reference']):8.2f}{ratios}" + row
        else:
            row = " " * 56 + row
        print(f"{name:20}{row}")


def time_all(programs: dict[str, Path], case: Path) -> dict[str, float]:
    """CPU seconds of the sort alone: medians, less the empty program's."""
    bytes_ = case.read_bytes()
    right, (keys,) = answer(bytes_), verify._read(bytes_)
    times: dict[str, list[float]] = {name: [] for name in (*programs, "NumPy sort")}
    for _ in range(TURNS):
        for name, program in programs.items():
            times[name].append(run([program], case, None if name == "empty" else right))
        copy = keys.copy()
        start = time.process_time()
        copy.sort()
        times["NumPy sort"].append(time.process_time() - start)
    medians = {name: statistics.median(each) for name, each in times.items()}
    empty = medians.pop("empty")
    return {name: each - (0 if name == "NumPy sort" else empty) for name, each in medians.items()}


if __name__ == "__main__":
    main()
