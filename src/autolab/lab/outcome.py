"""What an experiment amounts to: for the agent, and for its record."""

from random import Random

from autolab.agents.bench import Outcome
from autolab.ledger.records import Experiment, Measurement
from autolab.sandbox.box import BoxResult, Limits


def outcome(experiment: Experiment) -> Outcome:
    """What an agent is told about an experiment."""
    found = experiment.measurement
    return Outcome(
        number=experiment.number,
        verdict=found.verdict,
        reason=found.reason,
        metric=found.metric,
        unit=found.unit,
        score=found.score,
        best=experiment.best,
        build_output=found.build_output,
        run_output=found.run_output,
        breakdown=found.breakdown,
    )


def native_cpu(measurement: Measurement) -> float | None:
    """CPU seconds of the candidate's native runs, timed ones included where CPU time was read; None where nothing is known."""
    paired = measurement.paired
    timed = [pair.candidate_s + paired.empty_s for pair in paired.pairs] if paired and paired.clock == "cpu" else []
    known = [*(sample.cpu_s for sample in measurement.samples), *timed]
    return sum(known) if known else None


def cpu_used(result: BoxResult, limits: Limits) -> float:
    """CPU seconds of a command; one that was ended for them has used all that it had, whatever was seen last."""
    return max(result.cpu_s, limits.cpu_s or 0.0) if result.limit == "cpu" else result.cpu_s


def fresh_seed(cases_seed: int, experiment: int) -> int:
    """The development seed of an experiment on inputs of its own."""
    return Random(f"{cases_seed}/fresh/{experiment}").getrandbits(31)
