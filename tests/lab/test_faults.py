"""Agents that misbehave: each leaves a clear line in its ledger, and its trial is graded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import make_quick_task

from autolab.agents.bench import Bench
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Executed
from autolab.ledger.replay import TrialState
from autolab.sandbox.box import Sandbox

COMMANDS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "floods": ("cat /dev/zero", ("output",)),
    "forks": ("f() { f | f & wait; }; f; sleep 60", ("processes", "wall", "cpu")),  # whichever it comes to first
    "eats memory": ("/usr/bin/python3 -c 'x = bytearray(3 << 30); import time; time.sleep(60)'", ("memory",)),
    "edits what it may not": ("echo 'int main(void) { return 0; }' > main.c; echo 'exit 0' > build.sh; echo x > /usr/x", (None,)),
    "fills the disk": ("head -c 100M /dev/zero > big; head -c 100M /dev/zero > big2; sleep 60", ("disk",)),  # the last: it stays full
}
"""Each with the limits that may end it; None: it ends by itself."""

Told = tuple[TrialState, list[Executed]]


def trial(folder: Path, sandbox: Sandbox, act: Callable[[Bench], None], wall_s: float) -> Told:
    make_quick_task(folder / "task")
    plan = make_plan(folder, Acts(act), wall_s=wall_s)
    state = run_trial(plan, sandbox)
    return state, [line.record for line in read_ledger(plan.folder / "ledger.jsonl") if isinstance(line.record, Executed)]


@pytest.fixture(scope="module")
def misbehaved(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One fault after another, then a measure."""

    def act(bench: Bench) -> None:
        for script, _ in COMMANDS.values():
            bench.exec(("/bin/sh", "-c", script), 30.0)
        bench.measure("another driver")

    return trial(tmp_path_factory.mktemp("faults"), sandbox, act, wall_s=900)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_fault_is_a_line_in_the_ledger(name: str, misbehaved: Told) -> None:
    command = misbehaved[1][[*COMMANDS].index(name)]
    script, limits = COMMANDS[name]
    assert command.argv[-1] == script
    assert command.limit in limits, command
    assert len(command.output) <= 2000


def test_after_all_faults_the_trial_is_graded_on_the_program_as_the_task_drives_it(misbehaved: Told) -> None:
    state, _ = misbehaved
    assert state.closed is not None
    assert (state.closed.reason, state.closed.detail) == ("finished", "")
    assert state.grade is not None
    assert (state.grade.reward, state.grade.measurement.verdict) == (0, "ok")
    assert [each.measurement.score for each in state.experiments] == [0]


def test_an_agent_that_sleeps_is_ended_with_its_wall_budget(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        while True:
            bench.exec(("/bin/sleep", "600"))

    state, [command] = trial(tmp_path, sandbox, act, wall_s=10)
    assert command.limit == "wall"
    assert state.closed is not None
    assert state.closed.reason == "wall"
    assert state.grade is not None
