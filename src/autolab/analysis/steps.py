"""The experiments of a trial as steps of a search: what each was compared with, and whether it was a gain or a setback.

Definitions stand in docs/metrics.md, section "Steps". Pure functions over a replayed ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from autolab.ledger.records import Experiment, Measurement, TrialStarted
from autolab.ledger.replay import TrialState

FAILURES = frozenset({"wrong_output", "build_failed", "timed_out", "over_limit", "invalid"})
"""Verdicts that are the agent's own bad news. `lab_error` is ours, `quarantined` is a person's to decide."""


@dataclass(frozen=True)
class Step:
    """One experiment. `level`: speed-up over the baseline, None without a metric; `score` likewise."""

    number: int
    tree: str
    level: float | None
    score: float | None
    before: float  # the level of the state it came from
    failed: bool  # one of FAILURES
    regressed: bool  # measured, and worse than the state it came from by more than the noise floor
    gained: bool  # a new best: better than everything before, and than the baseline, by more than the noise floor
    incumbent: str | None  # tree of the best before it; None: the starting program

    @property
    def setback(self) -> bool:
        """Bad news: a failure or a regression."""
        return self.failed or self.regressed


def level(found: Measurement) -> float | None:
    """How many times better than the baseline on the very same cases; None without a metric and two anchors above 0.

    Whether lower or higher is better is read from the anchors: the reference is the better one.
    """
    anchors = found.anchors
    if found.verdict != "ok" or found.metric is None or anchors is None:
        return None
    if found.metric <= 0 or anchors.baseline <= 0 or anchors.reference == anchors.baseline:
        return None
    return anchors.baseline / found.metric if anchors.reference < anchors.baseline else found.metric / anchors.baseline


def noise_floor(started: TrialStarted | None) -> float:
    """The improvement of a ratio that is not told from none: of the trial's A/A timing, 0 where figures are counted."""
    return started.noise.floor if started is not None and started.noise is not None else 0.0


def steps(state: TrialState) -> tuple[Step, ...]:
    """Every experiment of the trial but the lab's own errors, in order."""
    return tuple(_steps(state))


def _steps(state: TrialState) -> Iterator[Step]:
    floor = 1.0 + noise_floor(state.started)
    tree_of = {each.commit: each.tree for each in state.states}
    known: dict[str, float] = {}  # levels of measured states, the newest measure of each
    if state.start is not None:
        known[state.start.tree] = 1.0
    best, incumbent = 1.0, None
    for experiment in state.experiments:
        if experiment.measurement.verdict == "lab_error":
            continue
        here = level(experiment.measurement)
        before = _before(experiment, state, tree_of, known, best)
        gained = here is not None and here > best * floor and state.veto_of(experiment) is None
        yield Step(
            number=experiment.number,
            tree=experiment.tree,
            level=here,
            score=experiment.measurement.score if experiment.measurement.verdict == "ok" else None,
            before=before,
            failed=experiment.measurement.verdict in FAILURES,
            regressed=here is not None and here * floor < before,
            gained=gained,
            incumbent=incumbent,
        )
        if here is not None:
            known[experiment.tree] = here
            if gained:
                best, incumbent = here, experiment.tree


def _before(
    experiment: Experiment, state: TrialState, tree_of: dict[str, str], known: dict[str, float], best: float
) -> float:
    """The level of what it came from: its parents' best, else its parent state's, else the best so far."""
    if experiment.origin is not None:
        trees = [state.experiments[each - 1].tree for each in experiment.origin.parents if 1 <= each < experiment.number]
        levels = [known[tree] for tree in trees if tree in known]
        if levels:
            return max(levels)
    parent = tree_of.get(experiment.parent) if experiment.parent else None
    return known.get(parent, best) if parent is not None else best
