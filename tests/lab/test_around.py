"""What a command in the bench may have around it, what is recorded while it runs, and what a model's call costs."""


import pytest
from small_bench import Acts, make_plan

from autolab.agents.bench import Around, Bench
from autolab.lab import bench as bench_module
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import AnyRecord, Executed, ModelCall
from autolab.models.prices import cost
from autolab.sandbox.box import Mount, Sandbox

MODEL = "openai/gpt-5"
CALL = ModelCall(model=MODEL, via="agent", status="ok", seconds=1, elapsed=0, input_tokens=1000, cached_tokens=100, output_tokens=50)
LOOKS = 'cat; echo "$COLOUR"; cat /more/file; echo x > /more/file || echo refused; df -m /tmp | tail -1 | tr -s " " | cut -d" " -f2'


@pytest.fixture(scope="module")
def records(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> list[AnyRecord]:
    folder = tmp_path_factory.mktemp("around")
    (folder / "more").mkdir()
    (folder / "more/file").write_text("mounted\n")

    def act(bench: Bench) -> None:
        mount = Mount(folder / "more", "/more", writable=True)
        bench.exec(("/bin/sh", "-c", LOOKS), around=Around({"COLOUR": "blue"}, (mount,), tmp_mb=100, stdin=b"told\n"))
        bench.exec(("/bin/sh", "-c", "cp solve.c kept; echo '// one' >> solve.c; sleep 2; cp kept solve.c"))
        bench.model_called(CALL, b"{}")
        bench.model_called(CALL.model_copy(update={"model": "scripted/x"}), b"{}")

    agent = Acts(act)
    agent.models = (MODEL, "scripted/x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench_module, "SNAPSHOT_S", 0.3)
        run_trial(make_plan(folder, agent), sandbox)
    return [line.record for line in read_ledger(folder / "run/trials/small__acts__1/ledger.jsonl")]


def test_a_command_gets_environment_input_room_and_mounts_that_it_cannot_write(records: list[AnyRecord]) -> None:
    [looked, _] = [record for record in records if isinstance(record, Executed)]
    assert looked.output.splitlines()[:5] == ["told", "blue", "mounted", "refused", "100"]


def test_a_state_that_was_there_only_while_a_command_ran_is_recorded(records: list[AnyRecord]) -> None:
    causes = [record.cause for record in records if record.type == "state"]
    assert causes[:2] == ["start", "timer"]
    assert causes[-1] in {"timer", "exec"}, "and that it went back"
    assert len(causes) == 3


def test_a_call_costs_what_the_trial_s_frozen_prices_say_and_nothing_is_known_of_others(records: list[AnyRecord]) -> None:
    started = records[0]
    assert started.type == "trial_started"
    assert (started.model, list(started.prices)) == (f"{MODEL}, scripted/x", [MODEL])
    priced, other = [record for record in records if isinstance(record, ModelCall)]
    assert priced.usd == cost(started.prices, CALL) is not None
    assert other.usd is None
