"""The noise of a host from a program timed against itself."""

import math
import statistics

import numpy as np
import pytest
from small_records import experiment

from autolab.ledger.records import Noise, Pair
from autolab.measure.host import host_noise
from autolab.measure.noise import LOW_PRECISION, MOST_FLOOR, detection_limit, limits_said, marked, noise_of
from autolab.measure.paired import LEAST_RESOLUTION_S
from autolab.sandbox.box import Sandbox


def pairs(spread: float, number: int, seed: int = 3, seconds: float = 0.1) -> list[Pair]:
    random = np.random.default_rng(seed)
    times = seconds * random.lognormal(0, spread, (number, 2))
    return [Pair(seed=n, candidate_s=float(a), baseline_s=float(b)) for n, (a, b) in enumerate(times)]


def test_equal_times_leave_the_clocks_resolution_and_nothing_else() -> None:
    still = [Pair(seed=n, candidate_s=0.1, baseline_s=0.1) for n in range(7)]
    noise = noise_of(still, 0.001)
    assert noise.spread == 0.0
    assert noise.floor == pytest.approx(math.expm1(math.sqrt(2) * math.log1p(0.01)))
    assert not noise.low_precision


def test_a_gain_beyond_the_limit_shows_by_chance_in_one_of_forty_measures() -> None:
    spread, number = 0.03, 11
    limits = [detection_limit(noise_of(pairs(spread, 40, seed), LEAST_RESOLUTION_S), number) for seed in range(10)]
    limit = statistics.fmean(each for each in limits if each is not None)
    random = np.random.default_rng(1)
    times = random.lognormal(0, spread, (20_000, 2, number))
    speedups = np.median(times[:, 0], axis=1) / np.median(times[:, 1], axis=1)
    beyond = float(np.mean(speedups > 1 + limit))
    assert 0.01 < beyond < 0.05


def test_more_pairs_tell_smaller_gains_and_two_measures_less_than_one() -> None:
    noise = noise_of(pairs(0.04, 30), LEAST_RESOLUTION_S)
    few, many = detection_limit(noise, 5), detection_limit(noise, 30)
    assert few is not None
    assert many is not None
    assert many < few
    assert noise.floor > many
    assert limits_said(noise, 5, 30) == f"{few:.1%} at 5 pairs and {many:.1%} at 30 pairs"


def test_a_wide_spread_is_low_precision_and_marks_measurements_once() -> None:
    narrow, wide = (noise_of(pairs(spread, 7), LEAST_RESOLUTION_S) for spread in (0.01, 0.4))
    assert narrow.floor < MOST_FLOOR < wide.floor
    found = experiment(1, 0.5).measurement
    assert marked(found, None) == marked(found, narrow) == found
    assert marked(marked(found, wide), wide).flags == (LOW_PRECISION,)


def test_times_within_the_resolution_are_wide_noise_and_no_error() -> None:
    noise = noise_of([Pair(seed=n, candidate_s=-1e-4, baseline_s=1e-5) for n in range(5)], LEAST_RESOLUTION_S)
    assert noise.low_precision


def test_noise_that_was_not_found_by_timing_has_no_detection_limit() -> None:
    stated = Noise(floor=0.005, spread=0.001, low_precision=False)
    assert detection_limit(stated, 7) is None
    assert limits_said(stated, 7, 11) == "not timed"


def test_nothing_timed_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one A/A pair"):
        noise_of([], LEAST_RESOLUTION_S)


def test_the_host_is_timed_against_itself(sandbox: Sandbox) -> None:
    noise = host_noise(sandbox, pairs=3)
    assert len(noise.pairs) == 3
    assert all(pair.candidate_s > 0 for pair in noise.pairs)
    assert 0 < noise.floor < 10
