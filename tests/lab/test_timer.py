"""The timer looks at the editable files while a command runs, beside its measures, a frozen box and a full disk."""

import threading
from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import LINE_TXT, REFERENCE_C, make_points_task, make_quick_task

from autolab.agents.bench import Bench
from autolab.errors import LedgerError
from autolab.lab import bench as bench_module
from autolab.lab.journal import Journal
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import AnyRecord, Experiment, State
from autolab.sandbox.box import Sandbox

BUSY = 'for i in 1 2 3 4 5 6 7 8 9; do sed -i "1s/.*/$i/" table.txt; sleep 0.03; done'
MEASURES = f"({BUSY}) & lab measure -m one; lab measure -m two; lab restore 1; wait; lab measure -m three"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_module, "SNAPSHOT_S", 0.01)


def records(tmp_path: Path) -> list[AnyRecord]:
    return [line.record for line in read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl")]


def test_states_and_experiments_stay_in_step_while_the_timer_and_the_lab_command_look_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    make_points_task(tmp_path / "task")
    state = run_trial(make_plan(tmp_path, Acts(lambda bench: bench.exec(("sh", "-c", MEASURES)))), sandbox)
    assert [each.hypothesis for each in state.experiments] == ["one", "two", "three"]
    assert any(each.cause == "timer" for each in state.states)
    last: State | None = None
    for record in records(tmp_path):
        if isinstance(record, State):
            assert record.cause == "restore" or last is None or record.commit != last.commit
            last = record
        elif isinstance(record, Experiment):
            assert last is not None
            assert (record.commit, record.tree) == (last.commit, last.tree), "an experiment is of the state before it"


def test_a_box_that_is_frozen_while_the_timer_ticks_goes_on(sandbox: Sandbox, tmp_path: Path) -> None:
    make_quick_task(tmp_path / "task")

    def act(bench: Bench) -> None:
        bench.write("solve.c", REFERENCE_C.encode())
        done = bench.exec(("sh", "-c", "lab measure -m 'a running sum' > said; echo '/* after */' >> solve.c; cat said"))
        assert b"best" in done.stdout

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert state.experiments[0].measurement.confirmed, "it was timed, and the command stopped meanwhile"
    assert state.states[-1].cause in {"timer", "exec"}


def test_a_look_that_cannot_be_written_down_is_made_again(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_points_task(tmp_path / "task")
    append, failures = Journal.append, list[str]()

    def failing(journal: Journal, record: AnyRecord) -> None:
        if isinstance(record, State) and record.cause == "timer" and threading.current_thread().name == "snapshots":
            failures.append(record.tree)
            raise LedgerError("no room")
        append(journal, record)

    monkeypatch.setattr(Journal, "append", failing)
    command = ("sh", "-c", f"printf '{LINE_TXT}' > table.txt; sleep 0.3")
    state = run_trial(make_plan(tmp_path, Acts(lambda bench: bench.exec(command))), sandbox)
    assert len(failures) > 1, "it is tried at every look"
    assert [each.cause for each in state.states] == ["start", "exec"]
    assert state.states[-1].tree == failures[0]
