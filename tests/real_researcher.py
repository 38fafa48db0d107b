"""The researcher with a real small model on loopback, through the gateway, on three tasks of the suite. Slow: scripts/agents runs it.

A model of 135 million parameters finds nothing. What it shows is the whole way: real requests and replies, metered by the gateway,
parsed into changes, measured as experiments, among them some that are right.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab.agents.registry import load_agent
from autolab.lab.budget import Budget
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import ModelCall
from autolab.models.gateway import Gateway
from autolab.models.local import serve
from autolab.models.providers import Access
from autolab.models.serving import LoopbackServer
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task

MODEL = "llamacpp/smollm2"
WALL_S = 390  # three trials and their grades within 20 minutes


@pytest.fixture(scope="module")
def metered() -> Iterator[list[ModelCall]]:
    """What a gateway records. It answers on loopback, where the provider's variable says that the model is, and passes on to the model."""
    calls: list[ModelCall] = []
    with serve() as url:
        model = Access(MODEL, MODEL.partition("/")[2], "chat", url, "", "no variable")
        with Gateway(model, lambda: None, lambda call, _: calls.append(call)) as gateway, pytest.MonkeyPatch.context() as patch:
            server = LoopbackServer(gateway)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            patch.setenv("LLAMACPP_BASE_URL", f"http://127.0.0.1:{server.port}/v1")
            patch.setenv("LLAMACPP_API_KEY", gateway.token)
            yield calls
            server.shutdown()
            thread.join()
            server.server_close()


@pytest.mark.parametrize("task", ["gaussian_blur", "flash_attention", "stack_machine_golf"])
def test_a_small_model_s_replies_are_parsed_and_measured_and_some_are_right(
    task: str, metered: list[ModelCall], sandbox: Sandbox, tmp_path: Path
) -> None:
    metered.clear()
    plan = TrialPlan(
        task=load_task(task), agent=load_agent(f"researcher@{MODEL}?form=short"), budget=Budget(WALL_S, 12),
        folder=tmp_path / "trial", run="local", attempt=1, seed=1, cases_seed=1,
    )  # fmt: skip
    state = run_trial(plan, sandbox)
    parsed = [each for each in state.experiments if each.origin is not None and each.origin.operator == MODEL]
    assert len(parsed) >= 3, [each.hypothesis for each in state.experiments]
    assert "ok" in {each.measurement.verdict for each in parsed}, [each.hypothesis for each in parsed]
    assert len({each.tree for each in parsed} - {state.experiments[0].tree}) >= 3
    assert state.grade is not None
    calls = [line.record for line in read_ledger(tmp_path / "trial/ledger.jsonl") if isinstance(line.record, ModelCall)]
    assert [_counted(each) for each in calls] == [_counted(each) for each in metered]
    assert {(each.via, each.status) for each in metered} == {("gateway", "ok")}
    assert state.tokens == sum((each.input_tokens or 0) + (each.output_tokens or 0) for each in metered) > 0


def _counted(call: ModelCall) -> tuple[str, str, int | None, int | None]:
    return call.model, call.text, call.input_tokens, call.output_tokens
