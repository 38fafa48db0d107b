"""When an experiment is a new best, noisy figures included."""

from hypothesis import given
from hypothesis import strategies as st
from small_records import experiment, started

from autolab.ledger.progress import improves
from autolab.ledger.records import Line, Noise, Veto
from autolab.ledger.replay import TrialState, replay

FLOOR = 0.05
NOISE = Noise(floor=FLOOR, spread=0.02, low_precision=False)
Speedups = st.lists(st.floats(0.5, 4.0), min_size=1, max_size=12)


def after_all(speedups: list[float], noise: Noise | None = NOISE, vetoed: int | None = None) -> TrialState:
    """A trial whose metric is a speed-up on a linear scale, each experiment with a state of its own."""
    records = [started(noise)]
    records += [experiment(n, speedup - 1, metric=speedup, tree=f"{n:040}"[-1]) for n, speedup in enumerate(speedups, 1)]
    records += [Veto(experiment=vetoed, reason="a trick")] if vetoed else []
    return replay(Line(seq=n, time="", prev="", record=record, hash="") for n, record in enumerate(records))


@given(Speedups)
def test_the_best_changes_only_for_what_lies_beyond_the_floor_and_then_always(speedups: list[float]) -> None:
    best = None
    for number in range(1, len(speedups) + 1):
        now = after_all(speedups[:number]).best
        assert now is not None
        latest = speedups[number - 1]
        if best is not None:
            assert (now.number == number) == (latest / best > 1 + FLOOR)
        best = now.measurement.metric
        assert best is not None


@given(Speedups)
def test_without_noise_the_highest_is_the_best(speedups: list[float]) -> None:
    best = after_all(speedups, noise=None).best
    assert best is not None
    assert best.measurement.metric == max(speedups)


def test_small_gains_add_up() -> None:
    best = after_all([1.0, 1.03, 1.06]).best
    assert best is not None
    assert best.number == 3


def test_a_veto_leaves_the_best_that_the_rest_would_have_had() -> None:
    best = after_all([1.0, 2.0, 2.04, 1.5], vetoed=2).best
    assert best is not None
    assert best.number == 3  # inside the floor of what was vetoed, and beyond that of what is left


def test_no_figure_is_no_improvement() -> None:
    assert not improves(experiment(1, 9.0, "quarantined", metric=9.0), None, NOISE)
    assert not improves(experiment(2, None, "wrong_output"), experiment(1, -1.0, metric=0.5), None)
