"""The contract, run on every kind of model; those of providers ask a server on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab.models.contract import ADD, QUESTION, ModelContract
from autolab.models.fake_server import FakeServer
from autolab.models.metered import Metered
from autolab.models.model import Message, Model, Request
from autolab.models.providers import Access, make_model
from autolab.models.recorded import Recording, replay
from autolab.models.scripted import ScriptedModel

CALL = {"text": "I add.", "reasoning": "easy", "tool_calls": [{"name": "add", "arguments": {"a": 1, "b": 2}}]}


def scripted() -> ScriptedModel:
    return ScriptedModel([lambda request: CALL if request.tools else "white"] * 10)


class TestScripted(ModelContract):
    make_model = scripted


class TestMetered(ModelContract):
    make_model = lambda: Metered(scripted(), lambda call, raw: None)  # noqa: E731


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with FakeServer(ScriptedModel([lambda request: CALL if request.tools else "white"] * 100)) as server:
        yield server


class OverHttp(ModelContract):
    wire = ""

    @pytest.fixture(autouse=True)
    def _reach(self, server: FakeServer) -> None:
        url = server.url if self.wire == "anthropic" else f"{server.url}/v1"
        type(self).make_model = lambda: make_model(Access(f"fake/{self.wire}", "m", self.wire, url, "key", "KEY"))


class TestChat(OverHttp):
    wire = "chat"


class TestResponses(OverHttp):
    wire = "responses"


class TestAnthropic(OverHttp):
    wire = "anthropic"


class TestReplay(ModelContract):
    @pytest.fixture(autouse=True)
    def _record(self, tmp_path: Path) -> None:
        file = tmp_path / "recording.jsonl"
        recording: Model = Recording(scripted(), file)
        recording.ask(QUESTION)
        asked = Request((Message("user", "Add 1 and 2 with the tool."),), (ADD,))
        first = recording.ask(asked)
        recording.ask(Request((*asked.messages, first.message, Message("tool", "3", tool_call_id=first.tool_calls[0].id)), (ADD,)))
        type(self).make_model = lambda: replay(str(file))
