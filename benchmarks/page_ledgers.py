"""Ledgers of any size for trying the page: made by formula; their records have about the size of real ones. Not results of anything."""

import argparse
import math
import random
from collections.abc import Iterator
from pathlib import Path

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
    State,
    TrialEnded,
    TrialStarted,
    Verdict,
)

ANCHORS = Anchors(baseline=1e8, reference=1e6)
BAD: tuple[Verdict, ...] = ("wrong_output", "build_failed", "timed_out", "over_limit", "invalid")
EVENTS = ("Ir", "Dr", "Dw", "I1mr", "D1mr", "D1mw", "ILmr", "DLmr", "DLmw")
WHERE = Provenance(
    task="autolab/made_up", task_digest="0" * 64, autolab="0", fingerprint="0" * 16, sandbox={"kind": "bubblewrap", "features": [f"feature-{i}-of-the-sandbox" for i in range(12)]},
    machine={"cpu": "made up", "cores": "2", "arch": "x86_64", "system": "any"},
    toolchain={name: f"{name} (Debian 12.2.0-14+deb12u1) 12.2.0" for name in ("gcc", "g++", "ld", "rustc", "go", "valgrind")},
)  # fmt: skip


def trial(task: str, agent: str, attempt: int, count: int, seed: int = 1, ended: bool = True) -> Iterator[AnyRecord]:
    """A trial of `count` experiments, a third of them failures, that gets better ever more slowly."""
    rng = random.Random(f"{task}{agent}{attempt}{seed}")
    yield TrialStarted(
        trial=f"{task}__{agent}__{attempt}", run="made-up", agent=agent, attempt=attempt, seed=attempt,
        budget={"wall_s": count * 2.0, "experiments": None}, provenance=WHERE, axis="faster", scale="log",
    )  # fmt: skip
    yield State(commit=_name(0), tree=_name(0), elapsed=0.0, cause="start")
    best, parent = 0.0, 0
    for number in range(1, count + 1):
        reach = 1.1 * (1 - math.exp(-4 * number / count))
        score = reach - rng.expovariate(12)
        verdict: Verdict = "ok" if rng.random() < 0.67 else rng.choice(BAD)
        better = verdict == "ok" and score > best
        yield Experiment(
            number=number, commit=_name(number), tree=_name(number), parent=_name(parent),
            hypothesis=f"idea {number}: hold block {rng.randrange(64)} of the rows in cache while column {rng.randrange(512)} is read",
            expected=1.1 if number % 3 == 0 else None, seconds_before=0.8, seconds=1.2, elapsed=number * 2.0, best=better,
            measurement=_measured(rng, verdict, score),
        )  # fmt: skip
        if better:
            best, parent = score, number
    if ended:
        graded = _measured(rng, "ok", best)
        yield BenchClosed(reason="wall", elapsed=count * 2.0)
        yield Grade(commit=_name(parent), tree=_name(parent), choice="best", reward=min(1.0, best), measurement=graded)
        yield TrialEnded(reward=min(1.0, best), experiments=count, elapsed=count * 2.0)


def write(folder: Path, records: Iterator[AnyRecord]) -> None:
    """A trial's folder with its ledger, the chain right."""
    folder.mkdir(parents=True)
    prev = ""
    with (folder / "ledger.jsonl").open("wb") as file:
        for seq, record in enumerate(records):
            line, prev = chain.encode(seq, "2026-01-05T09:30:00.000Z", prev, record)
            file.write(line)


def many(run: Path, trials: int, experiments: int) -> None:
    """A run of `trials` trials: ten agents, as many tasks and attempts as it takes."""
    for index in range(trials):
        task, agent, attempt = f"task_{index // 10 % 20:02}", f"agent-{index % 10}", index // 200 + 1
        write(run / "trials" / f"{task}__{agent}__{attempt}", trial(task, agent, attempt, experiments))


def _measured(rng: random.Random, verdict: Verdict, score: float) -> Measurement:
    metric = ANCHORS.baseline * (ANCHORS.reference / ANCHORS.baseline) ** score
    if verdict != "ok":
        return Measurement(verdict=verdict, reason="as made up", unit="estimated cycles", build_output="x" * 400, provenance=WHERE)
    samples = tuple(
        CaseSample(family=name, size="count", seed=rng.getrandbits(62), raw=dict.fromkeys(EVENTS, metric / 4), value=metric / 4, wall_s=0.04, cpu_s=0.004)
        for name in ("typical", "skewed", "adversarial", "tiny")
    )
    profile = tuple(FunctionCost(function=f"function_{i}", file="solve.c", cost=metric / 2**i, share=0.5**i) for i in range(1, 9))
    return Measurement(
        verdict="ok", metric=metric, unit="estimated cycles", score=score, anchors=ANCHORS, samples=samples, profile=profile,
        phases={"build": 0.2, "run": 0.1, "instrument": 0.8, "verify": 0.1}, provenance=WHERE,
    )  # fmt: skip


def _name(number: int) -> str:
    return f"{number:040x}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="a folder for runs that is not there yet")
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--each", type=int, default=20, help="experiments of each of them")
    parser.add_argument("--long", type=int, default=10_000, help="experiments of the one long trial")
    options = parser.parse_args()
    write(options.out / "long" / "trials" / "made_up__climb__1", trial("made_up", "climb", 1, options.long))
    many(options.out / "many", options.trials, options.each)


if __name__ == "__main__":
    main()
