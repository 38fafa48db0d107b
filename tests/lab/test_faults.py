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


def shell(script: str) -> Callable[[Bench], None]:
    def act(bench: Bench) -> None:
        bench.exec(("/bin/sh", "-c", script), 2.0)

    return act


def cheats(bench: Bench) -> None:
    """Edits what it may not: the driver, the build, and a file outside."""
    bench.exec(("/bin/sh", "-c", "echo 'int main(void) { return 0; }' > main.c; echo 'exit 0' > build.sh; echo x > /usr/x"))
    bench.measure("another driver")


def sleeps(bench: Bench) -> None:
    """Sleeps for longer than its trial may take."""
    bench.exec(("/bin/sleep", "600"))


FAULTS: dict[str, tuple[Callable[[Bench], None], str | None]] = {
    "floods": (shell("cat /dev/zero"), "output"),
    "forks": (shell("f() { f | f & wait; }; f; sleep 60"), "processes"),
    "fills the disk": (shell("head -c 100M /dev/zero > big; head -c 100M /dev/zero > big2; sleep 60"), "disk"),
    "eats memory": (shell("/usr/bin/python3 -c 'x = bytearray(3 << 30); import time; time.sleep(60)'"), "memory"),
    "sleeps": (sleeps, "wall"),
    "cheats": (cheats, None),
}


def trial(folder: Path, sandbox: Sandbox, act: Callable[[Bench], None], wall_s: float) -> tuple[TrialState, list[Executed]]:
    make_quick_task(folder / "task")
    plan = make_plan(folder, Acts(act), wall_s=wall_s)
    state = run_trial(plan, sandbox)
    return state, [line.record for line in read_ledger(plan.folder / "ledger.jsonl") if isinstance(line.record, Executed)]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_line_in_the_ledger(name: str, sandbox: Sandbox, tmp_path: Path) -> None:
    act, limit = FAULTS[name]
    state, commands = trial(tmp_path, sandbox, act, wall_s=4)
    assert state.grade is not None
    assert state.grade.reward == 0
    assert commands[0].limit == limit, commands
    assert len(commands[0].output) <= 2000
    assert all(each.measurement.score in (None, 0) for each in state.experiments)
