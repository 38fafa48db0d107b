"""Hill climbing on benches in memory."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from autolab.agents.bench import BudgetSpent, Outcome
from autolab.agents.fake import Entry, FakeBench, FakeTask, Judge, fake_task, size
from autolab.agents.nop import Nop
from autolab.agents.oracle import Oracle
from autolab.agents.search.climb import Climb
from autolab.agents.search.driver import gain
from autolab.agents.search.strategy import Result
from autolab.ledger.records import Verdict

SOURCE = b"""\
#include <math.h>

static double scale(const double *row, int n) {
    double total = 0.0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            total += row[i * n + j] / 3.0;
        }
    }
    return sqrt(total);
}
"""
LINES = b"".join(b"%d %d\n" % (i, i + 1) for i in range(20))


def climbed(judge: Judge, start: Mapping[str, bytes], seed: int = 1, experiments: int = 25) -> FakeBench:
    bench = FakeBench(judge, seed=seed, experiments=experiments, task=fake_task(start))
    go_on(bench)
    return bench


def lowest(bench: FakeBench) -> float:
    return min(entry.outcome.metric for entry in bench.entries if entry.outcome.metric is not None)


def go_on(bench: FakeBench) -> None:
    try:
        Climb().run(bench)
    except BudgetSpent:
        return


def rugged(files: Mapping[str, bytes]) -> float | Verdict:
    """Some mutants build, some are wrong, the rest are anything: a metric that depends on every byte."""
    state = sum((at + 1) * byte for content in files.values() for at, byte in enumerate(content)) % 97
    return "build_failed" if state < 15 else "wrong_output" if state < 30 else 1.0 + state


def states(history: list[Entry]) -> list[tuple[tuple[str, bytes], ...]]:
    return [tuple(sorted(entry.files.items())) for entry in history]


@pytest.mark.parametrize("seed", range(5))
def test_each_step_changes_the_best_so_far_in_one_file(seed: int) -> None:
    history = climbed(rugged, {"solve.c": SOURCE, "table.txt": LINES}, seed).entries
    best = history[0].files
    for entry in history[1:]:
        changed = [path for path in best if entry.files[path] != best[path]]
        assert len(changed) == 1, "a discarded mutant is taken back"
        if entry.outcome.best:
            best = entry.files


@pytest.mark.parametrize("seed", range(5))
def test_keeps_improvements_only(seed: int) -> None:
    bench = climbed(rugged, {"solve.c": SOURCE}, seed, experiments=40)
    kept = [entry.outcome.metric for entry in bench.entries if entry.outcome.best]
    assert kept == sorted(kept, reverse=True)
    assert len(kept) > 1
    assert kept[-1] == lowest(bench)


@pytest.mark.parametrize("start", [{"solve.c": SOURCE}, {"table.txt": LINES}, {"a.py": b"x = 1 + 2\n", "b.c": SOURCE}])
def test_never_tries_a_state_again(start: Mapping[str, bytes]) -> None:
    for judge in (rugged, lambda _files: 5.0):
        tried = states(climbed(judge, start, experiments=60).entries)
        assert len(set(tried)) == len(tried)


def test_the_same_seed_makes_the_same_proposals_and_another_does_not() -> None:
    first, again, other = (climbed(rugged, {"solve.c": SOURCE}, seed).entries for seed in (3, 3, 4))
    assert [entry.hypothesis for entry in first] == [entry.hypothesis for entry in again]
    assert states(first) == states(again)
    assert states(first) != states(other)


@pytest.mark.parametrize("experiments", [0, 1, 2, 7])
def test_stops_with_its_budget(experiments: int) -> None:
    bench = climbed(rugged, {"solve.c": SOURCE}, experiments=experiments)
    assert len(bench.entries) == experiments
    assert bench.calls_after_end == 0


def test_ends_by_itself_when_everything_near_is_tried() -> None:
    bench = climbed(lambda _files: 1.0, {"table.txt": b"7"}, experiments=1000)
    assert 1 < len(bench.entries) < 100


def test_nothing_to_edit_is_no_error() -> None:
    assert len(climbed(rugged, {"empty.txt": b""}).entries) == 1


def test_climbs_a_text_task_by_its_lines() -> None:
    bench = climbed(lambda files: 1.0 + len(files["table.txt"].splitlines()), {"table.txt": LINES}, experiments=60)
    assert lowest(bench) < 10.0
    assert all("line" in entry.hypothesis for entry in bench.entries[1:])


def test_finds_compiler_options_in_c() -> None:
    """A judge that rewards what a compiler's optimiser usually gives, for every one of twenty seeds."""
    for seed in range(20):
        bench = climbed(lambda f: 5.0 if b'"Ofast"' in f["solve.c"] else 10.0, {"solve.c": SOURCE}, seed, 20)
        assert lowest(bench) == 5.0, seed


