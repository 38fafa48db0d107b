"""A run at a glance: for every agent on every task what it reached and how, and each agent's figures as others report them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from autolab.analysis.at_k import best_at_k, efficient_at_k, pass_at_k, worst_at_k
from autolab.analysis.bootstrap import RESAMPLES, SEED, Interval, interval
from autolab.analysis.curves import Over, Point, area, best_by, curve, first_score, horizon, round_gain, share_of_first
from autolab.analysis.profiles import most_ratio, profiles
from autolab.analysis.speedups import fast_curve, geometric_mean, harmonic_mean, speedup, success_rate
from autolab.analysis.trials import Trial

GRID = 24
"""Points of a drawn curve."""


@dataclass(frozen=True)
class TaskRow:
    """One agent's attempts at one task. Means are over the attempts that have the figure; None: none has."""

    task: str
    agent: str
    attempts: int  # graded
    reward: float | None  # mean
    same: Interval | None
    worst: float | None  # least reward
    best: float | None  # highest score of a grade, not cut: the only place where a raw maximum is shown
    first: float | None  # score of the first attempt
    gain: float | None  # round 10 less round 1
    share: float | None  # of the gain that the first attempt made
    over: Over
    horizon: float | None  # what the curve runs to: the budget, or the most that any attempt spent
    area: float | None
    curve: tuple[float, ...]  # mean best reward at GRID points up to the horizon; empty where spending is not known


@dataclass(frozen=True)
class Figures:
    """An agent's figures as other benchmarks report them, over its graded trials; k as stated. See docs/metrics.md."""

    agent: str
    k: int  # attempts at the task that has the least
    best_at_k: float | None  # mean over tasks, of rewards
    worst_at_k: float | None
    pass_at_1: float | None  # better than the program as given
    pass_at_k: float | None
    efficient_at_1: float | None  # better than the reference
    efficient_at_k: float | None
    success: float | None  # better by at least 10 %
    fast: tuple[tuple[float, float], ...]  # p, share
    geometric: float | None
    harmonic: float | None
    aup: float | None  # over problems (task, attempt) that every agent has
    aup_most: float | None  # the ratio that the area runs to


def by_task(trials: Iterable[Trial], over: Over = "wall_s", *, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[TaskRow, ...]:
    """A row for each task and agent, in that order."""
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.task, trial.agent), []).append(trial)
    ends = {task: _horizon([trial for key, each in groups.items() if key[0] == task for trial in each], over) for task, _ in groups}
    return tuple(_row(key, groups[key], over, ends[key[0]], resamples, seed) for key in sorted(groups))


def figures(trials: Iterable[Trial]) -> tuple[Figures, ...]:
    """Each agent's, by name. Void and unfinished trials are left out, failed ones are attempts that failed."""
    graded: dict[str, list[Trial]] = {}
    for trial in trials:
        if trial.reward is not None:
            graded.setdefault(trial.agent, []).append(trial)
    shared = _shared_problems(graded)
    drawn = profiles({agent: [each.get(problem) for problem in shared] for agent, each in _speedups(graded).items()})
    most = most_ratio(drawn)
    found = []
    for agent, each in sorted(graded.items()):
        aup = drawn[agent].area(most) if agent in drawn else None
        found.append(_figures(agent, each, aup, most if drawn else None))
    return tuple(found)


def _row(key: tuple[str, str], trials: Sequence[Trial], over: Over, end: float | None, resamples: int, seed: int) -> TaskRow:
    rewards = [trial.reward for trial in trials if trial.reward is not None]
    curves = [curve(trial, over) for trial in trials]
    known = [points for points in curves if points is not None] if end else []
    whole = bool(known) and len(known) == len(curves)
    return TaskRow(
        task=key[0],
        agent=key[1],
        attempts=len(rewards),
        reward=_mean(rewards),
        same=interval([rewards], "mean", "same", resamples=resamples, seed=seed) if rewards else None,
        worst=min(rewards, default=None),
        best=max((trial.score for trial in trials if trial.score is not None), default=None),
        first=_mean(map(first_score, trials)),
        gain=_mean(map(round_gain, trials)),
        share=_mean(map(share_of_first, trials)),
        over=over,
        horizon=end,
        area=fmean(area(points, end) for points in known) if whole and end else None,
        curve=tuple(_height(known, end * step / GRID) for step in range(1, GRID + 1)) if whole and end else (),
    )


def _height(curves: Sequence[tuple[Point, ...]], at: float) -> float:
    return fmean(min(1.0, max(0.0, best_by(points, at))) for points in curves)


def _horizon(trials: Sequence[Trial], over: Over) -> float | None:
    """One for all agents at a task, so that areas compare; None where nothing was spent or it is not known."""
    budgets = {horizon(trial, over) for trial in trials}
    if len(budgets) == 1 and (only := budgets.pop()):
        return only
    spent = [trial.state.spent[over] for trial in trials]
    return max((each for each in spent if each), default=None)


def _figures(agent: str, trials: Sequence[Trial], aup: float | None, most: float | None) -> Figures:
    tasks: dict[str, list[Trial]] = {}
    for trial in trials:
        tasks.setdefault(trial.task, []).append(trial)
    k = min(map(len, tasks.values()))
    rewards = [[trial.reward or 0.0 for trial in each] for each in tasks.values()]
    scores = [[trial.score for trial in each] for each in tasks.values()]
    passed = [sum(score is not None and score > 0 for score in each) for each in scores]
    speedups = [speedup(trial) for trial in trials if trial.scale != "linear"]
    return Figures(
        agent=agent,
        k=k,
        best_at_k=_mean(best_at_k(each, k) for each in rewards),
        worst_at_k=_mean(worst_at_k(each, k) for each in rewards),
        pass_at_1=_mean(pass_at_k(len(each), c, 1) for each, c in zip(scores, passed, strict=True)),
        pass_at_k=_mean(pass_at_k(len(each), c, k) for each, c in zip(scores, passed, strict=True)),
        efficient_at_1=_mean(efficient_at_k(each, 1) for each in scores),
        efficient_at_k=_mean(efficient_at_k(each, k) for each in scores),
        success=success_rate(trials),
        fast=fast_curve(speedups),
        geometric=geometric_mean(speedups),
        harmonic=harmonic_mean(speedups),
        aup=aup,
        aup_most=most,
    )


def _speedups(graded: dict[str, list[Trial]]) -> dict[str, dict[tuple[str, int | None], float | None]]:
    return {agent: {(trial.task, trial.attempt): speedup(trial) for trial in each} for agent, each in graded.items()}


def _shared_problems(graded: dict[str, list[Trial]]) -> list[tuple[str, int | None]]:
    """What every agent has a graded trial at, on tasks that have speed-ups."""
    sets = [{(trial.task, trial.attempt) for trial in each if trial.scale != "linear"} for each in graded.values()]
    return sorted(set.intersection(*sets), key=str) if sets else []


def _mean(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return fmean(known) if known else None

