"""The chat-completions wire, as OpenAI, vLLM, Ollama, llama.cpp and OpenRouter speak it."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from autolab.models.model import Message, Reply, Request, Role, Tool, ToolCall, Usage
from autolab.models.wires.common import Body, arguments, new_id, pieces, text_of, whole

PATH = "/chat/completions"

_STOPS: dict[str, Literal["end", "tools", "length", "refused"]] = {
    "stop": "end", "tool_calls": "tools", "function_call": "tools", "length": "length", "content_filter": "refused",
}  # fmt: skip
_ROLES: dict[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool", "function": "tool",
}  # fmt: skip
_FINISH = {"end": "stop", "tools": "tool_calls", "length": "length", "refused": "content_filter"}


def body(request: Request, model: str) -> Body:
    """What is sent; the answer is asked for as a stream."""
    sent: Body = {
        "model": model,
        "messages": [_message(each) for each in request.messages],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        sent["tools"] = [
            {"type": "function", "function": {"name": each.name, "description": each.description, "parameters": dict(each.parameters)}}
            for each in request.tools
        ]
    if request.max_output_tokens is not None:
        sent["max_tokens"] = request.max_output_tokens
    if request.temperature is not None:
        sent["temperature"] = request.temperature
    return sent


def _message(message: Message) -> Body:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.text}
    written: Body = {"role": message.role, "content": message.text}
    if message.tool_calls:
        written["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": json.dumps(call.arguments)}}
            for call in message.tool_calls
        ]
    return written


def assemble(events: Iterable[Body]) -> tuple[Body, bool]:
    """A stream's chunks as one answer, and whether it came to its end."""
    message: Body = {"role": "assistant", "content": "", "reasoning_content": ""}
    calls: dict[int, Body] = {}
    finish, usage = None, None
    for event in events:
        usage = event.get("usage") or usage
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or {}
            message["content"] += delta.get("content") or ""
            message["reasoning_content"] += delta.get("reasoning_content") or delta.get("reasoning") or ""
            for place, part in enumerate(delta.get("tool_calls") or ()):
                _add_call(calls.setdefault(part.get("index", place), {"id": "", "function": {"name": "", "arguments": ""}}), part)
            finish = choice.get("finish_reason") or finish
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return {"choices": [{"message": message, "finish_reason": finish}], "usage": usage}, finish is not None


def _add_call(call: Body, part: Body) -> None:
    call["id"] = part.get("id") or call["id"]
    written = part.get("function") or {}
    call["function"]["name"] += written.get("name") or ""
    call["function"]["arguments"] += written.get("arguments") or ""


def reply_of(document: Body) -> Reply:
    """The reply in an answer. KeyError or the like for what is no answer."""
    choice = document["choices"][0]
    message = choice["message"]
    calls = tuple(_call(each) for each in message.get("tool_calls") or ())
    return Reply(
        text=text_of(message.get("content")),
        reasoning=message.get("reasoning_content") or message.get("reasoning") or "",
        tool_calls=calls,
        usage=usage_of(document.get("usage")),
        stop="tools" if calls else _STOPS.get(choice.get("finish_reason") or "", "end"),
    )


def _call(written: Body) -> ToolCall:
    function = written.get("function") or {}
    read, wrong = arguments(function.get("arguments"))
    return ToolCall(written.get("id") or new_id("call"), function.get("name") or "", read, wrong)


def usage_of(said: Any) -> Usage:
    """Tokens as the provider counted them."""
    if not isinstance(said, dict):
        return Usage()
    details = said.get("prompt_tokens_details") or {}
    return Usage(whole(said.get("prompt_tokens")), whole(details.get("cached_tokens")), whole(said.get("completion_tokens")))


def request_of(sent: Body) -> Request:
    """What another program asks over this wire."""
    return Request(
        messages=tuple(_read_message(each) for each in sent["messages"]),
        tools=tuple(
            Tool(each["function"]["name"], each["function"].get("description") or "", each["function"].get("parameters") or {})
            for each in sent.get("tools") or ()
            if each.get("type") == "function"
        ),
        max_output_tokens=whole(sent.get("max_completion_tokens") or sent.get("max_tokens")),
        temperature=sent.get("temperature"),
    )


def _read_message(written: Body) -> Message:
    role = _ROLES[written["role"]]
    calls = tuple(_call(each) for each in written.get("tool_calls") or ())
    return Message(role, text_of(written.get("content")), calls, written.get("tool_call_id") or "")


def document(reply: Reply, sent: Body) -> Body:
    """A reply as an answer that is no stream."""
    message: Body = {"role": "assistant", "content": reply.text or None}
    if reply.reasoning:
        message["reasoning_content"] = reply.reasoning
    if reply.tool_calls:
        message["tool_calls"] = [_written_call(each) for each in reply.tool_calls]
    choice = {"index": 0, "message": message, "finish_reason": _FINISH[reply.stop], "logprobs": None}
    return {**_head(sent, "chat.completion"), "choices": [choice], "usage": _written_usage(reply.usage)}


def events(reply: Reply, sent: Body) -> Iterator[tuple[str, Body]]:
    """A reply as a stream's chunks."""
    head = _head(sent, "chat.completion.chunk")

    def chunk(delta: Body, finish: str | None = None) -> tuple[str, Body]:
        return "", {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for piece in pieces(reply.reasoning):
        yield chunk({"reasoning_content": piece})
    for piece in pieces(reply.text):
        yield chunk({"content": piece})
    for index, call in enumerate(reply.tool_calls):
        yield chunk({"tool_calls": [{"index": index, **_written_call(call)}]})
    yield chunk({}, _FINISH[reply.stop])
    if (sent.get("stream_options") or {}).get("include_usage"):
        yield "", {**head, "choices": [], "usage": _written_usage(reply.usage)}


END = "[DONE]"
"""Last data of a stream."""


def error(status: int, message: str) -> Body:
    """The body of an answer that is an error."""
    return {"error": {"message": message, "type": "error", "param": None, "code": status}}


def _written_call(call: ToolCall) -> Body:
    written = call.malformed or json.dumps(call.arguments)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": written}}


def _written_usage(usage: Usage) -> Body | None:
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens or 0},
    }


def _head(sent: Body, kind: str) -> Body:
    return {"id": new_id("chatcmpl"), "object": kind, "created": 0, "model": sent.get("model", "")}
