"""What the lines of a ledger amount to: a pure fold, used to continue a trial and to show one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from autolab.errors import LedgerError
from autolab.ledger.progress import improves
from autolab.ledger.records import (
    AnyRecord,
    Backfilled,
    BenchClosed,
    Executed,
    Experiment,
    Grade,
    Label,
    Line,
    ModelCall,
    Note,
    Reverted,
    State,
    StopAsked,
    Submitted,
    TrialEnded,
    TrialResumed,
    TrialStarted,
    Veto,
)


@dataclass(frozen=True)
class TrialState:
    """A trial as its ledger tells it. None: has not happened."""

    started: TrialStarted | None = None
    resumed: int = 0  # how often the lab came back to it
    experiments: tuple[Experiment, ...] = ()
    best: Experiment | None = None  # the last that improved on the best before it, see progress.py; no vetoed one
    vetoes: tuple[Veto, ...] = ()
    submitted: Submitted | None = None  # the last choice counts, unless its state is vetoed
    start: State | None = None  # the starting program
    state: State | None = None  # the last state of the editable files
    states: tuple[State, ...] = ()
    notes: tuple[Note, ...] = ()
    told: tuple[str, ...] = ()  # what people told the agent, vetoes included, newest last
    acts: frozenset[str] = frozenset()  # taken in from the mailbox
    stop: StopAsked | None = None  # the first wish that it should end
    closed: BenchClosed | None = None
    grade: Grade | None = None
    ended: TrialEnded | None = None
    elapsed: float = 0.0  # seconds of the wall budget used, as far as the ledger knows
    cpu_s: float = 0.0  # of commands in the bench and native runs of the candidate
    steps: int = 0  # of the agent: commands, experiments, restores, submits, notes, exchanges with models
    lab_errors: int = 0  # experiments that failed by the lab's fault: they cost the agent nothing
    calls: int = 0  # exchanges with models
    tokens: int = 0  # of models, in and out, as far as providers said
    usd: float = 0.0  # of the calls that have a price
    unpriced: int = 0  # calls that a model answered and that have no price: then `usd` is no more than a lower bound
    uncounted: int = 0  # calls that were answered without saying how many tokens that took: the same for `tokens`

    @property
    def commit(self) -> str | None:
        """The commit of the last known state of the editable files."""
        return self.state.commit if self.state else None

    @property
    def vetoed_trees(self) -> frozenset[str]:
        """The states that must not count, however often they are measured again."""
        return frozenset(self.experiments[veto.experiment - 1].tree for veto in self.vetoes)

    @property
    def gap(self) -> float | None:
        """How much better the graded state scored in development than in the grade: a metric that misleads shows here.

        None where it was not measured in development, or one of the two has no score.
        """
        if self.grade is None or (hidden := self.grade.measurement.score) is None:
            return None
        scores = [each.measurement.score for each in self.experiments if each.tree == self.grade.tree]
        return next((score - hidden for score in reversed(scores) if score is not None), None)

    def veto_of(self, experiment: Experiment) -> Veto | None:
        """The first veto of this experiment's state, None if it counts."""
        return next((veto for veto in self.vetoes if self.experiments[veto.experiment - 1].tree == experiment.tree), None)

    @property
    def spent(self) -> dict[str, float | None]:
        """What was used of each budget, by the names that budgets have. `usd` is None where a call has no price."""
        return {
            "wall_s": self.elapsed,
            "experiments": len(self.experiments),
            "cpu_s": self.cpu_s,
            "tokens": self.tokens,
            "usd": None if self.unpriced else self.usd,
        }


def replay(lines: Iterable[Line]) -> TrialState:
    """The state after these lines. Experiments that do not count 1, 2, 3... are a LedgerError."""
    state = TrialState()
    for line in lines:
        state = after(state, line.record)
    return state


