"""What task.toml may say. A superset of Harbor's tables (schema 1.4); the `optimization` table is what a lab needs.

Unknown keys are refused: a mistyped limit must not become a default. `load.py` turns refusals into one line each.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(gt=0, le=86_400 * 7)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$")]
_PART = r"\.?[A-Za-z0-9_+][A-Za-z0-9_.+-]*"  # never ".", ".." or an option
RelativePath = Annotated[str, Field(pattern=rf"^{_PART}(/{_PART})*$", max_length=200)]


QUALITY_SEEDS = 3
"""The fewest seeds that a grade of quality is the mean of."""

GO_THREADS = 8
"""Threads that Go's runtime may want with one P: its own four, and one for each blocked system call."""


class Table(BaseModel):
    """Base of every table of task.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Author(Table):
    """A person to ask."""

    name: str
    email: str | None = None


class About(Table):
    """`[task]`: who and what."""

    name: Name
    version: str | None = None
    description: str = ""
    authors: tuple[Author, ...] = ()
    keywords: tuple[str, ...] = ()


class AgentTable(Table):
    """`[agent]`: the default wall budget of a trial."""

    timeout_sec: Seconds = 7200.0
    user: str | int | None = None


class Verifier(Table):
    """`[verifier]`: limit of one whole verification (checks, not runs)."""

    timeout_sec: Seconds = 600.0
    env: dict[str, str] = {}


class Environment(Table):
    """`[environment]`: what the bench and every box of the judge may use."""

    build_timeout_sec: Seconds = 600.0
    docker_image: str | None = None
    cpus: Annotated[float, Field(gt=0, le=256)] = 1
    memory_mb: Annotated[int, Field(ge=16, le=1 << 20)] = 2048
    storage_mb: Annotated[int, Field(ge=1, le=1 << 20)] = 256
    gpus: Annotated[int, Field(ge=0)] = 0
    network_mode: Literal["no-network"] = "no-network"
    env: dict[str, str] = {}
    workdir: str | None = None


class Build(Table):
    """`[optimization.build]`: makes `outputs` out of the pristine tree with the submission on top, in a box of its own."""

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    outputs: Annotated[tuple[RelativePath, ...], Field(min_length=1)]
    timeout_sec: Seconds = 60.0


class Run(Table):
    """`[optimization.run]`: one case. `{input}` and `{output}` stand for the case's files inside the box."""

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    timeout_sec: Seconds = 30.0
    cpu_sec: Seconds | None = None  # CPU time of all processes of a run together; None: no limit beside the wall
    processes: Annotated[int, Field(ge=1, le=4096)] = 1  # 1: starting processes and threads is refused


class Instrument(Table):
    """`[optimization.instrument]`: what reads the metric.

    `callgrind`: instructions or estimated cycles of the counted cases, confirmed by paired time with factor `confirm`.
    `cachegrind`: instructions of a Go program, confirmed likewise; equal programs may differ by `tolerance`.
    `heap`: heap blocks of the counted cases, and no more than `gate` times the baseline's instructions.
    `paired`: speed-up over the baseline by interleaved timing. `count`: verify.py's count of the submission. `quality`:
    verify.py's figure for the predictions that a run writes within its CPU budget. `script`: the reward that
    tests/test.sh leaves.
    """

    kind: Literal["callgrind", "cachegrind", "heap", "paired", "count", "quality", "script"]
    event: Literal["instructions", "estimated_cycles"] = "estimated_cycles"
    confirm: Annotated[float, Field(gt=1, le=10)] = 2.0
    gogc: Literal["off"] | Annotated[int, Field(ge=10, le=1000)] = "off"  # cachegrind: when Go collects garbage
    tolerance: Annotated[float, Field(gt=0, le=0.05)] = 0.005  # cachegrind: how far counts of equal programs lie apart
    gate: Annotated[float, Field(ge=1, le=100)] = 1.2  # heap: instructions that a submission may need, as a multiple
    clock: Literal["cpu", "wall"] = "cpu"
    pairs: Annotated[int, Field(ge=3, le=200)] = 7  # per measure
    grade_pairs: Annotated[int, Field(ge=3, le=200)] = 11
    reward: str = "reward"  # script: the number of reward.json that is the metric
    precedence: Literal["json", "txt"] = "json"  # script: which file counts where both are there; txt is Harbor before 0.7

    @property
    def repeats_within(self) -> float | None:
        """How far two figures of one program on one seed may lie apart, as a ratio less 1; None: as far as clocks make them."""
        noisy: dict[str, float | None] = {"cachegrind": self.tolerance, "paired": None, "script": None}
        return noisy.get(self.kind, 0.0)


