"""The slow suite of agents, run by scripts/agents: real coding agents, and a real small model, each in a trial of its own.

Everything is real but the expensive model: programs from npm and PyPI, box, gateway, judge; a language model on loopback.
Choose with -k NAME.
"""

import contextlib
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from shell_script import ShellScript
from small_bench import make_plan
from small_tasks import BASELINE_C, REFERENCE_C

from autolab.agents.coding.install import default_folder, install, installed
from autolab.agents.coding.programs import PROGRAMS
from autolab.agents.registry import load_agent
from autolab.lab.budget import Budget
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.replay import TrialState
from autolab.models.contract import ADD, ModelContract
from autolab.models.model import Message, Model, Request
from autolab.models.providers import access, make_model
from autolab.models.scripted import ScriptedModel
from autolab.sandbox.box import Sandbox

FOLDER = default_folder()  # of the user, looked up before tests get a cache of their own
WRITE = f"cat > /app/solve.c <<'END'\n{REFERENCE_C}END\n"
MEASURE = "cd /app && lab measure -m 'a running sum' --expect 90"
SUBMIT = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"  # how mini-swe-agent is told to end; words to all others
AIDER_EDIT = f"solve.c\n```c\n<<<<<<< SEARCH\n{BASELINE_C}=======\n{REFERENCE_C}>>>>>>> REPLACE\n```\n"


def worked(folder: Path, name: str, model: Model, sandbox: Sandbox, tokens: int | None = None) -> TrialState:
    """The trial of a coding agent with this model behind its gateway; the agent is installed if it is not."""
    if installed(PROGRAMS[name], FOLDER) is None:
        install(PROGRAMS[name], folder=FOLDER)
    script = folder / "script.json"
    script.write_text("[]")
    agent = load_agent(f"{name}@scripted/{script}")
    agent._source, agent.folder = model, FOLDER
    return run_trial(replace(make_plan(folder, agent), budget=Budget(wall_s=240, tokens=tokens)), sandbox)


def model_for(name: str) -> Model:
    return ScriptedModel([AIDER_EDIT, "Done.", "Done."]) if name == "aider" else ShellScript([WRITE, MEASURE, SUBMIT])


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_coding_agent_edits_measures_and_is_graded(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    state = worked(tmp_path, name, model_for(name), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, state.closed.detail) == ("finished", "")
    assert [each.measurement.verdict for each in state.experiments] == ["ok"]
    assert state.grade is not None
    assert state.grade.reward == 1.0
    records = [line.record for line in read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl")]
    calls = [record for record in records if record.type == "model_call"]
    assert {(call.via, call.status) for call in calls} == {("gateway", "ok")}
    assert all(call.input_tokens and call.output_tokens for call in calls)


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "aider"])  # it asks once and ends before so much is spent
def test_a_budget_of_tokens_ends_a_coding_agent(name: str, tmp_path: Path, sandbox: Sandbox) -> None:
    endless = ShellScript(["echo on and on"] * 500)
    state = worked(tmp_path, name, endless, sandbox, tokens=10_000)
    assert state.closed is not None
    assert state.closed.reason == "tokens"
    calls = [line.record for line in read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl") if line.record.type == "model_call"]
    spent = [(call.input_tokens or 0) + (call.output_tokens or 0) for call in calls]
    assert sum(spent) >= 10_000 > sum(spent[:-1])


@pytest.fixture(scope="module")
def local() -> Iterator[Model]:
    """SmolLM2 with 135 million parameters, from the package that carries it, served by llama.cpp on loopback."""
    from autolab.models.local import serve

    with contextlib.ExitStack() as stack:
        url = stack.enter_context(serve())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("LLAMACPP_BASE_URL", url)
        yield make_model(access("llamacpp", "smollm2"))


class TestLocalModel(ModelContract):
    """The contract over llama.cpp's own server: a wire that nobody here wrote."""

    @pytest.fixture(autouse=True)
    def _asks(self, local: Model) -> None:
        type(self).make_model = lambda: local


def test_a_local_model_streams_text_and_counts(local: Model) -> None:
    reply = local.ask(Request((Message("user", "Say hello."),), max_output_tokens=40, temperature=0.0))
    assert reply.text.strip()
    assert reply.usage.input_tokens is not None
    assert reply.usage.output_tokens is not None
    assert 0 < reply.usage.output_tokens <= 40
    assert reply.response.startswith(b"data: ")


def test_a_local_model_s_answer_stops_at_its_limit(local: Model) -> None:
    reply = local.ask(Request((Message("user", "Count from one to a hundred."),), max_output_tokens=5, temperature=0.0))
    assert reply.stop == "length"


def test_a_local_model_takes_tools(local: Model) -> None:
    reply = local.ask(Request((Message("user", "Add 1 and 2 with the tool."),), (ADD,), max_output_tokens=60, temperature=0.0))
    assert reply.text or reply.tool_calls


ASKS = """
import json, os, subprocess, urllib.request
body = {"model": "m", "max_tokens": 30, "messages": [{"role": "user", "content": "Name a way to make a loop faster."}]}
headers = {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"}
for stream in (False, True):
    asked = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json.dumps({**body, "stream": stream}).encode(), headers)
    answer = urllib.request.urlopen(asked).read()
said = [json.loads(line[6:]) for line in answer.splitlines() if line.startswith(b"data: {")]
text = "".join(each["choices"][0]["delta"].get("content") or "" for each in said if each["choices"])
with open("/app/solve.c", "a") as file:
    file.write("/* " + text.replace("*/", "") + " */\\n")
subprocess.run(["lab", "measure", "-m", text[:200] or "nothing was said"], check=True)
"""


def test_a_program_asks_a_local_model_through_the_gateway(local: Model, tmp_path: Path, sandbox: Sandbox) -> None:
    """What it says is of no use; it comes from llama.cpp's own server, whole and streamed, and is counted."""
    model = local.name
    agent = load_agent(f"command:/usr/bin/python3 -c {shlex.quote(ASKS)}@{model}")
    agent.name = "asks"
    state = run_trial(make_plan(tmp_path, agent), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, state.closed.detail) == ("finished", "")
    assert [each.measurement.verdict for each in state.experiments] == ["ok"]
    calls = [line.record for line in read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl") if line.record.type == "model_call"]
    assert [(call.model, call.via, call.status, call.usd) for call in calls] == [(model, "gateway", "ok", None)] * 2
    assert all(call.text and call.input_tokens and call.output_tokens for call in calls)
    assert state.experiments[0].hypothesis == calls[1].text[:200].strip()
