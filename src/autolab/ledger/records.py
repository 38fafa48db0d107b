"""The record types of a ledger, version 1. docs/file-formats.md describes the same fields for readers of other languages.

Every figure that can be missing is `None`, never 0. Times are seconds unless the name says otherwise.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LEDGER_VERSION = 1

Verdict = Literal[
    "ok", "wrong_output", "build_failed", "timed_out", "over_limit", "invalid", "quarantined", "lab_error"
]


class Record(BaseModel):
    """Base of everything stored: immutable, and unknown fields of a newer minor version are kept out of sight."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Dropped(Record):
    """A file that did not cross into the submission, and why."""

    path: str
    reason: str


class CaseSample(Record):
    """One run of one case. `raw` holds the instrument's own figures by name (e.g. Ir, D1mr), net of nothing."""

    family: str
    size: Literal["count", "time", "dev", "hidden"]
    seed: int
    raw: dict[str, float]
    empty: float | None = None  # the empty candidate's figure that was taken off
    value: float | None = None  # the case's part of the metric
    wall_s: float
    cpu_s: float


class Pair(Record):
    """One interleaved repetition: CPU seconds (or wall where the task says so), empty-candidate time taken off."""

    seed: int
    candidate_s: float
    baseline_s: float


class Paired(Record):
    """Paired timing: ratio of medians baseline/candidate, with its bootstrap interval at 95 %."""

    speedup: float
    low: float
    high: float
    pairs: tuple[Pair, ...]
    clock: Literal["cpu", "wall"]
    empty_s: float


class FunctionCost(Record):
    """Self cost of one function in a counted run, in the task's metric, summed over cases."""

    function: str
    file: str
    cost: float
    share: float  # of all, 0..1


class Anchors(Record):
    """Baseline and reference on the very same cases as the figure they are scored with."""

    baseline: float
    reference: float


class Provenance(Record):
    """What a figure depends on besides the submission."""

    task: str
    task_digest: str
    autolab: str  # version
    machine: dict[str, str]  # cpu model, cores, kernel, ...
    toolchain: dict[str, str]  # tool -> version
    fingerprint: str  # digest of what instruction counts depend on
    sandbox: dict[str, Any]  # InForce as a dict


class Measurement(Record):
    """What the judge found out about one submission."""

    verdict: Verdict
    reason: str | None = None  # one line for the agent when not ok
    limit: str | None = None  # which limit, when over_limit or timed_out
    metric: float | None = None
    unit: str
    score: float | None = None
    counted: float | None = None  # metric before confirmation by time
    confirmed: bool = False  # paired timing was done
    paired: Paired | None = None
    anchors: Anchors | None = None
    samples: tuple[CaseSample, ...] = ()
    profile: tuple[FunctionCost, ...] = ()
    breakdown: dict[str, float] = Field(default_factory=dict)  # quality by category, mean over the runs
    spread: float | None = None  # standard deviation of the metric over seeds, of quality; None: of one seed
    dropped: tuple[Dropped, ...] = ()
    flags: tuple[str, ...] = ()  # review marks beside the verdict
    build_output: str = ""
    run_output: str = ""
    seeds: tuple[int, ...] = ()
    phases: dict[str, float] = Field(default_factory=dict)  # wall seconds: draw, build, run, verify, instrument, queue, pair, anchors
    provenance: Provenance


class Noise(Record):
    """How far figures of one program lie apart on this host, found before the first experiment: the start against itself (A/A)."""

    floor: float  # an improvement of the ratio by less than this (0.03: 3 %) is not told from none
    spread: float  # standard deviation of ln(a/b) over the pairs
    low_precision: bool  # the host's spread is too wide to grade by
    pairs: tuple[Pair, ...] = ()


class TrialStarted(Record):
    """First record of a trial."""

    type: Literal["trial_started"] = "trial_started"
    version: int = LEDGER_VERSION
    trial: str
    run: str
    agent: str
    attempt: int
    seed: int
    budget: dict[str, float | None]
    feedback: str = "true"  # what the agent was told of its experiments: true, withheld, shuffled or delayed:N
    model: str | None = None  # provider/name of the agent's model; None: it has none, or the lab does not know
    noise: Noise | None = None  # None: the task's figures repeat to the digit
    prices: dict[str, Any] = Field(default_factory=dict)  # by model, frozen for this trial; a model not in it is not priced
    axis: Literal["faster", "smarter", "smaller"] | None = None  # the task's; None: written before ledgers said it
    scale: Literal["log", "linear"] | None = None  # likewise
    provenance: Provenance


class TrialResumed(Record):
    """The lab came back to an unfinished trial; `spent` is what the ledger says was used before."""

    type: Literal["trial_resumed"] = "trial_resumed"
    spent: dict[str, float | None]


class State(Record):
    """A changed state of the editable files, measured or not, committed in the trial's repository."""

    type: Literal["state"] = "state"
    commit: str
    tree: str
    elapsed: float | None = None  # budget wall used when it was seen; without it a killed trial forgets what it spent
    cause: Literal["start", "exec", "write", "measure", "restore", "timer"]


class Executed(Record):
    """A command that the agent ran in its bench, `lab` commands inside it included. Written once it has ended."""

    type: Literal["executed"] = "executed"
    argv: tuple[str, ...]
    exit_code: int | None  # None: killed
    limit: str | None = None  # which one, where the lab killed it: wall, cpu, memory, output, processes, disk
    seconds: float  # wall, freezes of the lab's own making and measures asked for inside it taken off
    cpu_s: float | None = None
    elapsed: float  # budget wall used when it ended
    output: str = ""  # the last of what it printed, capped


