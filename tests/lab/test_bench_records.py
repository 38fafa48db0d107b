"""What of an agent's work is written down: commands, calls of models, lineage, and its own memory."""

from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import REFERENCE_C

from autolab.agents.bench import Bench
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Executed, ModelCall, Origin
from autolab.sandbox.box import Sandbox

CALL = ModelCall(model="any/model", via="agent", status="ok", seconds=0.5, elapsed=0.0, input_tokens=7, output_tokens=3)


@pytest.fixture(scope="module")
def folder(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trial whose agent did one of everything."""

    def act(bench: Bench) -> None:
        assert bench.saved() is None
        bench.exec(("/bin/sh", "-c", "lab measure -m inside; echo done; exit 3"))
        bench.write("solve.c", REFERENCE_C.encode())
        bench.measure("faster", 2.0, Origin(parents=(1,), operator="rewrite"))
        bench.model_called(CALL, b'{"raw": 1}')
        bench.save(b"step 1")
        bench.save(b"step 2")
        assert bench.saved() == b"step 2"
        assert [past.expected for past in bench.history()] == [None, 2.0]
        assert bench.history()[1].origin == Origin(parents=(1,), operator="rewrite")
        assert bench.profile() == bench.profile(2) != ()
        assert "+" in bench.diff(2)

    folder = tmp_path_factory.mktemp("records")
    state = run_trial(make_plan(folder, Acts(act)), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, state.closed.detail) == ("finished", "")
    return folder / "run/trials/small__acts__1"


def test_a_command_is_written_down_without_the_time_of_measures_that_it_asked_for(folder: Path) -> None:
    records = [line.record for line in read_ledger(folder / "ledger.jsonl")]
    [command] = [record for record in records if isinstance(record, Executed)]
    [inside, _] = [record for record in records if record.type == "experiment"]
    assert (command.argv[0], command.exit_code) == ("/bin/sh", 3)
    assert command.output.endswith("done\n")
    assert inside.seconds + command.seconds < command.elapsed


def test_a_model_s_call_has_its_raw_exchange_in_a_file(folder: Path) -> None:
    [call] = [line.record for line in read_ledger(folder / "ledger.jsonl") if isinstance(line.record, ModelCall)]
    assert call.exchange == "exchanges/000001.json"
    assert (folder / call.exchange).read_bytes() == b'{"raw": 1}'


def test_an_experiment_says_what_was_spent_when_it_ended(folder: Path) -> None:
    first, second = (line.record for line in read_ledger(folder / "ledger.jsonl") if line.record.type == "experiment")
    assert (first.spent["experiments"], second.spent["experiments"]) == (1, 2)
    assert 0 < first.spent["cpu_s"] < second.spent["cpu_s"]
    assert second.spent["wall_s"] == second.elapsed
