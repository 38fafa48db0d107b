"""Other programs as agents: in the bench, without the key, through the gateway, within the budget."""

import json
import socket
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from small_bench import make_plan

from autolab.agents.coding import install as installing
from autolab.agents.coding.command import Command
from autolab.agents.coding.programs import PROGRAMS, Program, Started, with_files
from autolab.agents.coding.prompt import prompt
from autolab.agents.fake import FakeBench
from autolab.agents.registry import load_agent
from autolab.errors import AgentError, AutolabError
from autolab.lab.budget import Budget
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.models.fake_server import FakeServer
from autolab.models.scripted import ScriptedModel
from autolab.runs.plan import RunPlan, expand
from autolab.sandbox.box import Sandbox

PROBE = Path(__file__).with_name("probe_agent.py")
SECRET = "sk-kept-by-the-lab"
PROBES = ("raw", "packet", "netlink", "vsock", "dns", "dns server", "address", "host's loopback", "abstract socket")


class Probed:
    """A trial of the probe, with a provider that wants the real key, and 10,000 tokens."""

    def __init__(self, folder: Path, sandbox: Sandbox, patch: pytest.MonkeyPatch) -> None:
        name = f"models-{uuid.uuid4().hex}"
        replies = [{"text": "word", "usage": {"input_tokens": 3000, "output_tokens": 1500}}] * 100
        with FakeServer(ScriptedModel(replies), key=SECRET) as server, socket.socket(socket.AF_UNIX) as abstract:
            abstract.bind(f"\0{name}")
            abstract.listen(1)
            patch.setenv("CHAT_BASE_URL", f"{server.url}/v1")
            patch.setenv("CHAT_API_KEY", SECRET)
            port = server.url.rpartition(":")[2]
            agent = load_agent(f"command:{PROBE} {name} {port}@chat/any")
            plan = replace(make_plan(folder, agent), budget=Budget(wall_s=300, tokens=10_000))
            self.state = run_trial(plan, sandbox)
            self.asked = len(server.asked)
        self.records = [line.record for line in read_ledger(plan.folder / "ledger.jsonl")]
        [executed] = [record for record in self.records if record.type == "executed"]
        self.said = [json.loads(line) for line in executed.output.splitlines() if line.startswith("{")]
        self.files = [path for path in plan.folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def probed(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Probed:
    with pytest.MonkeyPatch.context() as patch:
        return Probed(tmp_path_factory.mktemp("probed"), sandbox, patch)


def test_the_key_is_nowhere_in_the_bench_and_nowhere_in_the_records(probed: Probed) -> None:
    assert probed.said[0] == {"uid": 1000, "key": []}
    assert probed.asked > 0, "the provider was asked with the key"
    assert [path for path in probed.files if SECRET.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("name", PROBES)
def test_no_way_leads_out(probed: Probed, name: str) -> None:
    [answer] = [each["answer"] for each in probed.said if each.get("probe") == name]
    assert answer.startswith("refused: ")


def test_a_guessed_token_gets_nothing(probed: Probed) -> None:
    assert {"wrong_token": 401} in probed.said


def test_the_budget_of_tokens_stops_the_agent_at_most_one_answer_later(probed: Probed) -> None:
    calls = [record for record in probed.records if record.type == "model_call"]
    assert [(call.via, call.status, call.usd) for call in calls] == [("gateway", "ok", None)] * 3
    assert sum((call.input_tokens or 0) + (call.output_tokens or 0) for call in calls) == 13_500
    assert probed.asked == 3
    assert probed.state.closed is not None
    assert probed.state.closed.reason == "tokens"


def test_it_works_in_the_bench_and_is_graded(probed: Probed) -> None:
    assert {"measured": 0} in probed.said
    assert [each.hypothesis for each in probed.state.experiments] == ["a comment"]
    assert probed.state.grade is not None
    assert probed.state.grade.measurement.verdict == "ok"
    assert probed.state.started is not None
    assert (probed.state.started.model, probed.state.started.prices) == ("chat/any", {})


def test_a_program_that_fails_is_told_with_its_last_words_and_graded(tmp_path: Path, sandbox: Sandbox) -> None:
    told = 'test "$(cat)" = "$(echo "$1")" && echo "$1" | grep -q "lab measure" && echo was told'
    state = run_trial(make_plan(tmp_path, Command(f"command:/bin/sh -c '{told}; echo lost >&2; exit 7' sh {{prompt}}")), sandbox)
    assert state.closed is not None
    assert state.closed.reason == "crashed"
    assert state.closed.detail.endswith("exit code 7: lost")
    assert state.ended is not None
    [executed] = [line.record for line in read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl") if line.record.type == "executed"]
    assert executed.output == "was told\nlost\n", "the prompt is where the braces are, and on stdin"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("codex", "needs a model"), ("codex@openai/x", "set OPENAI_API_KEY"), ("codex@opnai/x", "unknown provider"),
        ("aider@scripted/x.json?fast=1", "unknown option"), ("command:", "no command"), ("command:'a", "close the quotes"),
    ],
)  # fmt: skip
def test_what_is_no_coding_agent_is_one_line(spec: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(AutolabError, match=words):
        load_agent(spec)


def test_an_at_sign_is_a_model_only_before_a_provider_s_name(tmp_path: Path) -> None:
    script = tmp_path / "s.json"
    script.write_text("[]")
    assert Command("command:mail me@home.org/x --now").models == ()
    assert Command(f"command:run it@scripted/{script}").models == (f"scripted/{script}",)


def test_a_coding_agent_that_is_not_installed_says_how_to(tmp_path: Path) -> None:
    script = tmp_path / "s.json"
    script.write_text("[]")
    for name in PROGRAMS:
        with pytest.raises(AgentError, match=rf"run: autolab agents install {name}"):
            load_agent(f"{name}@scripted/{script}").run(FakeBench())


def test_a_program_in_the_bench_needs_true_feedback(tmp_path: Path) -> None:
    task = make_plan(tmp_path, Command("command:true")).task
    with pytest.raises(AutolabError, match="needs another agent"):
        expand(RunPlan((task,), ("command:true",), 1, None, None, 1, feedback="withheld"), tmp_path)


def test_the_prompt_has_the_instruction_the_files_and_the_budget() -> None:
    bench = FakeBench(experiments=7)
    bench.measure("first")
    text = prompt(bench)
    assert "Make the files small." in text
    assert "solve.c, notes.txt" in text
    assert "Budget left: 7 experiments" not in text
    assert "6 experiments" in text


def test_files_are_written_before_the_program_starts(tmp_path: Path) -> None:
    file = tmp_path / "a/b.json"
    done = subprocess.run(with_files({str(file): "it's\n{}"}, ("/bin/cat", str(file))), capture_output=True, check=True)
    assert done.stdout == b"it's\n{}"


def test_an_installation_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program("small", "pypi", "small", "bin/python", lambda launch: Started((), {}))
    monkeypatch.setattr(installing, "PYTHON", "/bin/false")
    old = tmp_path / "small"
    old.mkdir()
    (old / "kept").write_text("")
    with pytest.raises(AgentError, match=r"small: .* failed with exit code 1"):
        installing.install(program, "9.9.9", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
    assert (old / "kept").exists()


def test_a_long_command_has_a_folder_of_its_own(tmp_path: Path) -> None:
    task = make_plan(tmp_path, Command("command:true")).task
    specs = tuple(f"command:/bin/echo {'word ' * 100}{number}" for number in range(2))
    names = {plan.folder.name for plan in expand(RunPlan((task,), specs, 1, None, None, 1), tmp_path)}
    assert len(names) == 2
    assert all(len(name) < 200 for name in names)
