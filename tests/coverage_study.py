"""Coverage of the intervals by simulation: how often does a 95 % interval hold the truth? `scripts/coverage` prints the table."""

import argparse
from collections.abc import Callable, Iterator

import numpy as np

from autolab.analysis.aggregate import STATISTICS, Statistic
from autolab.analysis.bootstrap import Kind, interval

Floats = np.ndarray
TASK_SD, RUN_SD = 0.20, 0.25  # a plan of 36 tasks and 5 attempts starts from these (docs/metrics.md, Statistics)


def cut_normal(rng: np.random.Generator, tasks: int) -> Callable[[int], Floats]:
    """Normal attempts around normal task means, cut to [0, 1]: rewards with heaps at both ends."""
    means = rng.normal(0.45, TASK_SD, tasks)
    return lambda k: np.clip(rng.normal(means[:, None], RUN_SD, (tasks, k)), 0, 1)


def beta(rng: np.random.Generator, tasks: int) -> Callable[[int], Floats]:
    """Skewed attempts: beta distributions whose means and spreads differ from task to task."""
    means, size = rng.beta(2, 3, tasks), rng.uniform(1.5, 8, tasks)
    return lambda k: rng.beta((means * size)[:, None], ((1 - means) * size)[:, None], (tasks, k))


def some_fail(rng: np.random.Generator, tasks: int) -> Callable[[int], Floats]:
    """A part of the attempts, different from task to task, ends with nothing."""
    means, failing = rng.uniform(0.2, 0.9, tasks), rng.uniform(0, 0.4, tasks)
    return lambda k: np.clip(rng.normal(means[:, None], 0.12, (tasks, k)), 0, 1) * (rng.random((tasks, k)) >= failing[:, None])


WORLDS = {"cut normal": cut_normal, "beta": beta, "some fail": some_fail}


def truth(world: str, statistic: Statistic) -> float:
    """The figure over ever more tasks: of 200,000, an attempt each."""
    draw = WORLDS[world](np.random.default_rng(1), 200_000)
    return of_many(draw(1), statistic)


def of_many(values: Floats, statistic: Statistic) -> float:
    """The figure of an array, tasks x attempts."""
    flat = values.reshape(1, -1)
    return float(STATISTICS[statistic](flat, np.full_like(flat, 1 / flat.size))[0])


def coverage(world: str, statistic: Statistic, kind: Kind, tasks: int, k: int, trials: int, resamples: int, seed: int = 0) -> tuple[float, float]:
    """The share of simulated experiments whose interval holds the truth, and the mean width of the intervals."""
    held, width = 0, 0.0
    everywhere = truth(world, statistic) if kind == "new" else None
    for number in range(trials):
        rng = np.random.default_rng([seed, number])
        draw = WORLDS[world](rng, tasks)
        values = draw(k).tolist()
        right = everywhere if everywhere is not None else of_many(draw(4_000), statistic)
        found = interval(values, statistic, kind, resamples=resamples, seed=number)
        assert found is not None
        held += found.low <= right <= found.high
        width += found.high - found.low
    return held / trials, width / trials


def rows(trials: int, resamples: int, task_counts: tuple[int, ...]) -> Iterator[str]:
    yield f"{'rewards':<11} {'figure':<6} {'kind':<5} tasks  k  coverage  width"
    for tasks in task_counts:
        for world in WORLDS:
            for statistic in ("mean", "iqm"):
                for kind in ("same", "new"):
                    for k in (3, 5):
                        share, width = coverage(world, statistic, kind, tasks, k, trials, resamples)
                        yield f"{world:<11} {statistic:<6} {kind:<5} {tasks:>5}  {k}    {share:6.1%}  {width:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=2_000)
    parser.add_argument("--resamples", type=int, default=1_000)
    parser.add_argument("--tasks", type=int, nargs="+", default=[24, 12])
    options = parser.parse_args()
    print(f"95 % intervals, {options.trials} simulated experiments a row, {options.resamples} resamples each", flush=True)
    for row in rows(options.trials, options.resamples, tuple(options.tasks)):
        print(row, flush=True)


if __name__ == "__main__":
    main()
