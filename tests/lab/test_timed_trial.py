"""A trial on a timed task: it knows its noise before the first experiment, and keeps to it."""

from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import REFERENCE_C, make_timed_task

from autolab.agents.bench import Bench
from autolab.errors import AutolabError
from autolab.judge.judge import Judge
from autolab.lab.budget import Budget
from autolab.lab.by_hand import Opening, close_by_hand, open_by_hand, working
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Noise, TrialStarted
from autolab.ledger.replay import replay
from autolab.measure.noise import LOW_PRECISION
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task


def timed_plan(folder: Path, act) -> TrialPlan:
    make_timed_task(folder / "task")
    return make_plan(folder, Acts(act))


def test_noise_is_measured_first_and_chance_makes_no_new_best(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        bench.measure("the starting program")
        bench.write("solve.c", bench.read("solve.c") + b"/* nothing */\n")
        bench.measure("the same program")
        bench.write("solve.c", REFERENCE_C.encode())
        bench.measure("a running sum")

    plan = timed_plan(tmp_path, act)
    state = run_trial(plan, sandbox)
    noise = state.started.noise if state.started else None
    assert noise is not None
    assert len(noise.pairs) == 3
    assert state.elapsed < 300
    metrics = [each.measurement.metric or 0.0 for each in state.experiments]
    assert metrics[2] > 3
    best = metrics[0]
    for each, metric in zip(state.experiments[1:], metrics[1:], strict=True):
        assert each.best == (metric / best > 1 + noise.floor)
        best = metric if each.best else best
    assert state.best is not None
    assert state.best.number == 3
    again = replay(read_ledger(plan.folder / "ledger.jsonl")).best
    assert again is not None
    assert again.number == state.best.number
    marks = {LOW_PRECISION in each.measurement.flags for each in state.experiments}
    assert marks == {noise.low_precision}


def test_a_noisy_host_marks_measurements_and_the_grade(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noisy = Noise(floor=0.5, spread=0.4, low_precision=True)
    monkeypatch.setattr(Judge, "noise", lambda self: noisy)  # a host that cannot be had on demand
    state = run_trial(timed_plan(tmp_path, lambda bench: bench.measure("as it is")), sandbox)
    assert state.grade is not None
    assert LOW_PRECISION in state.experiments[0].measurement.flags
    assert LOW_PRECISION in state.grade.measurement.flags


def test_a_trial_by_hand_knows_its_noise_too(sandbox: Sandbox, tmp_path: Path) -> None:
    task = load_task(make_timed_task(tmp_path / "task"))
    folder = open_by_hand(tmp_path / "run", Opening(task, Budget(300), 1), sandbox)
    first = read_ledger(folder / "ledger.jsonl")[0].record
    assert isinstance(first, TrialStarted)
    assert first.noise is not None
    with working(folder, sandbox) as bench:
        bench.measure("as it is")
    state = close_by_hand(folder, sandbox)
    assert state.started == first
    assert state.grade is not None


def test_a_starting_program_that_answers_wrongly_begins_no_trial(sandbox: Sandbox, tmp_path: Path) -> None:
    make_timed_task(tmp_path / "task", {"environment/app/solve.c": REFERENCE_C.replace("sum += in[i]", "sum += 1")})
    with pytest.raises(AutolabError, match=r"small: its starting program was not timed against itself: .* wrong"):
        run_trial(make_plan(tmp_path, Acts(lambda bench: None)), sandbox)


def test_a_counted_task_has_no_noise(sandbox: Sandbox, tmp_path: Path) -> None:
    state = run_trial(make_plan(tmp_path, Acts(lambda bench: None)), sandbox)
    assert state.started is not None
    assert state.started.noise is None
