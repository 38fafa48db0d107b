"""The messages wire of Anthropic, with its prompt caching."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from autolab.models.model import Message, Reply, Request, Role, Tool, ToolCall, Usage
from autolab.models.wires.common import Body, arguments, new_id, pieces, text_of, whole

PATH = "/messages"
END = ""
MAX_TOKENS = 16_000
"""Asked for where a request leaves the choice: this wire wants a number."""

_CACHE = {"type": "ephemeral"}
_STOPS: dict[str, Literal["end", "tools", "length", "refused"]] = {
    "end_turn": "end", "stop_sequence": "end", "pause_turn": "end", "tool_use": "tools", "max_tokens": "length",
    "model_context_window_exceeded": "length", "refusal": "refused",
}  # fmt: skip
_REASONS = {"end": "end_turn", "tools": "tool_use", "length": "max_tokens", "refused": "refusal"}


def body(request: Request, model: str) -> Body:
    """What is sent; the answer is asked for as a stream. Instructions and the conversation so far are to be cached."""
    sent: Body = {
        "model": model,
        "max_tokens": request.max_output_tokens or MAX_TOKENS,
        "messages": _messages(request.messages),
        "stream": True,
    }
    system = "\n\n".join(each.text for each in request.messages if each.role == "system")
    if system:
        sent["system"] = [{"type": "text", "text": system, "cache_control": _CACHE}]
    if request.tools:
        sent["tools"] = [
            {"name": each.name, "description": each.description, "input_schema": dict(each.parameters)} for each in request.tools
        ]
    if request.temperature is not None:
        sent["temperature"] = request.temperature
    return sent


def _messages(messages: tuple[Message, ...]) -> list[Body]:
    """Turns that alternate, as this wire wants them: neighbours of one side are one message."""
    turns: list[Body] = []
    for message in messages:
        if message.role == "system":
            continue
        role = "assistant" if message.role == "assistant" else "user"
        if not turns or turns[-1]["role"] != role:
            turns.append({"role": role, "content": []})
        turns[-1]["content"] += _blocks(message)
    if turns and turns[-1]["role"] == "user" and turns[-1]["content"]:
        turns[-1]["content"][-1] = {**turns[-1]["content"][-1], "cache_control": _CACHE}
    return turns


def _blocks(message: Message) -> list[Body]:
    if message.native is not None:
        return list(message.native)
    if message.role == "tool":
        return [{"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.text or "(empty)"}]
    spoken = [{"type": "text", "text": message.text}] if message.text.strip() else []
    calls = [{"type": "tool_use", "id": each.id, "name": each.name, "input": dict(each.arguments)} for each in message.tool_calls]
    return [*spoken, *calls] or [{"type": "text", "text": "(empty)"}]


def assemble(events: Iterable[Body]) -> tuple[Body, bool]:
    """A stream's events as one answer, and whether it came to its end."""
    answer: Body = {"content": [], "stop_reason": None, "usage": {}}
    blocks: dict[int, Body] = {}
    ended = False
    for event in events:
        match event.get("type"):
            case "message_start":
                answer |= {**event["message"], "content": []}
                answer["usage"] = {**(answer.get("usage") or {}), "output_tokens": None}  # what it holds so far is no count
            case "content_block_start":
                blocks[event["index"]] = dict(event["content_block"])
            case "content_block_delta":
                _grow(blocks[event["index"]], event["delta"])
            case "message_delta":
                answer |= event["delta"]
                answer["usage"] |= {key: value for key, value in (event.get("usage") or {}).items() if value is not None}
            case "message_stop":
                ended = True
    answer["content"] = [blocks[index] for index in sorted(blocks)]
    return answer, ended


def _grow(block: Body, delta: Body) -> None:
    match delta.get("type"):
        case "text_delta":
            block["text"] = block.get("text", "") + delta["text"]
        case "thinking_delta":
            block["thinking"] = block.get("thinking", "") + delta["thinking"]
        case "signature_delta":
            block["signature"] = delta["signature"]
        case "input_json_delta":
            before = block["input"] if isinstance(block.get("input"), str) else ""
            block["input"] = before + delta["partial_json"]


def reply_of(document: Body) -> Reply:
    """The reply in an answer. KeyError or the like for what is no answer."""
    content = document["content"]
    calls = tuple(_call(each) for each in content if each["type"] == "tool_use")
    return Reply(
        text="\n".join(each["text"] for each in content if each["type"] == "text"),
        reasoning="\n".join(each.get("thinking") or "" for each in content if each["type"] == "thinking"),
        tool_calls=calls,
        usage=usage_of(document.get("usage")),
        stop=_STOPS.get(document.get("stop_reason") or "", "tools" if calls else "end"),
        native=[_given_back(each) for each in content if each["type"] != "text" or each["text"].strip()] or None,
    )


