"""What the lab itself costs: wall time outside build, run, instrument and verify.py, per measure and per nop trial."""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from autolab.agents.bench import Bench
from autolab.agents.nop import Nop
from autolab.lab.budget import Budget
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.records import Measurement
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.task.load import load_task

MEASURE_TARGET_MS, TRIAL_TARGET_S = 150, 1.5


class Measures:
    """Measures the starting program again and again."""

    name = "measures"

    def __init__(self, times: int) -> None:
        self._times = times

    def run(self, bench: Bench) -> None:
        for number in range(self._times):
            bench.write("notes.txt", str(number).encode())
            bench.measure("the same")


def inside(measured: Measurement) -> float:
    """Seconds in build, run, instrument and verify.py, whose own start is among them."""
    return sum(measured.phases.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="gaussian_blur")
    parser.add_argument("--measures", type=int, default=10)
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sandbox, task = default_sandbox(), load_task(options.task)
    with tempfile.TemporaryDirectory(prefix="autolab-") as folder:

        def plan(agent: Measures | Nop, name: str) -> TrialPlan:
            return TrialPlan(task, agent, Budget(), Path(folder) / name, "benchmark", 1, 1, 1)

        Path(folder).chmod(0o711)
        done = run_trial(plan(Measures(options.measures + 1), "measures"), sandbox).experiments[1:]
        measures = [1000 * (each.seconds - inside(each.measurement)) for each in done]
        trials = []
        for number in range(options.trials):
            begun = time.perf_counter()
            state = run_trial(plan(Nop(), f"nop-{number}"), sandbox)
            assert state.grade is not None
            counted = inside(state.experiments[0].measurement) + inside(state.grade.measurement)
            trials.append(time.perf_counter() - begun - counted)
    found = {
        "measure_ms": round(statistics.median(measures), 1),
        "measure_target_ms": MEASURE_TARGET_MS,
        "nop_trial_s": round(statistics.median(trials), 3),
        "nop_trial_target_s": TRIAL_TARGET_S,
        "task": options.task,
        "measures": len(measures),
        "trials": len(trials),
    }
    if options.json:
        print(json.dumps(found))
    else:
        print(
            f"lab overhead on {options.task}: {found['measure_ms']} ms a measure (target {MEASURE_TARGET_MS}), "
            f"{found['nop_trial_s']} s a nop trial (target {TRIAL_TARGET_S})"
        )


if __name__ == "__main__":
    main()
