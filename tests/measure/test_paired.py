"""Paired timing: the statistics on synthetic samples, the order and the inputs with real boxes."""

import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_programs import LOOP, Build

from autolab.measure.core import own_core
from autolab.measure.paired import EMPTY_RUNS, LEAST_RESOLUTION_S, Case, Times, compare, resolution_of, time_pairs
from autolab.measure.program import Program, ProgramFailed
from autolab.sandbox.box import BoxResult, BoxSpec, InForce, Sandbox, Session

few = st.lists(st.floats(0.05, 0.5), min_size=3, max_size=9)


def drawn(random: np.random.Generator, ratio: float, pairs: int = 11, spread: float = 0.03) -> Times:
    """Times of a candidate that is `ratio` times as fast, 5 ms of every time being the box's own."""
    neighbour = random.lognormal(0, spread, pairs)  # what slows both runs of a pair
    own = random.lognormal(0, spread, (2, pairs))
    return Times(
        candidate=tuple(0.005 + 0.1 / ratio * neighbour * own[0]),
        baseline=tuple(0.005 + 0.1 * neighbour * own[1]),
        empty=tuple(0.005 + random.normal(0, 0.0002, EMPTY_RUNS)),
    )


def test_the_empty_candidates_time_is_taken_off_both() -> None:
    times = Times(candidate=(0.03, 0.03, 0.03), baseline=(0.05, 0.05, 0.05), empty=(0.01, 0.01))
    paired, resolution, at_least = compare(times, [7, 8, 9], "cpu")
    assert paired.speedup == pytest.approx(2.0)
    assert (paired.low, paired.high) == (pytest.approx(2.0), pytest.approx(2.0))
    assert paired.empty_s == 0.01
    assert [pair.seed for pair in paired.pairs] == [7, 8, 9]
    assert paired.pairs[0].candidate_s == pytest.approx(0.02)
    assert (resolution, at_least) == (LEAST_RESOLUTION_S, False)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.1, 4.0])
def test_the_interval_covers_the_true_ratio_about_19_times_in_20(ratio: float) -> None:
    random = np.random.default_rng(20)
    found = [compare(drawn(random, ratio), range(11), "cpu", seed)[0] for seed in range(60)]
    covered = sum(paired.low <= ratio <= paired.high for paired in found)
    assert covered >= 51  # a percentile bootstrap of 11 medians is a little too narrow or too wide, never far off
    assert statistics.median(paired.speedup for paired in found) == pytest.approx(ratio, rel=0.03)


@settings(max_examples=25, deadline=None)
@given(few, few, st.lists(st.floats(0.001, 0.004), min_size=1, max_size=5), st.integers(0, 9))
def test_the_interval_holds_the_speedup_and_follows_from_samples_and_seed(
    candidate: list[float], baseline: list[float], empty: list[float], seed: int
) -> None:
    pairs = min(len(candidate), len(baseline))
    times = Times(tuple(candidate[:pairs]), tuple(baseline[:pairs]), tuple(empty))
    paired, _, _ = compare(times, range(pairs), "wall", seed)
    assert 0 < paired.low <= paired.speedup <= paired.high
    assert compare(times, range(pairs), "wall", seed)[0] == paired
    doubled = Times(*(tuple(2 * second for second in each) for each in (times.candidate, times.baseline, times.empty)))
    assert compare(doubled, range(pairs), "wall", seed)[0].speedup == pytest.approx(paired.speedup)


def test_a_candidate_as_quick_as_the_empty_one_gets_a_lower_bound_and_no_infinity() -> None:
    times = Times(candidate=(0.0101, 0.0099, 0.01), baseline=(0.11, 0.11, 0.11), empty=(0.01, 0.0101, 0.0099))
    paired, resolution, at_least = compare(times, [1, 2, 3], "cpu")
    assert at_least
    assert paired.speedup == pytest.approx(0.1 / resolution)
    assert paired.speedup < paired.high < float("inf")


def test_resolution_is_how_far_empty_runs_lie_apart_and_never_nothing() -> None:
    assert resolution_of((0.01,)) == resolution_of((0.01, 0.01)) == LEAST_RESOLUTION_S
    assert resolution_of((0.010, 0.012, 0.014)) == pytest.approx((0.002 + 0.004 + 0.002) / 3)


def test_nothing_timed_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        compare(Times((), (), ()), [], "cpu")


class Watched:
    """The real sandbox, and a list of what it was asked to run."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.specs: list[BoxSpec] = []
        self.inputs: list[bytes] = []

    def run(self, spec: BoxSpec) -> BoxResult:
        self.specs.append(spec)
        self.inputs.append((spec.mounts[1].source / "input").read_bytes())
        return self.sandbox.run(spec)

    def open(self, spec: BoxSpec) -> Session:
        return self.sandbox.open(spec)

    def in_force(self) -> InForce:
        return self.sandbox.in_force()

    def make_folder(self, parent: Path, name: str) -> Path:
        return self.sandbox.make_folder(parent, name)

    def remove_folder(self, folder: Path) -> None:
        self.sandbox.remove_folder(folder)


def test_pairs_go_abba_on_one_core_and_each_has_a_fresh_input(
    sandbox: Sandbox, loop: Program, build: Build, tmp_path: Path
) -> None:
    watched = Watched(sandbox)
    names = {loop.folder: "A"}
    baseline, empty = (replace(loop, folder=build(f"/* {name} */ " + LOOP).folder) for name in "BE")
    names |= {baseline.folder: "B", empty.folder: "E"}
    ran_before: list[int] = []

    def cases() -> Iterator[Case]:
        for seed in range(6):
            ran_before.append(len(watched.specs))
            yield Case(seed, b"%d" % seed)

    timing = time_pairs(watched, loop, baseline, empty, cases(), tmp_path, core=0)
    order = "".join(names[spec.mounts[0].source] for spec in watched.specs)
    assert order == "ABE" "BAE" "ABE" "BAE" "ABE" "BA"
    assert {spec.cpu for spec in watched.specs} == {0}
    assert ran_before == [0, 3, 6, 9, 12, 15]  # an input is drawn when its turn has come
    assert watched.inputs == [b"%d" % seed for seed in (0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5)]
    assert [pair.seed for pair in timing.paired.pairs] == [0, 1, 2, 3, 4, 5]
    assert all(item.candidate.output == item.baseline.output != b"" for item in timing.outputs)
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_does_half_the_work_is_found_faster(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    twice, once, none = (build(LOOP.replace("hot(n) +", f"hot({times} * n) +")) for times in (2, 1, 0))
    cases = [Case(seed, b"%d" % (30_000_000 + seed)) for seed in range(5)]
    with own_core() as core:
        timing = time_pairs(sandbox, once, twice, none, cases, tmp_path, core=core)
    assert timing.paired.speedup > 1.2
    assert timing.paired.clock == "cpu"
    assert not timing.at_least


def test_a_failure_says_which_program_and_which_case(
    sandbox: Sandbox, loop: Program, build: Build, tmp_path: Path
) -> None:
    broken = build("int main(void) { return 9; }")
    with pytest.raises(ProgramFailed, match="baseline ended with exit code 9") as failed:
        time_pairs(sandbox, loop, broken, loop, [Case(5, b"1")], tmp_path, core=0)
    assert (failed.value.who, failed.value.seed) == ("baseline", 5)