def _call(block: Body) -> ToolCall:
    read, wrong = arguments(block.get("input"))
    return ToolCall(block["id"], block["name"], read, wrong)


def _given_back(block: Body) -> Body:
    return {**block, "input": dict(arguments(block.get("input"))[0])} if block["type"] == "tool_use" else block


def usage_of(said: Any) -> Usage:
    """Tokens as the provider counted them; it counts cached ones apart, here they are part of the input."""
    if not isinstance(said, dict):
        return Usage()
    fresh, read, written = (
        whole(said.get(key)) for key in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    )
    total = None if fresh is None else fresh + (read or 0) + (written or 0)
    return Usage(total, read, whole(said.get("output_tokens")), written)


def request_of(sent: Body) -> Request:
    """What another program asks over this wire."""
    system = text_of(sent.get("system"))
    return Request(
        messages=(
            *((Message("system", system),) if system else ()),
            *(message for each in sent["messages"] for message in _read(each["role"], each["content"])),
        ),
        tools=tuple(
            Tool(each["name"], each.get("description") or "", each["input_schema"])
            for each in sent.get("tools") or ()
            if "input_schema" in each
        ),
        max_output_tokens=whole(sent.get("max_tokens")),
        temperature=sent.get("temperature"),
    )


def _read(role: Role, content: Any) -> Iterator[Message]:
    """One turn as messages: each tool result is one of its own, then what was said."""
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for each in blocks:
        if each["type"] == "tool_result":
            yield Message("tool", text_of(each.get("content")), tool_call_id=each["tool_use_id"])
    text = "\n".join(each["text"] for each in blocks if each["type"] == "text")
    calls = tuple(_call(each) for each in blocks if each["type"] == "tool_use")
    if text or calls:
        yield Message(role, text, calls)


def document(reply: Reply, sent: Body) -> Body:
    """A reply as an answer that is no stream."""
    return {
        "id": new_id("msg"), "type": "message", "role": "assistant", "model": sent.get("model", ""), "content": _content(reply),
        "stop_reason": _REASONS[reply.stop], "stop_sequence": None, "usage": _written_usage(reply.usage),
    }  # fmt: skip


def events(reply: Reply, sent: Body) -> Iterator[tuple[str, Body]]:
    """A reply as a stream's events."""
    whole_answer = document(reply, sent)
    began = {**whole_answer, "content": [], "stop_reason": None, "usage": {**whole_answer["usage"], "output_tokens": 1}}
    yield "message_start", {"type": "message_start", "message": began}
    for index, block in enumerate(whole_answer["content"]):
        yield from _block_events(index, block)
    delta = {"stop_reason": whole_answer["stop_reason"], "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": delta, "usage": whole_answer["usage"]}
    yield "message_stop", {"type": "message_stop"}


def _block_events(index: int, block: Body) -> Iterator[tuple[str, Body]]:
    match block["type"]:
        case "text":
            empty, deltas = {**block, "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
        case "thinking":
            empty, deltas = {**block, "thinking": ""}, [{"type": "thinking_delta", "thinking": block["thinking"]}]
        case _:
            written = block["input"] if isinstance(block["input"], str) else json.dumps(block["input"])
            empty, deltas = {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": written}]
    yield "content_block_start", {"type": "content_block_start", "index": index, "content_block": empty}
    for delta in deltas:
        yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": index}


def error(status: int, message: str) -> Body:
    """The body of an answer that is an error."""
    kinds = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error"}
    kind = {429: "rate_limit_error", 529: "overloaded_error"}.get(status) or kinds.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}}


def _content(reply: Reply) -> list[Body]:
    thought = [{"type": "thinking", "thinking": reply.reasoning, "signature": ""}] if reply.reasoning else []
    spoken = [{"type": "text", "text": reply.text}] if reply.text or not reply.tool_calls else []
    calls = [
        {"type": "tool_use", "id": each.id, "name": each.name, "input": each.malformed or dict(each.arguments)}
        for each in reply.tool_calls
    ]
    return [*thought, *spoken, *calls]


def _written_usage(usage: Usage) -> Body:
    read, written = usage.cached_tokens or 0, usage.cache_write_tokens or 0
    return {
        "input_tokens": None if usage.input_tokens is None else usage.input_tokens - read - written,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "output_tokens": usage.output_tokens,
    }
