"""How long an empty box takes from start to result, and how exactly its CPU time is read.

    python benchmarks/box_start.py [--boxes 200] [--json]

Run it as root and as an ordinary user. The promise: median of 200 at most 30 ms.
"""

import argparse
import json
import os
import statistics

from autolab.sandbox.box import BoxSpec
from autolab.sandbox.bubblewrap import default_sandbox


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sandbox = default_sandbox()
    in_force = sandbox.in_force()
    results = [sandbox.run(BoxSpec(argv=("/usr/bin/true",))) for _ in range(options.boxes)]
    wall = sorted(1000 * result.wall_s for result in results)
    cpu = [1000 * result.cpu_s for result in results]
    figures = {
        "boxes": options.boxes,
        "uid": os.geteuid(),
        "median_ms": round(statistics.median(wall), 2),
        "p95_ms": round(wall[int(0.95 * (len(wall) - 1))], 2),
        "cpu_median_ms": round(statistics.median(cpu), 3),
        "cpu_spread_ms": round(statistics.pstdev(cpu), 3),
        "in_force": list(in_force.features),
    }
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:14} {' '.join(value) if isinstance(value, list) else value}")


if __name__ == "__main__":
    main()