class Cases(Table):
    """`[optimization.cases]`: families to draw from, how many seeds a grade uses, and the one that paired timing runs."""

    families: Annotated[tuple[str, ...], Field(min_length=1)]
    time_family: str | None = None  # default: the first family
    grade_seeds: Annotated[int, Field(ge=1, le=100)] = 2
    stated_seed: int = 1  # the development seed with which the stated anchors were measured


class Anchor(Table):
    """A known point: the raw metric (`score` is the older suites' word for it) and how it was reached."""

    score: Annotated[float, Field(gt=0)]
    method: str


class Floor(Table):
    """What nothing can honestly beat; a better figure is quarantined."""

    score: Annotated[float, Field(gt=0)]
    reason: str


class Optimization(Table):
    """`[optimization]`: axis, metric, scale, what may be edited, and how it is judged."""

    axis: Literal["faster", "smarter", "smaller"]
    metric: str
    unit: str | None = None  # default: the metric's name
    direction: Literal["lower", "higher"] = "lower"
    scale: Literal["log", "linear"] = "log"
    editable: Annotated[tuple[RelativePath, ...], Field(min_length=1)]
    max_submission_kb: Annotated[int, Field(ge=1, le=65_536)] = 256
    requires: tuple[str, ...] = ()
    build: Build | None = None
    run: Run | None = None
    instrument: Instrument
    cases: Cases | None = None
    baseline: Anchor
    reference: Anchor
    floor: Floor | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        better = self.reference.score < self.baseline.score
        if self.baseline.score == self.reference.score or better != (self.direction == "lower"):
            raise ValueError(
                f"direction is {self.direction!r}, but baseline.score is {self.baseline.score:g} and reference.score "
                f"is {self.reference.score:g}: are the anchors swapped?"
            )
        if self.floor is not None and (self.floor.score > self.reference.score) == (self.direction == "lower"):
            raise ValueError(f"floor.score {self.floor.score:g} is not beyond reference.score {self.reference.score:g}")
        if self.instrument.kind in {"callgrind", "cachegrind", "heap", "paired", "quality"} and (self.run is None or self.cases is None):
            raise ValueError(f"instrument {self.instrument.kind!r} needs the tables [optimization.run] and [optimization.cases]")
        if self.instrument.kind == "quality":
            self._has_budget()
        if self.instrument.kind == "cachegrind" and self.run is not None and self.run.processes < GO_THREADS:
            raise ValueError(f"run.processes is {self.run.processes}; a Go program needs room for {GO_THREADS} threads of its runtime")
        if self.cases and self.cases.time_family and self.cases.time_family not in self.cases.families:
            raise ValueError(f"cases.time_family {self.cases.time_family!r} is not in cases.families")
        return self

    def _has_budget(self) -> None:
        assert self.run is not None
        assert self.cases is not None
        if self.run.cpu_sec is None or self.run.cpu_sec >= self.run.timeout_sec:
            raise ValueError(
                f"run.cpu_sec is {self.run.cpu_sec}; instrument 'quality' needs one below run.timeout_sec {self.run.timeout_sec:g}"
            )
        if self.cases.grade_seeds < QUALITY_SEEDS:
            raise ValueError(f"cases.grade_seeds is {self.cases.grade_seeds}; a grade of quality needs at least {QUALITY_SEEDS} seeds")


class TaskSpec(Table):
    """The whole of task.toml."""

    schema_version: str = "1.4"
    task: About
    metadata: dict[str, Any] = {}
    agent: AgentTable = AgentTable()
    verifier: Verifier = Verifier()
    environment: Environment = Environment()
    solution: dict[str, Any] = {}
    optimization: Optimization