def after(state: TrialState, record: AnyRecord) -> TrialState:
    """The state after one more record."""
    if _is_step(record):
        state = replace(state, steps=state.steps + 1)
    match record:
        case TrialStarted():
            return replace(state, started=record)
        case TrialResumed():
            state = _spend(state, record.spent.get("wall_s"))
            return replace(state, resumed=state.resumed + 1, closed=None)
        case State():
            states = (*state.states, record)
            return replace(_spend(state, record.elapsed), start=state.start or record, state=record, states=states)
        case Executed():
            return replace(_spend(state, record.elapsed), cpu_s=state.cpu_s + (record.cpu_s or 0.0))
        case ModelCall():
            return _with_call(_spend(state, record.elapsed), record)
        case Experiment():
            return _with_experiment(state, record)
        case Note():
            told = (*state.told, record.text) if record.author == "person" else state.told
            return replace(_acted(state, record.act), notes=(*state.notes, record), told=told)
        case Veto():
            return _with_veto(_acted(state, record.act), record)
        case StopAsked():
            return replace(_acted(state, record.act), stop=state.stop or record)
        case Submitted():
            return _without_vetoed(replace(state, submitted=record))
        case BenchClosed():
            return replace(_spend(state, record.elapsed), closed=record)
        case Grade():
            return replace(state, grade=record)
        case TrialEnded():
            return replace(state, ended=record)
        case Label() | Backfilled() | Reverted():  # of files beside the ledger: said later, about the trial
            return state


def _is_step(record: AnyRecord) -> bool:
    """Whether the agent did this on purpose, and would do it twice if it did not know that it is done."""
    match record:
        case Executed() | Experiment() | Submitted() | ModelCall():
            return True
        case Note():
            return record.author == "agent"
        case State():
            return record.cause == "restore"
    return False


def _with_experiment(state: TrialState, experiment: Experiment) -> TrialState:
    if experiment.number != len(state.experiments) + 1:
        raise LedgerError(f"experiment {experiment.number} follows experiment {len(state.experiments)}; one is missing or twice")
    best = experiment if _is_best(state, experiment) else state.best
    return replace(
        state,
        experiments=(*state.experiments, experiment),
        best=best,
        cpu_s=state.cpu_s + (experiment.cpu_s or 0.0),
        elapsed=max(state.elapsed, experiment.elapsed),  # here and not by _spend: one copy of the state, not two
        lab_errors=state.lab_errors + (experiment.measurement.verdict == "lab_error"),
    )


def _with_call(state: TrialState, call: ModelCall) -> TrialState:
    tokens = (call.input_tokens or 0) + (call.output_tokens or 0)
    answered = call.status != "error" or tokens > 0  # what failed before an answer costs nothing, as far as anybody knows
    return replace(
        state,
        calls=state.calls + 1,
        tokens=state.tokens + tokens,
        usd=state.usd + (call.usd or 0.0),
        unpriced=state.unpriced + (answered and call.usd is None),
        uncounted=state.uncounted + (answered and None in (call.input_tokens, call.output_tokens)),
    )


def _with_veto(state: TrialState, veto: Veto) -> TrialState:
    if not 1 <= veto.experiment <= len(state.experiments):
        raise LedgerError(f"a veto of experiment {veto.experiment}, where there are {len(state.experiments)}")
    words = f"experiment {veto.experiment} was vetoed by a person and does not count: {veto.reason}"
    state = replace(state, vetoes=(*state.vetoes, veto), told=(*state.told, words), best=None)
    for experiment in state.experiments:
        if _is_best(state, experiment):
            state = replace(state, best=experiment)
    return _without_vetoed(state)


def _without_vetoed(state: TrialState) -> TrialState:
    """A choice of a vetoed state is no choice; the one before it does not come back."""
    number = state.submitted.experiment if state.submitted else 0
    if not 1 <= number <= len(state.experiments) or state.veto_of(state.experiments[number - 1]) is None:
        return state
    return replace(state, submitted=None)


def _acted(state: TrialState, act: str) -> TrialState:
    return replace(state, acts=state.acts | {act}) if act else state


def _is_best(state: TrialState, experiment: Experiment) -> bool:
    noise = state.started.noise if state.started else None
    return state.veto_of(experiment) is None and improves(experiment, state.best, noise)


def _spend(state: TrialState, elapsed: float | None) -> TrialState:
    return replace(state, elapsed=max(state.elapsed, elapsed or 0.0))
