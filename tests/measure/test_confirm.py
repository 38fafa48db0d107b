"""A counted gain scores as far as paired time confirms it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.ledger.records import Paired
from autolab.measure.confirm import confirmed_metric

amounts = st.floats(1.0, 1e12)
factors = st.floats(1.01, 10.0)
speedups = st.floats(0.01, 1e4)


def paired(high: float) -> Paired:
    return Paired(speedup=high, low=high, high=high, pairs=(), clock="cpu", empty_s=0.0)


@given(amounts, amounts, factors, speedups)
def test_the_speedup_that_scores_is_the_lesser_of_counted_and_k_times_the_paired_limit(
    counted: float, baseline: float, k: float, high: float
) -> None:
    metric = confirmed_metric(counted, baseline, k, paired(high))
    assert metric >= counted
    assert baseline / metric == pytest.approx(min(baseline / counted, k * high))


@given(amounts, amounts, factors, speedups)
def test_a_gain_that_time_confirms_is_left_alone(counted: float, baseline: float, k: float, high: float) -> None:
    if baseline / counted <= high:
        assert confirmed_metric(counted, baseline, k, paired(high)) == counted


@given(amounts, amounts, factors, speedups, speedups)
def test_a_faster_program_never_gets_a_worse_metric(
    counted: float, baseline: float, k: float, one: float, other: float
) -> None:
    slow, fast = sorted((one, other))
    metrics = [confirmed_metric(counted, baseline, k, paired(high)) for high in (slow, fast)]
    assert metrics[1] <= metrics[0]


@pytest.mark.parametrize("bad", [(0, 1, 2, 1.0), (1, 0, 2, 1.0), (1, 1, 0, 1.0), (1, 1, 2, 0.0)])
def test_without_figures_above_0_there_is_no_confirmation(bad: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        confirmed_metric(*bad[:3], paired(bad[3]))
