"""How a trial's best score grew over what it spent, and what the loop added to the first attempt.

Scores are those of the experiments that count (see Trial.counted): what a person vetoed is in no curve. Before the first of
them stands the program as the agent got it, whose score is 0.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from autolab.analysis.trials import Trial
from autolab.ledger.progress import improves
from autolab.ledger.records import Experiment

Over = Literal["wall_s", "experiments", "tokens", "cpu_s", "usd"]
"""What a curve runs over, by the names that budgets have."""

OVERS: tuple[Over, ...] = get_args(Over)


@dataclass(frozen=True)
class Point:
    """A new best: what had been spent when its measure ended, its score, and which experiment it is."""

    at: float
    score: float
    experiment: int


def curve(trial: Trial, over: Over) -> tuple[Point, ...] | None:
    """The new bests in their order; empty where nothing counts. None where it is not known what one of them had cost."""
    if not on_record(trial, over):
        return None
    found: list[Point] = []
    best: Experiment | None = None
    noise = trial.state.started.noise if trial.state.started else None
    for each in trial.counted:
        score = each.measurement.score
        assert score is not None  # what counted means
        if not improves(each, best, noise):
            continue
        best, at = each, spent_at(each, over)
        if at is None:
            return None
        found.append(Point(at, score, each.number))
    return tuple(found)


def on_record(trial: Trial, over: Over) -> bool:
    """Whether the ledger knows of such spending: without a call on record, tokens and money are not known, and not 0."""
    return over not in {"tokens", "usd"} or trial.state.calls > 0


def spent_at(experiment: Experiment, over: Over) -> float | None:
    """What the trial had spent when this experiment ended; None: not known, e.g. a call without a price."""
    if over == "experiments":
        return float(experiment.number)
    if over == "wall_s":
        return experiment.elapsed
    return experiment.spent.get(over)


def best_by(points: tuple[Point, ...], at: float) -> float:
    """The best score once `at` was spent; 0, the program as given, before the first point."""
    return max((point.score for point in points if point.at <= at), default=0.0)


def area(points: tuple[Point, ...], horizon: float) -> float:
    """The anytime area: the mean of the best reward (score cut to [0, 1]) from nothing spent to `horizon`. In [0, 1].

    The last best holds until the horizon. A horizon is the budget that all compared trials had.
    """
    total, before, reward = 0.0, 0.0, 0.0
    for point in points:
        if point.at >= horizon:
            break
        total += (point.at - before) * reward
        before, reward = point.at, min(1.0, max(0.0, point.score))
    return (total + (horizon - before) * reward) / horizon


def horizon(trial: Trial, over: Over) -> float | None:
    """The trial's budget of this kind; None: unlimited, or not known."""
    return trial.budget.get(over)


def first_attempt(trial: Trial) -> Experiment | None:
    """The first experiment on a changed program (many agents measure the one they got first). None: there is none."""
    start = trial.state.start.tree if trial.state.start else None
    return next((each for each in trial.state.experiments if each.tree != start), None)


def first_score(trial: Trial) -> float | None:
    """The first attempt's score; None where it failed, was vetoed, or there is none."""
    first = first_attempt(trial)
    return first.measurement.score if first is not None and first in trial.counted else None


def round_gain(trial: Trial, early: int = 1, late: int = 10) -> float | None:
    """Best score after `late` experiments less the best after `early` ones. Not below 0.

    A trial that ended before keeps its last best. None where the trial goes on and has not come so far, or made none.
    """
    made = len(trial.state.experiments)
    if made == 0 or (made < late and trial.status == "unfinished"):
        return None
    points = curve(trial, "experiments")
    assert points is not None  # experiments are always counted
    return best_by(points, late) - best_by(points, early) if points else 0.0


def share_of_first(trial: Trial) -> float | None:
    """The part of the whole gain that the first attempt made, in [0, 1]: its score over the best one.

    0 where the first attempt failed or was worse than the program as given. None where there is no gain at all.
    """
    best = max((point.score for point in curve(trial, "experiments") or ()), default=0.0)
    if best <= 0:
        return None
    return max(0.0, first_score(trial) or 0.0) / best
