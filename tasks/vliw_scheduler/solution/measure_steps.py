"""Prints the table of reference.md: `python3 measure_steps.py` (with NumPy) builds each step and runs it on seeds 1 to 3."""

import runpy
import statistics
import subprocess
import tempfile
from pathlib import Path

TASK = Path(__file__).parents[1]
APP = TASK / "environment" / "app"
SEEDS = (1, 2, 3)


def main() -> None:
    """One line a step: mean of the metric, programs at their bound, and the worst family."""
    verify = runpy.run_path(str(TASK / "tests" / "verify.py"))
    steps = [APP / "solve.c", *sorted((TASK / "solution" / "steps").glob("*/solve.c")), TASK / "solution" / "solve.c"]
    with tempfile.TemporaryDirectory(prefix="vliw-steps-") as folder:
        for step in steps:
            print(step.relative_to(TASK), measured(verify, step, Path(folder)), flush=True)


def measured(verify: dict, step: Path, folder: Path) -> str:
    """The step's figures on all families and seeds."""
    program, given, made = folder / "solve", folder / "in", folder / "out"
    subprocess.run(["gcc", "-O2", "-march=x86-64-v3", "-std=c11", f"-I{APP}", "-o", program, APP / "main.c", step], check=True)
    ratios: dict[str, list[float]] = {}
    at_bound = programs = 0
    for seed in SEEDS:
        for family in verify["_FAMILIES"]:
            given.write_bytes(verify["draw"](seed, family, "dev"))
            subprocess.run([program, given, made], check=True)
            assert verify["check"](given.read_bytes(), made.read_bytes()) is None
            ratio, parts = verify["quality"](given.read_bytes(), made.read_bytes(), seed, family, "dev")
            ratios.setdefault(family, []).append(ratio)
            programs += verify["_PROGRAMS"]
            at_bound += round(parts[f"at the bound in {family}"] * verify["_PROGRAMS"])
    means = {family: statistics.fmean(each) for family, each in ratios.items()}
    return f"{statistics.fmean(means.values()):.4f} {at_bound}/{programs} {' '.join(f'{family} {mean:.3f}' for family, mean in means.items())}"


if __name__ == "__main__":
    main()
