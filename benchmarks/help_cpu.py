"""CPU time of `autolab --help`: user and system seconds of the whole process, median.

    python benchmarks/help_cpu.py [--times 15] [--json]

The promise: at most 0.3 s.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys

TARGET_S = 0.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cpu_of_help()  # the first one writes bytecode
    figure = round(statistics.median(cpu_of_help() for _ in range(options.times)), 3)
    if options.json:
        print(json.dumps({"help_cpu_s": figure, "target_s": TARGET_S, "times": options.times}))
    else:
        print(f"autolab --help  {figure:.3f} s of CPU, median of {options.times}  (target: {TARGET_S})")


def cpu_of_help() -> float:
    """CPU seconds of one call, children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "autolab.cli.main", "--help"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
