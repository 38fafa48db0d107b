"""Trials side by side: an agent that floods, forks, sleeps and never comes back is ended, and hurts no other trial."""

import os
from pathlib import Path

import pytest
from small_tasks import make_quick_task

from autolab.agents.registry import load_agent
from autolab.lab.budget import Budget
from autolab.lab.feedback import TRUE
from autolab.lab.pulse import FILE
from autolab.lab.trial import TrialPlan
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import AnyRecord
from autolab.runs import watch
from autolab.runs.engine import works_of
from autolab.runs.jobs import run_in_processes
from autolab.runs.manifest import entry_of
from autolab.runs.plan import RunPlan
from autolab.runs.store import read_trial
from autolab.task.load import load_task

BAD = """
import os, time

class Bad:
    name = "bad"
    def run(self, bench):
        bench.exec(("/bin/sh", "-c", "cat /dev/zero"), 60.0)
        bench.exec(("/bin/sh", "-c", "f() { f | f & wait; }; f; sleep 60"), 60.0)
        for _ in range(2):
            bench.measure("nothing")
        if os.fork() == 0:
            time.sleep(3600)
        while True:
            try:
                time.sleep(3600)
            except Exception:
                pass
"""


def test_a_trial_beside_one_that_floods_forks_and_hangs_ends_well_and_so_does_the_other(
    sandbox: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "GRACE_S", 15.0)  # the other, on a busy machine, comes back within that
    (tmp_path / "mine.py").write_text(BAD)
    task = load_task(make_quick_task(tmp_path / "small"))
    plan = RunPlan((task,), (f"{tmp_path}/mine.py:Bad", "climb"), attempts=1, wall_s=900, experiments=2, seed=1)
    told: list[tuple[str, AnyRecord]] = []
    held, free = os.pipe()
    try:
        run_in_processes(works_of([entry_of(plan)], tmp_path / "run"), 2, lambda name, record: told.append((name, record)), held)
    finally:
        os.close(held)
        os.close(free)
    for agent in ("bad", "climb"):
        name = f"small__{agent}__1"
        trial = read_trial(tmp_path / "run/trials" / name)
        assert trial.problem is None
        assert trial.state.ended is not None
        assert [each.measurement.verdict for each in trial.state.experiments][:1] == ["ok"]
        assert len(trial.state.experiments) == 2
        assert [record for who, record in told if who == name] == [line.record for line in read_ledger(trial.folder / "ledger.jsonl")]
        assert trial.state.closed is not None
        assert trial.state.closed.reason == "experiments"
        assert ("did not come back" in trial.state.closed.detail) == (agent == "bad")
        assert trial.state.resumed == 0
        assert not (trial.folder / "bench").exists()
        assert not (trial.folder / FILE).exists()


@pytest.mark.parametrize(
    ("pulses", "overdue"),
    [
        ([], False),  # nothing has begun, or it is graded
        (["5.000", *["5.000 over"] * 4], True),
        (["5.000", "5.000 over", "6.000", "6.000 over"], False),  # it came back, and may again
        (["50.000"] * 4, False),  # code that lets no thread run, within its budget
        (["80.000"] * 5, True),  # the same, beyond it
        ([f"{200 + second}.000" for second in range(5)], False),  # a measure that is brought to its end
    ],
)
def test_an_agent_is_overdue_once_its_budget_has_ended_and_it_gave_no_sign_for_the_grace(
    pulses: list[str], overdue: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(watch.time, "monotonic", lambda: now)
    monkeypatch.setattr(watch, "GRACE_S", 25.0)
    task = load_task(make_quick_task(tmp_path / "small"))
    trial = TrialPlan(task, load_agent("nop"), Budget(wall_s=90), tmp_path, "run", 1, 1, 1, TRUE)
    watching = watch.Watch(trial)
    found = [watching.overdue()]
    for text in pulses:
        (tmp_path / FILE).write_text(text)
        found.append(watching.overdue())
        now += 10.0
    assert (found[-1], any(found[:-1])) == (overdue, False)
