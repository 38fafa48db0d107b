"""The generate-content wire of Gemini, as gemini-cli speaks it: the gateway's side only.

The lab itself asks Gemini by the chat wire, which its provider offers too.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from autolab.models.model import Message, Reply, Request, Tool, ToolCall, Usage
from autolab.models.wires.common import Body, arguments, new_id, pieces, text_of, whole

END = ""
_STOPS: dict[str, Literal["end", "tools", "length", "refused"]] = {"STOP": "end", "MAX_TOKENS": "length", "SAFETY": "refused"}
_REASONS = {"end": "STOP", "tools": "STOP", "length": "MAX_TOKENS", "refused": "SAFETY"}


def assemble(events: Iterable[Body]) -> tuple[Body, bool]:
    """A stream's chunks as one answer, and whether it came to its end."""
    parts: list[Body] = []
    finish, usage = None, None
    for event in events:
        usage = event.get("usageMetadata") or usage
        for candidate in event.get("candidates") or ():
            parts += (candidate.get("content") or {}).get("parts") or ()
            finish = candidate.get("finishReason") or finish
    return {"candidates": [{"content": {"parts": parts}, "finishReason": finish}], "usageMetadata": usage}, finish is not None


def reply_of(document: Body) -> Reply:
    """The reply in an answer. KeyError or the like for what is no answer."""
    candidate = document["candidates"][0]
    parts = (candidate.get("content") or {}).get("parts") or ()
    calls = tuple(_call(each["functionCall"]) for each in parts if "functionCall" in each)
    return Reply(
        text="".join(each["text"] for each in parts if "text" in each and not each.get("thought")),
        reasoning="".join(each["text"] for each in parts if "text" in each and each.get("thought")),
        tool_calls=calls,
        usage=usage_of(document.get("usageMetadata")),
        stop="tools" if calls else _STOPS.get(candidate.get("finishReason") or "", "end"),
    )


def _call(written: Body) -> ToolCall:
    read, wrong = arguments(written.get("args") or {})
    return ToolCall(written.get("id") or new_id("call"), written["name"], read, wrong)


def usage_of(said: Any) -> Usage:
    """Tokens as the provider counted them; it counts thoughts apart, here they are part of the output."""
    if not isinstance(said, dict):
        return Usage()
    spoken, thought = whole(said.get("candidatesTokenCount")), whole(said.get("thoughtsTokenCount"))
    output = None if spoken is None and thought is None else (spoken or 0) + (thought or 0)
    return Usage(whole(said.get("promptTokenCount")), whole(said.get("cachedContentTokenCount")), output)


def request_of(sent: Body) -> Request:
    """What another program asks over this wire."""
    system = text_of((sent.get("systemInstruction") or {}).get("parts"))
    settings = sent.get("generationConfig") or {}
    declared = [each for tool in sent.get("tools") or () for each in tool.get("functionDeclarations") or ()]
    return Request(
        messages=(
            *((Message("system", system),) if system else ()),
            *(message for each in sent["contents"] for message in _read(each)),
        ),
        tools=tuple(
            Tool(each["name"], each.get("description") or "", each.get("parametersJsonSchema") or each.get("parameters") or {})
            for each in declared
        ),
        max_output_tokens=whole(settings.get("maxOutputTokens")),
        temperature=settings.get("temperature"),
    )


def _read(content: Body) -> Iterator[Message]:
    parts = content.get("parts") or ()
    for each in parts:
        if "functionResponse" in each:
            answer = each["functionResponse"]
            said = answer.get("response") or {}
            yield Message("tool", str(said.get("output", said)), tool_call_id=answer.get("id") or answer["name"])
    text = text_of([each for each in parts if "text" in each and not each.get("thought")])
    calls = tuple(_call(each["functionCall"]) for each in parts if "functionCall" in each)
    if text or calls:
        yield Message("assistant" if content.get("role") == "model" else "user", text, calls)


def document(reply: Reply, sent: Body) -> Body:
    """A reply as an answer that is no stream."""
    thought = [{"text": reply.reasoning, "thought": True}] if reply.reasoning else []
    spoken = [{"text": reply.text}] if reply.text or not reply.tool_calls else []
    calls = [{"functionCall": {"name": each.name, "args": dict(each.arguments)}} for each in reply.tool_calls]
    return {**_chunk([*thought, *spoken, *calls], sent, _REASONS[reply.stop]), "usageMetadata": _written_usage(reply.usage)}


def events(reply: Reply, sent: Body) -> Iterator[tuple[str, Body]]:
    """A reply as a stream's chunks."""
    for piece in pieces(reply.text):
        yield "", _chunk([{"text": piece}], sent)
    calls = [{"functionCall": {"name": each.name, "args": dict(each.arguments)}} for each in reply.tool_calls]
    yield "", {**_chunk(calls, sent, _REASONS[reply.stop]), "usageMetadata": _written_usage(reply.usage)}


def error(status: int, message: str) -> Body:
    """The body of an answer that is an error."""
    return {"error": {"code": status, "message": message, "status": "RESOURCE_EXHAUSTED" if status == 429 else "UNKNOWN"}}


def _chunk(parts: list[Body], sent: Body, finish: str | None = None) -> Body:
    candidate: Body = {"index": 0, "content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": sent.get("model", "")}


def _written_usage(usage: Usage) -> Body | None:
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    return {
        "promptTokenCount": usage.input_tokens, "cachedContentTokenCount": usage.cached_tokens or 0,
        "candidatesTokenCount": usage.output_tokens, "totalTokenCount": usage.input_tokens + usage.output_tokens,
    }  # fmt: skip