class ToolCall(Record):
    """What a model asked for: the tool's name and its arguments."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class ModelCall(Record):
    """One exchange with a model, failed ones too. Counts that the provider did not give are None, never 0."""

    type: Literal["model_call"] = "model_call"
    model: str  # provider/name
    via: Literal["agent", "gateway"]  # the lab's own agent, or a command-line agent through the gateway
    status: Literal["ok", "error", "cut"]  # cut: the answer broke off
    error: str = ""
    input_tokens: int | None = None  # cached ones included
    cached_tokens: int | None = None
    output_tokens: int | None = None  # reasoning included
    cache_write_tokens: int | None = None  # of the input: written to the provider's cache, at a price of their own
    usd: float | None = None  # None: not priced
    seconds: float  # waiting for the answer, of the attempt that gave it
    waited_s: float = 0.0  # before that: failed attempts, and pauses between them
    elapsed: float  # budget wall used when it ended
    text: str = ""  # what the model said, capped
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    exchange: str = ""  # file in the trial's folder with the raw request and response


class Origin(Record):
    """Where a search program took a state from: for lineage."""

    parents: tuple[int, ...] = ()  # experiments that it was made from
    operator: str = ""  # what was done to them
    place: str = ""  # island, cell or branch of the search


class Experiment(Record):
    """One measured state. Exists once this line is on disk."""

    type: Literal["experiment"] = "experiment"
    number: int  # 1, 2, ...
    commit: str
    tree: str
    parent: str | None  # commit of the state it came from
    hypothesis: str
    expected: float | None = None  # expected speed-up or metric ratio
    seconds_before: float  # wall since the previous experiment or the start: thinking and editing
    seconds: float  # of this measure
    elapsed: float  # budget wall used when it ended
    best: bool  # a new best
    origin: Origin | None = None
    cpu_s: float | None = None  # of the candidate's native runs in this measure, not of instruments
    spent: dict[str, float | None] = Field(default_factory=dict)  # of each budget when it ended: see TrialState.spent
    measurement: Measurement


class Note(Record):
    """Words of the agent or of a person."""

    type: Literal["note"] = "note"
    author: Literal["agent", "person", "lab"]
    text: str
    act: str = ""  # name of the act in the trial's mailbox that this came from; "" for what came another way


class Veto(Record):
    """A person's word that an experiment's state must not count: it is no best any more, and is not graded."""

    type: Literal["veto"] = "veto"
    experiment: int
    reason: str
    act: str = ""


class StopAsked(Record):
    """A person asked for the trial's end: the bench closes at its next call, and what was reached is graded."""

    type: Literal["stop_asked"] = "stop_asked"
    reason: str = ""
    act: str = ""


class Submitted(Record):
    """The agent chose an experiment for the final grade."""

    type: Literal["submitted"] = "submitted"
    experiment: int
    commit: str


class BenchClosed(Record):
    """The bench is destroyed; no process of it is left. Always before a grade."""

    type: Literal["bench_closed"] = "bench_closed"
    reason: Literal["finished", "wall", "experiments", "cpu", "tokens", "usd", "stopped", "crashed", "interrupted"]
    detail: str = ""
    elapsed: float


class Grade(Record):
    """The one final grade, on hidden seeds drawn after the submission was fixed."""

    type: Literal["grade"] = "grade"
    commit: str
    tree: str
    choice: Literal["submitted", "best", "last"]
    reward: float
    measurement: Measurement


class TrialEnded(Record):
    """Last record."""

    type: Literal["trial_ended"] = "trial_ended"
    reward: float
    experiments: int
    elapsed: float


class Label(Record):
    """What went wrong in a trial, or what did not, in a person's judgement. In labels.jsonl beside the ledger."""

    type: Literal["label"] = "label"
    name: str  # one of the taxonomy's
    holds: bool = True  # False: the automatic label is wrong
    evidence: tuple[int, ...] = ()  # seq of lines of the trial's ledger
    reason: str = ""
    by: str = ""  # who says so


class Backfilled(Record):
    """A state that the agent passed through without asking, measured afterwards and outside its budget. In backfill.jsonl."""

    type: Literal["backfilled"] = "backfilled"
    seq: int  # of the state's line in the trial's ledger
    commit: str
    tree: str
    elapsed: float | None  # budget wall used when the state was seen
    measurement: Measurement


class Reverted(Record):
    """The graded program without one of its kept changes. In reverted.jsonl."""

    type: Literal["reverted"] = "reverted"
    experiment: int  # that brought the change
    graded: str  # commit of the graded program
    parted: bool  # False: the change does not come off alone, later ones build on it
    measurement: Measurement | None = None  # None where it does not come off
    whole: Measurement | None = None  # the graded program on the same cases


AnyRecord = Annotated[
    TrialStarted
    | TrialResumed
    | State
    | Executed
    | ModelCall
    | Experiment
    | Note
    | Veto
    | StopAsked
    | Submitted
    | BenchClosed
    | Grade
    | TrialEnded
    | Label
    | Backfilled
    | Reverted,
    Field(discriminator="type"),
]


class Line(Record):
    """One ledger line: the record, its place in the chain, and when it was written (UTC, ISO 8601).

    `hash` is the SHA-256 of the line's own bytes before `,"hash":`, so that no reader has to write JSON to check it.
    """

    seq: int
    time: str
    prev: str  # hash of the line before, "" for the first
    record: AnyRecord
    hash: str  # hex
