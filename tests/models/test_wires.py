"""Every wire carries everything: what is written is read again, whole or streamed, and what is broken is said to be."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.models.model import Message, Reply, Request, Tool, ToolCall, Usage
from autolab.models.wires import anthropic, chat, gemini, responses
from autolab.models.wires.wire import (
    WIRES,
    UnreadableAnswer,
    WireName,
    read_answer,
    wants_stream,
    wire_of,
    written_answer,
)

NAMES: tuple[WireName, ...] = tuple(WIRES)
words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300).filter(str.strip)
arguments = st.dictionaries(words, st.integers() | words | st.lists(words, max_size=2), max_size=3)
calls = st.lists(st.builds(ToolCall, st.uuids().map(str), st.sampled_from(["run", "edit"]), arguments), max_size=3).map(tuple)
counts = st.integers(0, 10**6)
usages = st.tuples(counts, counts, counts).map(lambda c: Usage(c[0] + c[1], c[1], c[2]))


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    called = draw(calls)
    return Reply(draw(words), draw(st.just("") | words), called, draw(usages), "tools" if called else "end")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", NAMES)
@given(reply=replies())
@settings(max_examples=40, deadline=None)
def test_a_reply_comes_through(wire: WireName, stream: bool, reply: Reply) -> None:
    sent = {"model": "m", "stream": stream, "stream_options": {"include_usage": True}}
    raw = b"".join(written_answer(wire, reply, sent, stream=stream))
    read, complete = read_answer(wire, raw, stream=stream)
    assert complete
    assert (read.text, read.stop) == (reply.text, reply.stop)
    assert (wire == "gemini" and stream) or read.reasoning == reply.reasoning  # a streamed thought is not in gemini's rendering
    assert [(call.name, call.arguments) for call in read.tool_calls] == [(call.name, call.arguments) for call in reply.tool_calls]
    told = (read.usage.input_tokens, read.usage.cached_tokens, read.usage.output_tokens)
    assert told == (reply.usage.input_tokens, reply.usage.cached_tokens, reply.usage.output_tokens)


@pytest.mark.parametrize("wire", NAMES)
@given(reply=replies(), share=st.floats(0, 0.95))
@settings(max_examples=30, deadline=None)
def test_a_stream_that_breaks_off_is_never_complete(wire: WireName, reply: Reply, share: float) -> None:
    sent = {"model": "m", "stream": True, "stream_options": {"include_usage": True}}
    events = list(written_answer(wire, reply, sent, stream=True))
    ends = 3 if wire == "chat" else 1  # finish, usage and [DONE] of chat end a whole answer
    raw = b"".join(events[:-ends])
    try:
        _, complete = read_answer(wire, raw[: int(len(raw) * share)], stream=True)
    except UnreadableAnswer:
        return
    assert not complete


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", NAMES)
@given(raw=st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda x: json.dumps(x).encode()))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_read_or_refused(wire: WireName, stream: bool, raw: bytes) -> None:
    try:
        read_answer(wire, raw, stream=stream)
    except UnreadableAnswer:
        return


ASKED = Request(
    messages=(
        Message("system", "be brief"), Message("user", "go"),
        Message("assistant", "I run", (ToolCall("c1", "run", {"a": 1}), ToolCall("c2", "run", {}))),
        Message("tool", "one", tool_call_id="c1"), Message("tool", "two", tool_call_id="c2"), Message("user", "more"),
    ),
    tools=(Tool("run", "runs", {"type": "object", "properties": {"a": {"type": "integer"}}}),),
    max_output_tokens=100, temperature=0.5,
)  # fmt: skip


@pytest.mark.parametrize("wire", [chat, responses, anthropic])
def test_a_request_comes_through(wire) -> None:
    read = wire.request_of(wire.body(ASKED, "m"))
    assert (read.tools, read.max_output_tokens, read.temperature) == (ASKED.tools, 100, 0.5)
    assert [(each.role, each.text) for each in read.messages if each.text] == [(each.role, each.text) for each in ASKED.messages]
    called = [call for each in read.messages for call in each.tool_calls]
    assert called == list(ASKED.messages[2].tool_calls)
    assert [each.tool_call_id for each in read.messages if each.role == "tool"] == ["c1", "c2"]


def test_a_gemini_request_is_read() -> None:
    read = gemini.request_of(
        {
            "systemInstruction": {"parts": [{"text": "be brief"}]},
            "contents": [
                {"role": "user", "parts": [{"text": "go"}]},
                {"role": "model", "parts": [{"functionCall": {"name": "run", "args": {"a": 1}}}]},
                {"role": "user", "parts": [{"functionResponse": {"name": "run", "response": {"output": "one"}}}]},
            ],
            "tools": [{"functionDeclarations": [{"name": "run", "parametersJsonSchema": {"type": "object"}}]}],
        }
    )
    assert [(each.role, each.text) for each in read.messages] == [("system", "be brief"), ("user", "go"), ("assistant", ""), ("tool", "one")]
    assert [tool.name for tool in read.tools] == ["run"]


@pytest.mark.parametrize("wire", ["chat", "responses", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_arguments_that_are_no_json_are_malformed_and_empty(wire: WireName, stream: bool) -> None:
    reply = Reply("", tool_calls=(ToolCall("c", "run", malformed='{"a": '),))
    raw = b"".join(written_answer(wire, reply, {"stream": stream}, stream=stream))
    [call] = read_answer(wire, raw, stream=stream)[0].tool_calls
    assert (call.name, call.arguments) == ("run", {})
    assert "not JSON" in call.malformed or "no JSON object" in call.malformed


def test_anthropic_s_cached_tokens_are_part_of_the_input() -> None:
    usage = anthropic.usage_of({"input_tokens": 5, "cache_read_input_tokens": 70, "cache_creation_input_tokens": 20, "output_tokens": 3})
    assert usage == Usage(95, 70, 3, 20)


def test_anthropic_is_asked_to_cache_instructions_and_the_conversation() -> None:
    sent = anthropic.body(ASKED, "m")
    assert sent["system"][0]["cache_control"] == sent["messages"][-1]["content"][-1]["cache_control"] == {"type": "ephemeral"}


@pytest.mark.parametrize("wire", [chat, responses, anthropic, gemini])
def test_counts_that_are_not_said_are_none(wire) -> None:
    for said in (None, {}, "many"):
        assert wire.usage_of(said) == Usage()


@pytest.mark.parametrize(
    ("path", "wire", "stream"),
    [
        ("/v1/chat/completions", "chat", False), ("/responses", "responses", False), ("/v1/messages?beta=true", "anthropic", False),
        ("/v1beta/models/gemini-pro:streamGenerateContent?alt=sse", "gemini", True), ("/v1/files", None, False),
        ("/v1/messages/count_tokens", None, False),
    ],
)  # fmt: skip
def test_a_path_says_which_wire_it_is(path: str, wire: str | None, stream: bool) -> None:
    assert (wire_of(path), wants_stream(path, {})) == (wire, stream)
