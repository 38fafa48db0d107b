"""Analysing a run of 500 trials x 100 experiments: CPU time and memory of `autolab analyze`; and a large table's bootstrap."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from autolab.analysis.summary import figure, places
from autolab.analysis.table import Rewards
from autolab.ledger import chain
from autolab.ledger.records import (
    Anchors,
    AnyRecord,
    BenchClosed,
    CaseSample,
    Experiment,
    FunctionCost,
    Grade,
    Measurement,
    Provenance,
    TrialEnded,
    TrialStarted,
)

TARGET_S, TARGET_MB, TARGET_BOOTSTRAP_S = 10.0, 500, 5.0
TASKS, AGENTS, ATTEMPTS = 20, 5, 5  # 500 trials
WHERE = Provenance(
    task="autolab/any", task_digest="d" * 64, autolab="0.1.0",
    machine={"cpu": "Any CPU at 3 GHz", "cores": "2", "memory": "24 GiB", "kernel": "6.1.0", "system": "Debian 12", "arch": "x86_64"},
    toolchain={name: f"{name} (Debian 12.2.0-14) 12.2.0" for name in ("gcc", "g++", "ld", "rustc", "go", "python3", "valgrind", "libc")},
    fingerprint="f" * 16, sandbox={"kind": "bubblewrap", "version": "0.8.0", "features": ["seccomp", "netns", "pidns", "rlimits"], "missing": []},
)  # fmt: skip


def measurement(score: float, where: Provenance) -> Measurement:
    """As large as those of the suite's counted tasks: eight cases, fifteen functions, some build output."""
    sample = CaseSample(family="typical", size="count", seed=1, raw={"Ir": 1e7, "D1mr": 1e5, "DLmr": 1e3}, empty=1e4, value=1e7, wall_s=0.1, cpu_s=0.1)
    cost = FunctionCost(function="convolve_row_with_kernel", file="environment/app/solve.c", cost=1e7, share=0.5)
    return Measurement(
        verdict="ok", metric=1000 * 0.01**score, unit="estimated cycles", score=score, anchors=Anchors(baseline=1000, reference=10),
        samples=(sample,) * 8, profile=(cost,) * 15, build_output="gcc -O2 -o solve solve.c\n" * 6, seeds=(1,),
        phases={"build": 0.2, "draw": 0.01, "run": 0.1, "verify": 0.01, "instrument": 0.6}, provenance=where,
    )  # fmt: skip


def records(task: str, agent: str, attempt: int, experiments: int, rng: np.random.Generator) -> list[AnyRecord]:
    where = WHERE.model_copy(update={"task": f"autolab/{task}"})
    best = 0.0
    found: list[AnyRecord] = [
        TrialStarted(
            trial=f"{task}__{agent}__{attempt}", run="large", agent=agent, attempt=attempt, seed=attempt,
            budget={"wall_s": 1000.0, "experiments": None}, provenance=where, axis="faster", scale="log",
        )
    ]  # fmt: skip
    for number in range(1, experiments + 1):
        score = float(rng.normal(best, 0.05))
        best = max(best, score)
        spent: dict[str, float | None] = {"wall_s": 10.0 * number, "experiments": number, "cpu_s": 0.1 * number, "tokens": 0.0, "usd": 0.0}
        found.append(
            Experiment(
                number=number, commit=f"{number:040x}", tree=f"{number:040x}", parent=f"{number - 1:040x}", hypothesis="unroll the loop by four",
                seconds_before=9.0, seconds=1.0, elapsed=10.0 * number, best=score == best, spent=spent, measurement=measurement(score, where),
            )
        )  # fmt: skip
    reward = min(1.0, max(0.0, best))
    grade = Grade(commit="c" * 40, tree="c" * 40, choice="best", reward=reward, measurement=measurement(best, where))
    closed = BenchClosed(reason="wall", elapsed=1000.0)
    return [*found, closed, grade, TrialEnded(reward=reward, experiments=experiments, elapsed=1000.0)]


def write_run(folder: Path, experiments: int) -> int:
    """The run's ledgers; their size in bytes."""
    rng, size = np.random.default_rng(1), 0
    for task in range(TASKS):
        for agent in range(AGENTS):
            for attempt in range(1, ATTEMPTS + 1):
                place = folder / "trials" / f"task{task}__agent{agent}__{attempt}"
                place.mkdir(parents=True)
                lines, prev = [], ""
                for seq, record in enumerate(records(f"task{task}", f"agent{agent}", attempt, experiments, rng)):
                    line, prev = chain.encode(seq, "2026-01-05T09:30:00.000Z", prev, record)
                    lines.append(line)
                size += (place / "ledger.jsonl").write_bytes(b"".join(lines))
    return size


def analyse(experiments: int) -> dict[str, Any]:
    """CPU seconds and peak memory of the command, on one core."""
    with tempfile.TemporaryDirectory(prefix="autolab-") as folder:
        size = write_run(Path(folder), experiments)
        words = [sys.executable, "-m", "autolab.cli.main", "analyze", folder, "--json"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)} ended with exit code {process.returncode}")
    return {"ledgers_mb": size / 1e6, "cpu_s": usage.ru_utime + usage.ru_stime, "memory_mb": usage.ru_maxrss / 1024}


def bootstrap() -> float:
    """CPU seconds for IQM and mean with both intervals, and the groups, of 24 tasks x 5 attempts x 10 agents."""
    rng = np.random.default_rng(1)
    rewards = {
        f"agent{agent}": Rewards({f"task{task}": tuple(rng.random(5).tolist()) for task in range(24)}) for agent in range(10)
    }
    begun = time.process_time()
    for each in rewards.values():
        figure(each.values, "iqm")
        figure(each.values, "mean")
    places(rewards)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {**analyse(options.experiments), "bootstrap_s": bootstrap()}
    if options.json:
        targets = {"target_cpu_s": TARGET_S, "target_memory_mb": TARGET_MB, "target_bootstrap_s": TARGET_BOOTSTRAP_S}
        print(json.dumps({**{name: round(value, 2) for name, value in found.items()}, **targets}))
        return
    print(f"analyze, 500 trials x {options.experiments} experiments ({found['ledgers_mb']:.0f} MB of ledgers): {found['cpu_s']:.1f} s of CPU (target {TARGET_S:g})")
    print(f"its memory: {found['memory_mb']:.0f} MB (target {TARGET_MB})")
    print(f"bootstrap of 24 tasks x 5 attempts x 10 agents: {found['bootstrap_s']:.1f} s of CPU (target {TARGET_BOOTSTRAP_S:g})")


if __name__ == "__main__":
    main()
