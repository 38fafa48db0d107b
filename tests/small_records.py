"""Ledger records for tests, as small as they may be."""

from autolab.ledger.records import Experiment, Measurement, Noise, Provenance, TrialStarted, Verdict

PROVENANCE = Provenance(
    task="small", task_digest="d" * 64, autolab="0", machine={}, toolchain={}, fingerprint="f", sandbox={}
)
COMMIT = "c" * 40


def started(noise: Noise | None = None) -> TrialStarted:
    return TrialStarted(
        trial="small__climb__1", run="first", agent="climb", attempt=1, seed=7,
        budget={"wall_s": 60.0, "experiments": None}, noise=noise, provenance=PROVENANCE,
    )  # fmt: skip


def experiment(
    number: int, score: float | None = None, verdict: Verdict = "ok", elapsed: float = 0.0, hypothesis: str = "", tree: str = "a",
    metric: float | None = None,
) -> Experiment:
    measured = Measurement(verdict=verdict, score=score, metric=metric, unit="instructions", provenance=PROVENANCE)
    return Experiment(
        number=number, commit=COMMIT, tree=tree * 40, parent=None, hypothesis=hypothesis,
        seconds_before=0.0, seconds=1.0, elapsed=elapsed, best=False, measurement=measured,
    )  # fmt: skip
