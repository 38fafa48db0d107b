"""What goes wrong with a provider, over real HTTP: each kind of failure is one line, and what passes by itself is waited for."""

from collections.abc import Sequence

import pytest

from autolab.errors import ModelError
from autolab.models.errors import (
    KeyMissingError,
    KeyRefusedError,
    ProviderError,
    RateLimitError,
    ReplyCutError,
    RequestError,
)
from autolab.models.fake_server import GOOD, FakeServer, Fault
from autolab.models.metered import Metered
from autolab.models.model import Message, Model, Request
from autolab.models.providers import PROVIDERS, Access, access, make_model
from autolab.models.scripted import ScriptedModel
from autolab.models.sdk import Patience, retry_after

ASK = Request((Message("user", "go"),))
QUICK = Patience(attempts=3, first_s=0.01)
WIRES = ("chat", "responses", "anthropic")
pytestmark = pytest.mark.parametrize("wire", WIRES)


def model_at(server: FakeServer, wire: str, patience: Patience = QUICK, key: str = "right") -> Model:
    url = server.url if wire == "anthropic" else f"{server.url}/v1"
    return make_model(Access(f"fake/{wire}", "m", wire, url, key, "FAKE_KEY"), patience)


def failing(faults: Sequence[Fault], replies: Sequence[str] = ("one", "two", "three")) -> FakeServer:
    return FakeServer(ScriptedModel(replies), faults, key="right")


def test_what_passes_by_itself_is_waited_for_and_counted_apart(wire: str) -> None:
    with failing([Fault(status=503), Fault(status=429, retry_after=0.3)]) as server:
        reply = model_at(server, wire).ask(ASK)
        assert (reply.text, len(server.asked)) == ("one", 3)
        assert reply.waited_s >= 0.3


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitError), (500, ProviderError), (529, ProviderError)])
def test_a_storm_ends_in_one_line(wire: str, status: int, kind: type[ModelError]) -> None:
    with failing([Fault(status=status)] * 9) as server:
        with pytest.raises(kind, match=rf"fake/{wire}: ordered by the test \({status}\); gave up after 3 attempts in \d+ s") as caught:
            model_at(server, wire).ask(ASK)
        assert "\n" not in str(caught.value)
        assert len(server.asked) == 3


def test_a_wait_beyond_all_patience_is_not_begun(wire: str) -> None:
    with failing([Fault(status=429, retry_after=3600)] * 2) as server:
        with pytest.raises(RateLimitError, match="after 1 attempts"):
            model_at(server, wire).ask(ASK)
        assert len(server.asked) == 1


def test_a_wrong_key_says_where_it_came_from_and_not_what_it_is(wire: str) -> None:
    with failing([]) as server:
        with pytest.raises(KeyRefusedError, match="refuses the key of FAKE_KEY") as caught:
            model_at(server, wire, key="s3cret").ask(ASK)
        assert "s3cret" not in str(caught.value)
        assert len(server.asked) == 1


def test_a_refused_request_is_not_repeated(wire: str) -> None:
    with failing([Fault(status=400, message="the context is too long")]) as server:
        with pytest.raises(RequestError, match=r"the context is too long \(400\)"):
            model_at(server, wire).ask(ASK)
        assert len(server.asked) == 1


def test_a_provider_that_is_not_there(wire: str) -> None:
    with failing([]) as server:
        model = model_at(server, wire)
    with pytest.raises(ProviderError, match="cannot be reached; gave up after 3 attempts"):
        model.ask(ASK)


def test_an_answer_that_breaks_off_keeps_what_came_and_is_not_repeated_unseen(wire: str) -> None:
    with failing([Fault(cut_after=2500)], ["word " * 400]) as server:
        with pytest.raises(ReplyCutError, match="broke off") as caught:
            model_at(server, wire).ask(ASK)
        assert caught.value.reply.text.startswith("word word")
        assert caught.value.reply.usage.output_tokens is None
        assert len(caught.value.reply.response) == 2500
        assert len(server.asked) == 1


def test_an_answer_that_is_no_answer(wire: str) -> None:
    with failing([Fault(garbage=True)]) as server, pytest.raises(ReplyCutError, match="broke off"):
        model_at(server, wire).ask(ASK)


def test_metering_records_each_answer_that_broke_off_and_asks_again(wire: str) -> None:
    calls = []
    with failing([Fault(cut_after=2500), GOOD], ["word " * 400, "whole"]) as server:
        metered = Metered(model_at(server, wire), lambda call, raw: calls.append((call.status, call.text[:4], bool(raw))))
        assert metered.ask(ASK).text == "whole"
    assert calls == [("cut", "word", True), ("ok", "whol", True)]


def test_metering_records_what_failed(wire: str) -> None:
    calls = []
    with failing([Fault(status=400, message="no")]) as server:
        metered = Metered(model_at(server, wire), lambda call, raw: calls.append(call))
        with pytest.raises(RequestError):
            metered.ask(ASK)
    [call] = calls
    assert (call.status, call.input_tokens, call.usd) == ("error", None, None)
    assert "(400)" in call.error


def test_no_key_names_the_variable(wire: str) -> None:
    provider = {"chat": "openrouter", "responses": "openai", "anthropic": "anthropic"}[wire]
    with pytest.raises(KeyMissingError, match=f"set {PROVIDERS[provider].key_variable}"):
        access(provider, "m", {})
    assert access(provider, "m", {PROVIDERS[provider].key_variable or "": " k "}).key == "k"


def test_an_address_that_is_missing_or_none_names_the_variable(wire: str) -> None:
    del wire
    with pytest.raises(ModelError, match="set CHAT_BASE_URL"):
        access("chat", "m", {})
    with pytest.raises(ModelError, match="'localhost:1'"):
        access("chat", "m", {"CHAT_BASE_URL": "localhost:1"})


def test_retry_after_is_a_number_milliseconds_or_a_date(wire: str) -> None:
    del wire
    assert retry_after({"retry-after": "1.5"}) == 1.5
    assert retry_after({"retry-after-ms": "250", "retry-after": "9"}) == 0.25
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None
