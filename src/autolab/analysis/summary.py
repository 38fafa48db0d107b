"""A row for each agent: its figures with intervals, what became of its trials, and the group that the data put it in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autolab.analysis.aggregate import Statistic, aggregate
from autolab.analysis.bootstrap import RESAMPLES, SEED, Interval, interval
from autolab.analysis.compare import decide
from autolab.analysis.cost import Cost, cost
from autolab.analysis.permutation import holm
from autolab.analysis.robust import LeftOut, Spread, leave_one_task_out, spread, wilson
from autolab.analysis.table import Rewards, rewards_of
from autolab.analysis.trials import Status, Trial

ALPHA = 0.05


@dataclass(frozen=True)
class Figure:
    """An aggregate of rewards with its two intervals (see bootstrap). None: the data cannot tell."""

    value: float | None
    same: Interval | None
    new: Interval | None


@dataclass(frozen=True)
class AgentRow:
    """One agent over its trials. `place` 1 is the first group: nobody is told to be better than its members."""

    agent: str
    model: str | None
    place: int | None  # None: no graded trial
    tasks: int  # with a graded trial
    missing: tuple[str, ...]  # tasks that another agent has a graded trial at, and this one not
    attempts: int  # graded ones at the task that has the least
    trials: Mapping[Status, int]
    iqm: Figure
    mean: Figure
    flagged: int  # graded trials with a review mark
    flag_rate: tuple[float, float] | None  # interval of their share
    iqm_flagged_zero: float | None  # if every mark were confirmed
    mean_flagged_zero: float | None
    without_task: LeftOut | None  # of the IQM
    spread: Spread
    cost: Cost

    @property
    def graded(self) -> int:
        """Trials whose reward counts."""
        return self.trials.get("scored", 0) + self.trials.get("zero", 0)


def by_agent(trials: Iterable[Trial], *, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[AgentRow, ...]:
    """The rows, best group first, within a group by IQM, then by name. Empty without trials.

    What must not be averaged is not looked for here: see `mixing`.
    """
    found: dict[str, list[Trial]] = {}
    for trial in trials:
        found.setdefault(trial.agent, []).append(trial)
    rewards = {agent: rewards_of(each) for agent, each in found.items()}
    placed = places(rewards, seed=seed)
    everywhere = sorted({task for each in rewards.values() for task in each.tasks})
    rows = [
        _row(agent, each, rewards[agent], placed.get(agent), everywhere, resamples, seed) for agent, each in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.place or len(rows) + 1, -(row.iqm.value or 0.0), row.agent)))


def places(rewards: Mapping[str, Rewards], *, alpha: float = ALPHA, seed: int = SEED) -> dict[str, int]:
    """For each agent with a graded trial 1 + the number of agents told to be better, paired by task, Holm over all pairs.

    So there are groups rather than ranks: agents that the data do not separate share a place.
    """
    agents = [agent for agent, each in rewards.items() if each.by_task]
    pairs = [(a, b, decide(rewards[a], rewards[b], seed=seed)) for a, b in combinations(agents, 2)]
    decided = [(a, b, found) for a, b, found in pairs if found is not None]
    placed = dict.fromkeys(agents, 1)
    for (a, b, (difference, _)), p in zip(decided, holm([found[1] for _, _, found in decided]), strict=True):
        if p < alpha:
            placed[b if difference > 0 else a] += 1
    return placed


def figure(values: Sequence[Sequence[float]], statistic: Statistic, resamples: int = RESAMPLES, seed: int = SEED) -> Figure:
    """The statistic of these tasks' attempts with both intervals."""
    return Figure(
        aggregate(values, statistic),
        interval(values, statistic, "same", resamples=resamples, seed=seed),
        interval(values, statistic, "new", resamples=resamples, seed=seed),
    )


def _row(
    agent: str, trials: Sequence[Trial], rewards: Rewards, place: int | None, everywhere: Sequence[str], resamples: int, seed: int
) -> AgentRow:
    statuses: dict[Status, int] = {}
    for trial in trials:
        statuses[trial.status] = statuses.get(trial.status, 0) + 1
    zeroed = rewards_of(trials, flagged_as_zero=True).values
    flagged = sum(trial.reward is not None and bool(trial.flags) for trial in trials)
    return AgentRow(
        agent=agent,
        model=next((trial.model for trial in trials if trial.model), None),
        place=place,
        tasks=len(rewards.tasks),
        missing=tuple(task for task in everywhere if task not in rewards.by_task),
        attempts=rewards.attempts,
        trials=statuses,
        iqm=figure(rewards.values, "iqm", resamples, seed),
        mean=figure(rewards.values, "mean", resamples, seed),
        flagged=flagged,
        flag_rate=wilson(flagged, sum(trial.reward is not None for trial in trials)),
        iqm_flagged_zero=aggregate(zeroed, "iqm"),
        mean_flagged_zero=aggregate(zeroed, "mean"),
        without_task=leave_one_task_out(rewards, "iqm"),
        spread=spread(rewards.values),
        cost=cost(trials),
    )
