"""Hand-made ledgers: trials on disk whose curves, grades and costs are known by construction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autolab.analysis.trials import Trial, light
from autolab.ledger import chain
from autolab.ledger.records import (
    Anchors,
    AnyRecord,
    BenchClosed,
    Experiment,
    Grade,
    Line,
    Measurement,
    ModelCall,
    Provenance,
    TrialEnded,
    TrialStarted,
    Verdict,
)
from autolab.ledger.replay import replay

BASELINE, REFERENCE = 1_000.0, 10.0  # log scale: score s is metric 1000 * 100 ** -s
Result = float | Verdict
"""A score, or the verdict of an experiment that has none."""


def provenance(task: str = "small", **changes: Any) -> Provenance:
    facts: dict[str, Any] = {
        "task": f"autolab/{task}", "task_digest": f"digest of {task}", "autolab": "0.1.0",
        "machine": {"cpu": "Any CPU", "cores": "2", "arch": "x86_64", "system": "Debian 12", "kernel": "6.1"},
        "toolchain": {"gcc": "12"}, "fingerprint": "f" * 16, "sandbox": {},
    }  # fmt: skip
    return Provenance(**{**facts, **changes})


def measurement(result: Result, where: Provenance, **more: Any) -> Measurement:
    if isinstance(result, str):
        return Measurement(verdict=result, reason="so", unit="instructions", provenance=where, **more)
    metric = BASELINE * (REFERENCE / BASELINE) ** result
    anchors = Anchors(baseline=BASELINE, reference=REFERENCE)
    return Measurement(verdict="ok", score=result, metric=metric, unit="instructions", anchors=anchors, provenance=where, **more)


@dataclass(frozen=True)
class Made:
    """A trial to write. Experiments end at `step` s, 2 `step`...; each costs `tokens`, `usd` and `cpu_s`."""

    scores: Sequence[Result] = ()
    grade: Result | None = None  # None: the best of `scores`; of none, the verdict `invalid`
    task: str = "small"
    agent: str = "climb"
    attempt: int = 1
    step: float = 10.0
    tokens: int | None = None  # per experiment, as output of one model call before it; None: no call
    usd: float | None = None
    cpu_s: float | None = None
    vetoes: tuple[AnyRecord, ...] = ()
    flags: tuple[str, ...] = ()
    graded: bool = True
    feedback: str = "true"
    wall_s: float = 1_000.0
    where: dict[str, Any] = field(default_factory=dict)  # changes of the provenance

    @property
    def name(self) -> str:
        return f"{self.task}__{self.agent}__{self.attempt}"

    def records(self, run: str = "first") -> list[AnyRecord]:
        where = provenance(self.task, **self.where)
        found: list[AnyRecord] = [
            TrialStarted(
                trial=self.name, run=run, agent=self.agent, attempt=self.attempt, seed=self.attempt, feedback=self.feedback,
                budget={"wall_s": self.wall_s, "experiments": None}, provenance=where, axis="faster", scale="log",
            )
        ]  # fmt: skip
        for number, result in enumerate(self.scores, 1):
            if self.tokens is not None:
                found.append(self.call(number))
            found.append(self.experiment(number, result, where))
        found += self.vetoes
        if self.graded:
            found += self.end(where)
        return found

    def call(self, number: int) -> ModelCall:
        return ModelCall(
            model="any/model", via="agent", status="ok", seconds=1.0, elapsed=number * self.step - 2.0,
            input_tokens=0, output_tokens=self.tokens, usd=self.usd,
        )  # fmt: skip

    def experiment(self, number: int, result: Result, where: Provenance) -> Experiment:
        spent = {
            "wall_s": number * self.step, "experiments": float(number), "cpu_s": number * (self.cpu_s or 0.0),
            "tokens": float(number * (self.tokens or 0)),
            "usd": None if self.tokens and self.usd is None else number * (self.usd or 0.0),
        }  # fmt: skip
        return Experiment(
            number=number, commit=f"{number:040x}", tree=f"{number:040x}", parent=None, hypothesis=f"idea {number}",
            seconds_before=self.step - 1.0, seconds=1.0, elapsed=number * self.step, best=False, cpu_s=self.cpu_s,
            spent=spent, measurement=measurement(result, where),
        )  # fmt: skip

    def end(self, where: Provenance) -> list[AnyRecord]:
        good = [each for each in self.scores if not isinstance(each, str)]
        result: Result = self.grade if self.grade is not None else max(good, default="invalid")
        graded = measurement(result, where, flags=self.flags)
        reward = min(1.0, max(0.0, graded.score or 0.0))
        elapsed = len(self.scores) * self.step
        return [
            BenchClosed(reason="finished", elapsed=elapsed),
            Grade(commit="c" * 40, tree="c" * 40, choice="best", reward=reward, measurement=graded),
            TrialEnded(reward=reward, experiments=len(self.scores), elapsed=elapsed),
        ]


def seen(made: Made, extra: Sequence[AnyRecord] = ()) -> Trial:
    """The trial as analysis sees it, without a folder; `extra` records stand right after the first."""
    first, *rest = made.records()
    lines = [Line(seq=seq, time="", prev="", record=record, hash="") for seq, record in enumerate([first, *extra, *rest])]
    return Trial(Path("run/trials") / made.name, light(replay(lines)))


def write_ledger(folder: Path, records: Iterable[AnyRecord], tail: bytes = b"") -> Path:
    """A trial's folder with these records, and `tail` after them: of a line that broke off."""
    text, prev = b"", ""
    for seq, record in enumerate(records):
        line, prev = chain.encode(seq, "2026-01-05T09:30:00.000Z", prev, record)
        text += line
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ledger.jsonl").write_bytes(text + tail)
    return folder


def write_run(folder: Path, trials: Iterable[Made]) -> Path:
    """A run's folder with these trials."""
    (folder / "trials").mkdir(parents=True, exist_ok=True)
    for made in trials:
        write_ledger(folder / "trials" / made.name, made.records(folder.name))
    return folder
