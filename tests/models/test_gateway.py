"""The gateway over its real socket: it meters, keeps the key, stops at the budget, and lets nothing else through."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from autolab.ledger.records import ModelCall
from autolab.models.fake_server import FakeServer, Fault
from autolab.models.gateway import Gateway
from autolab.models.model import Model
from autolab.models.providers import Access
from autolab.models.scripted import ScriptedModel
from autolab.models.wires.common import sse_objects

KEY = "sk-the-lab-s-own-key"
CHAT = {"model": "whatever", "messages": [{"role": "user", "content": "go"}]}
ASKED = {
    "/v1/chat/completions": CHAT,
    "/v1/responses": {"model": "whatever", "input": "go"},
    "/v1/messages": {"model": "whatever", "max_tokens": 9, "messages": [{"role": "user", "content": "go"}]},
    "/v1beta/models/any:generateContent": {"contents": [{"role": "user", "parts": [{"text": "go"}]}]},
}
PASSED = {"/v1/chat/completions": "chat", "/v1/responses": "responses", "/v1/messages": "anthropic"}


class Desk:
    """A gateway with what it recorded, and a client on its socket."""

    def __init__(self, source: Model | Access, tokens: int = 10**9) -> None:
        self.calls: list[ModelCall] = []
        self.exchanges: list[bytes] = []
        self.gateway = Gateway(source, lambda: "the tokens budget is used up" if self.used >= tokens else None, self._record)

    @property
    def used(self) -> int:
        return sum((call.input_tokens or 0) + (call.output_tokens or 0) for call in self.calls)

    def _record(self, call: ModelCall, raw: bytes) -> None:
        self.calls.append(call)
        self.exchanges.append(raw)

    @property
    def client(self) -> httpx2.Client:
        transport = httpx2.HTTPTransport(uds=str(self.gateway.folder / "socket"))
        return httpx2.Client(transport=transport, base_url="http://lab", headers={"x-api-key": self.gateway.token}, timeout=30)

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        with self.client as client:
            return client.post(path, json=body, headers=headers)


@contextmanager
def desk(source: Model | Access, tokens: int = 10**9) -> Iterator[Desk]:
    made = Desk(source, tokens)
    with made.gateway:
        yield made


def at(server: FakeServer, wire: str) -> Access:
    return Access(f"fake/{wire}", "the-trial-s", wire, server.url if wire == "anthropic" else f"{server.url}/v1", KEY, "KEY")


@pytest.mark.parametrize("path", ASKED)
def test_any_model_answers_on_any_wire_and_is_metered(path: str) -> None:
    with desk(ScriptedModel([{"text": "hello", "usage": {"input_tokens": 7, "output_tokens": 3}}])) as made:
        answered = made.post(path, ASKED[path])
    assert (answered.status_code, "hello" in answered.text) == (200, True)
    [call] = made.calls
    assert (call.model, call.via, call.status, call.input_tokens, call.output_tokens, call.text) == ("scripted/script", "gateway", "ok", 7, 3, "hello")
    assert json.loads(made.exchanges[0])["request"] == ASKED[path]


@pytest.mark.parametrize("path", PASSED)
@pytest.mark.parametrize("stream", [False, True])
def test_a_provider_of_the_same_wire_is_passed_on_to_with_the_key_and_the_trial_s_model(path: str, stream: bool) -> None:
    replies = [{"text": "hello " * 200, "usage": {"input_tokens": 7, "cached_tokens": 2, "output_tokens": 3}}]
    with FakeServer(ScriptedModel(replies), key=KEY) as server, desk(at(server, PASSED[path])) as made:
        answered = made.post(path, {**ASKED[path], "stream": stream})
        [asked] = server.asked
    assert answered.status_code == 200
    assert bool(list(sse_objects(answered.content))) == stream
    assert asked.token == KEY
    assert json.loads(asked.body)["model"] == "the-trial-s"
    [call] = made.calls
    assert (call.model, call.status, call.input_tokens, call.cached_tokens, call.output_tokens) == (f"fake/{PASSED[path]}", "ok", 7, 2, 3)
    assert KEY not in answered.text + str(answered.headers) + made.exchanges[0].decode()


def test_a_client_of_another_wire_is_translated_for() -> None:
    with FakeServer(ScriptedModel(["hello"]), key=KEY) as server, desk(at(server, "chat")) as made:
        answered = made.post("/v1/messages", ASKED["/v1/messages"])
        [asked] = server.asked
    assert answered.json()["content"] == [{"type": "text", "text": "hello"}]
    assert asked.path == "/v1/chat/completions"


def test_without_the_bench_s_token_nothing_is_answered() -> None:
    with desk(ScriptedModel(["hello"])) as made:
        for headers in ({"x-api-key": "wrong"}, {"x-api-key": "", "authorization": "Bearer wrong"}):
            assert made.post("/v1/chat/completions", CHAT, **headers).status_code == 401
        assert made.post("/v1/chat/completions", CHAT, **{"x-api-key": "", "authorization": f"Bearer {made.gateway.token}"}).status_code == 200
    assert len(made.calls) == 1


def test_the_budget_is_overrun_by_one_answer_at_most_even_by_many_at_once() -> None:
    replies = [{"text": "a", "usage": {"input_tokens": 4000, "output_tokens": 1000}}] * 20
    with desk(ScriptedModel(replies), tokens=10_000) as made:
        codes: list[int] = []
        threads = [threading.Thread(target=lambda: codes.append(made.post("/v1/chat/completions", CHAT).status_code)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == [200, 200, *[403] * 6]
        assert made.gateway.over
        with made.client as client:
            assert client.get("/over").json() == {"over": True}
    assert made.used == 10_000


def test_a_client_that_leaves_before_the_end_is_charged_all_the_same() -> None:
    replies = [{"text": "word " * 20_000, "usage": {"input_tokens": 7, "output_tokens": 3000}}]
    body = {**CHAT, "stream": True}
    with (
        FakeServer(ScriptedModel(replies)) as server,
        desk(at(server, "chat")) as made,
        made.client as client,
        client.stream("POST", "/v1/chat/completions", json=body) as answered,
    ):
        next(answered.iter_raw())
    [call] = made.calls
    assert (call.status, call.output_tokens) == ("ok", 3000)


def test_an_answer_that_the_provider_breaks_off_is_recorded_as_cut() -> None:
    with FakeServer(ScriptedModel(["word " * 400]), [Fault(cut_after=2500)]) as server, desk(at(server, "anthropic")) as made:
        made.post("/v1/messages", {**ASKED["/v1/messages"], "stream": True})
    [call] = made.calls
    assert (call.status, call.output_tokens, call.text[:4]) == ("cut", None, "word")


def test_a_provider_s_error_reaches_the_client_but_a_refused_key_is_the_lab_s_own_business() -> None:
    with FakeServer(ScriptedModel([]), [Fault(status=429, retry_after=7)]) as server, desk(at(server, "chat")) as made:
        limited = made.post("/v1/chat/completions", CHAT)
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    with FakeServer(ScriptedModel([]), key="another") as server, desk(at(server, "chat")) as made:
        refused = made.post("/v1/chat/completions", CHAT)
        assert refused.status_code == 502
        assert "key" not in refused.text
    assert "refuses the key of KEY" in made.calls[0].error


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/v1/responses", {"tools": [{"type": "web_search"}, {"type": "function", "name": "f", "parameters": {}}], "background": True}),
        ("/v1/messages", {"tools": [{"type": "web_fetch_20250910", "name": "w"}, {"name": "f", "input_schema": {}}], "mcp_servers": []}),
        ("/v1/chat/completions", {"tools": [{"type": "web_search"}, {"type": "function", "function": {"name": "f"}}], "service_tier": "x"}),
    ],
)
def test_nothing_that_acts_on_the_provider_s_side_is_passed_on(path: str, extra: dict[str, Any]) -> None:
    with FakeServer(ScriptedModel(["hello"])) as server, desk(at(server, PASSED[path])) as made:
        assert made.post(path, {**ASKED[path], **extra}).status_code == 200
        sent = json.loads(server.asked[0].body)
    assert len(sent["tools"]) == 1
    assert not {"background", "mcp_servers", "service_tier"} & set(sent)


def test_nothing_is_fetched_for_a_bench() -> None:
    image = [{"type": "image_url", "image_url": {"url": "https://example.org/?stolen"}}]
    with FakeServer(ScriptedModel(["hello"])) as server, desk(at(server, "chat")) as made:
        assert made.post("/v1/chat/completions", {"messages": [{"role": "user", "content": image}]}).status_code == 400
        assert server.asked == []
    assert made.calls == []


@pytest.mark.parametrize(("path", "status"), [("/v1/files", 404), ("/v1/models", 404), ("/v1/messages/count_tokens", 404)])
def test_other_paths_are_not_there(path: str, status: int) -> None:
    with desk(ScriptedModel([])) as made:
        assert made.post(path, {}).status_code == status


@pytest.mark.parametrize("body", [b"", b"[]", b"{not json", b'{"messages": 3}', b'{"messages": [{"role": "prophet"}]}', b"[" * 5000])
def test_a_request_that_cannot_be_read_is_refused(body: bytes) -> None:
    with desk(ScriptedModel(["hello"])) as made, made.client as client:
        assert client.post("/v1/chat/completions", content=body).status_code == 400


def test_the_models_there_are_is_the_trial_s() -> None:
    with desk(ScriptedModel([])) as made, made.client as client:
        assert [each["id"] for each in client.get("/v1/models").json()["data"]] == ["script"]


def test_nothing_is_left_of_a_gateway() -> None:
    with desk(ScriptedModel([])) as made:
        folder = made.gateway.folder
    assert not folder.exists()