def figure(metric: float | None, fitness: float | None = None) -> Result:
    return Result(1, "ok", fitness if metric is None or fitness is not None else -metric, metric)


@pytest.mark.parametrize(
    ("old", "new", "worth"),
    [
        (figure(100.0), figure(50.0), 1.0),
        (figure(100.0), figure(99.0), 1.0),
        (figure(100.0), figure(99.5), 0.5),
        (figure(100.0), figure(100.0), 0.0),
        (figure(100.0), figure(101.0), 0.0),
        (figure(100.0, 0.4), figure(101.0, 0.5), 1.0),  # cases differ between measures: the score decides
        (figure(None), figure(5.0), 1.0),
        (None, figure(5.0), 1.0),
        (figure(0.0), figure(-1.0), 1.0),
        (figure(5.0), figure(None), 0.0),
    ],
)
def test_a_gain_of_one_per_cent_is_a_full_one(old: Result | None, new: Result, worth: float) -> None:
    assert math.isclose(gain(new, old), worth)


def test_goes_where_higher_is_better() -> None:
    """The fake task with its anchors the other way round: more bytes are better."""
    task = fake_task({"table.txt": LINES})
    anchors = {"direction": "higher", "baseline": task.optimization.reference, "reference": task.optimization.baseline}
    optimization = task.optimization.model_copy(update=anchors)
    task = replace(task, spec=task.spec.model_copy(update={"optimization": optimization}))
    bench = FakeBench(size, task=task, experiments=40)
    go_on(bench)
    sizes = [entry.outcome.metric for entry in bench.entries]
    parents = {entry.origin.parents[0] for entry in bench.entries[1:]}
    assert max(sizes) > sizes[0]
    assert {sizes[number - 1] for number in parents} <= {s for at, s in enumerate(sizes) if s == max(sizes[: at + 1])}


def failing_at(numbers: set[int], judge: Judge) -> Judge:
    """The lab fails at these measures."""
    calls = 0

    def judged(files: Mapping[str, bytes]) -> float | Verdict:
        nonlocal calls
        calls += 1
        return "lab_error" if calls in numbers else judge(files)

    return judged


def test_a_lab_error_is_no_gain_and_no_end() -> None:
    bench = climbed(failing_at({3, 5, 6}, rugged), {"solve.c": SOURCE}, experiments=20)
    assert len(bench.entries) == 20
    assert any(entry.outcome.best for entry in bench.entries[7:])


def test_measures_the_start_again_after_a_lab_error() -> None:
    bench = climbed(failing_at({1, 2}, rugged), {"solve.c": SOURCE}, experiments=20)
    assert [entry.files["solve.c"] == SOURCE for entry in bench.entries[:4]] == [True, True, True, False]


def test_a_start_that_fails_is_climbed_all_the_same() -> None:
    def judge(files: Mapping[str, bytes]) -> float | Verdict:
        return 5.0 if b"#pragma" in files["solve.c"] else "wrong_output"

    assert lowest(climbed(judge, {"solve.c": SOURCE})) == 5.0


def test_a_continued_trial_goes_on_from_its_best() -> None:
    bench = climbed(rugged, {"solve.c": SOURCE}, experiments=15)
    best = next(entry.files for entry in reversed(bench.entries) if entry.outcome.best)
    bench.extend(5)
    bench.write("solve.c", b"int broken;\n")  # whatever a break left behind
    go_on(bench)
    assert len(bench.entries) == 20
    first = bench.entries[15]
    assert first.files != best
    assert first.hypothesis != bench.entries[1].hypothesis or first.files != bench.entries[1].files
    assert b"broken" not in first.files["solve.c"]


def test_nop_measures_the_start_and_writes_nothing() -> None:
    bench = FakeBench()
    for _ in range(2):  # the second time as a continued trial
        Nop().run(bench)
    assert [entry.files for entry in bench.entries] == [bench.task.baseline_files]
    assert not bench.written


def test_oracle_submits_the_reference() -> None:
    bench = FakeBench()
    Oracle().run(bench)
    assert [entry.files for entry in bench.entries] == [bench.task.reference_files]
    assert bench.submitted == 1


def task_of(judge: Callable[[Mapping[str, bytes]], float]) -> tuple[FakeTask, Outcome]:
    bench = FakeBench(judge)
    return fake_task(), bench.measure("as it is")


def test_the_fake_bench_says_what_a_bench_says() -> None:
    task, outcome = task_of(lambda _files: 3.0)
    assert (outcome.number, outcome.verdict, outcome.metric, outcome.best) == (1, "ok", 3.0, True)
    assert outcome.unit == task.unit
    assert outcome.score is None
