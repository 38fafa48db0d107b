"""Ledgers of small searches, written as one word an experiment, for tests of what analysis says of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from small_records import PROVENANCE

from autolab.ledger.chain import encode
from autolab.ledger.records import (
    Anchors,
    AnyRecord,
    BenchClosed,
    Experiment,
    Line,
    Measurement,
    Noise,
    State,
    TrialStarted,
    Verdict,
)
from autolab.ledger.replay import TrialState, replay

START = "start"
FAILED: dict[str, Verdict] = {
    "wrong": "wrong_output",
    "build": "build_failed",
    "slow": "timed_out",
    "lab": "lab_error",
    "odd": "quarantined",
}


@dataclass(frozen=True)
class Try:
    """One experiment: a level (speed-up over the baseline; the reference's is 10) or a word of FAILED."""

    result: float | str
    tree: str | None = None  # None: a state of its own
    parent: str | None = None  # commit; None: the start's
    expected: float | None = None
    seconds: float = 1.0


def measured(result: float | str, phases: dict[str, float] | None = None) -> Measurement:
    """Metric 100 at the baseline, 10 at the reference, lower is better."""
    import math

    anchors = Anchors(baseline=100.0, reference=10.0)
    common = {"unit": "steps", "provenance": PROVENANCE, "phases": phases or {}}
    if isinstance(result, str):
        return Measurement(verdict=FAILED[result], reason=f"said {result}", **common)
    return Measurement(
        verdict="ok", metric=100.0 / result, score=math.log(result) / math.log(10), anchors=anchors, **common
    )


def searched(
    *results: float | str | Try,
    closed: str | None = "finished",
    experiments: int | None = None,
    noise: float | None = None,
) -> TrialState:
    """A trial with these experiments, one a second, and a bench closed for that reason (None: still at work)."""
    return replay(lines(records(*results, closed=closed, experiments=experiments, noise=noise)))


def records(
    *results: float | str | Try,
    closed: str | None = "finished",
    experiments: int | None = None,
    noise: float | None = None,
) -> list[AnyRecord]:
    found: list[AnyRecord] = [
        TrialStarted(
            trial="small__acts__1", run="r", agent="acts", attempt=1, seed=1,
            budget={"wall_s": None, "experiments": experiments}, provenance=PROVENANCE,
            noise=None if noise is None else Noise(floor=noise, spread=noise, low_precision=False),
        ),
        State(commit="c-start", tree=START, elapsed=0.0, cause="start"),
    ]  # fmt: skip
    best, elapsed = 0.0, 0.0
    for number, result in enumerate(results, 1):
        each = result if isinstance(result, Try) else Try(result)
        found_of = measured(each.result)
        tree = each.tree or f"t{number}"
        elapsed += each.seconds
        found += [
            State(commit=f"c{number}", tree=tree, elapsed=elapsed, cause="write"),
            Experiment(
                number=number, commit=f"c{number}", tree=tree, parent=each.parent or "c-start", hypothesis=f"try {number}",
                expected=each.expected, seconds_before=0.0, seconds=each.seconds, elapsed=elapsed,
                best=(found_of.score or 0.0) > best, measurement=found_of,
            ),
        ]  # fmt: skip
        best = max(best, found_of.score or 0.0)
    if closed is not None:
        found.append(BenchClosed.model_validate({"reason": closed, "elapsed": elapsed}))
    return found


def lines(found: Sequence[AnyRecord]) -> list[Line]:
    """As a ledger has them."""
    prev, result = "", []
    for seq, record in enumerate(found):
        _, digest = encode(seq, "2026-01-05T09:30:00.000Z", prev, record)
        result.append(Line(seq=seq, time="2026-01-05T09:30:00.000Z", prev=prev, record=record, hash=digest))
        prev = digest
    return result
