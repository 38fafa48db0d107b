"""What the lines of a ledger amount to: a pure fold, used to continue a trial and to show one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from autolab.errors import LedgerError
from autolab.ledger.records import (
    AnyRecord,
    BenchClosed,
    Experiment,
    Grade,
    Line,
    Note,
    State,
    Submitted,
    TrialEnded,
    TrialResumed,
    TrialStarted,
)


@dataclass(frozen=True)
class TrialState:
    """A trial as its ledger tells it. None: has not happened."""

    started: TrialStarted | None = None
    resumed: int = 0  # how often the lab came back to it
    experiments: tuple[Experiment, ...] = ()
    best: Experiment | None = None  # highest score among those with verdict ok; of equals the earliest
    submitted: Submitted | None = None  # the last choice counts
    start: State | None = None  # the starting program
    state: State | None = None  # the last state of the editable files
    notes: tuple[Note, ...] = ()
    closed: BenchClosed | None = None
    grade: Grade | None = None
    ended: TrialEnded | None = None
    elapsed: float = 0.0  # seconds of the wall budget used, as far as the ledger knows

    @property
    def commit(self) -> str | None:
        """The commit of the last known state of the editable files."""
        return self.state.commit if self.state else None

    @property
    def spent(self) -> dict[str, float]:
        """What `TrialResumed.spent` records."""
        return {"seconds": self.elapsed, "experiments": len(self.experiments)}


def replay(lines: Iterable[Line]) -> TrialState:
    """The state after these lines. Experiments that do not count 1, 2, 3... are a LedgerError."""
    state = TrialState()
    for line in lines:
        state = after(state, line.record)
    return state


def after(state: TrialState, record: AnyRecord) -> TrialState:
    """The state after one more record."""
    match record:
        case TrialStarted():
            return replace(state, started=record)
        case TrialResumed():
            state = _spend(state, record.spent.get("seconds"))
            return replace(state, resumed=state.resumed + 1, closed=None)
        case State():
            return replace(_spend(state, record.elapsed), start=state.start or record, state=record)
        case Experiment():
            return _spend(_with_experiment(state, record), record.elapsed)
        case Note():
            return replace(state, notes=(*state.notes, record))
        case Submitted():
            return replace(state, submitted=record)
        case BenchClosed():
            return replace(_spend(state, record.elapsed), closed=record)
        case Grade():
            return replace(state, grade=record)
        case TrialEnded():
            return replace(state, ended=record)


def _with_experiment(state: TrialState, experiment: Experiment) -> TrialState:
    if experiment.number != len(state.experiments) + 1:
        raise LedgerError(f"experiment {experiment.number} follows experiment {len(state.experiments)}; one is missing or twice")
    best = experiment if _beats(experiment, state.best) else state.best
    return replace(state, experiments=(*state.experiments, experiment), best=best)


def _beats(experiment: Experiment, best: Experiment | None) -> bool:
    score = _score(experiment)
    return score is not None and (best is None or score > (_score(best) or 0.0))


def _score(experiment: Experiment) -> float | None:
    return experiment.measurement.score if experiment.measurement.verdict == "ok" else None


def _spend(state: TrialState, elapsed: float | None) -> TrialState:
    return replace(state, elapsed=max(state.elapsed, elapsed or 0.0))
