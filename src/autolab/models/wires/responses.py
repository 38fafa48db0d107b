"""The responses wire, OpenAI's newer one. Nothing is stored on the provider's side; reasoning goes back encrypted."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from autolab.models.model import Message, Reply, Request, Tool, ToolCall, Usage
from autolab.models.wires.common import Body, arguments, new_id, pieces, text_of, whole

PATH = "/responses"
END = ""

_CUSTOM = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}


def body(request: Request, model: str) -> Body:
    """What is sent; the answer is asked for as a stream."""
    sent: Body = {
        "model": model,
        "input": [item for each in request.messages if each.role != "system" for item in _items(each)],
        "stream": True,
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }
    instructions = "\n\n".join(each.text for each in request.messages if each.role == "system")
    if instructions:
        sent["instructions"] = instructions
    if request.tools:
        sent["tools"] = [
            {"type": "function", "name": each.name, "description": each.description, "parameters": dict(each.parameters), "strict": False}
            for each in request.tools
        ]
    if request.max_output_tokens is not None:
        sent["max_output_tokens"] = request.max_output_tokens
    if request.temperature is not None:
        sent["temperature"] = request.temperature
    return sent


def _items(message: Message) -> Iterator[Body]:
    if message.native is not None:
        yield from message.native
    elif message.role == "tool":
        yield {"type": "function_call_output", "call_id": message.tool_call_id, "output": message.text}
    else:
        if message.text or not message.tool_calls:
            yield {"type": "message", "role": message.role, "content": message.text}
        for call in message.tool_calls:
            yield {"type": "function_call", "call_id": call.id, "name": call.name, "arguments": json.dumps(call.arguments)}


def assemble(events: Iterable[Body]) -> tuple[Body, bool]:
    """A stream's events as one answer, and whether it came to its end."""
    items: list[Body] = []
    text = ""
    for event in events:
        kind = event.get("type")
        if kind in {"response.completed", "response.incomplete"}:
            answer = event["response"]
            return {**answer, "output": answer.get("output") or items}, True
        if kind == "response.failed":
            return {**event["response"], "output": items}, False
        if kind == "response.output_item.done":
            items.append(event["item"])
            text = ""
        elif kind == "response.output_text.delta":
            text += event.get("delta") or ""
    torn = [{"type": "message", "content": [{"type": "output_text", "text": text}]}] if text else []
    return {"output": [*items, *torn], "usage": None}, False


def reply_of(document: Body) -> Reply:
    """The reply in an answer. KeyError or the like for what is no answer."""
    items = document["output"]
    calls = tuple(_call(each) for each in items if each["type"] in {"function_call", "custom_tool_call"})
    spoken = [each for each in items if each["type"] == "message"]
    refused = any(part.get("type") == "refusal" for each in spoken for part in each.get("content") or ())
    reasons = (document.get("incomplete_details") or {}).get("reason")
    return Reply(
        text="\n".join(text_of(each.get("content")) for each in spoken),
        reasoning="\n".join(text_of(each.get("summary")) for each in items if each["type"] == "reasoning"),
        tool_calls=calls,
        usage=usage_of(document.get("usage")),
        stop="refused" if refused or reasons == "content_filter" else "length" if reasons else "tools" if calls else "end",
        native=[{key: value for key, value in each.items() if key != "status"} for each in items],
    )


def _call(item: Body) -> ToolCall:
    if item["type"] == "custom_tool_call":
        return ToolCall(item["call_id"], item["name"], {"input": item.get("input") or ""})
    read, wrong = arguments(item.get("arguments"))
    return ToolCall(item["call_id"], item["name"], read, wrong)


def usage_of(said: Any) -> Usage:
    """Tokens as the provider counted them."""
    if not isinstance(said, dict):
        return Usage()
    details = said.get("input_tokens_details") or {}
    return Usage(whole(said.get("input_tokens")), whole(details.get("cached_tokens")), whole(said.get("output_tokens")))


def request_of(sent: Body) -> Request:
    """What another program asks over this wire. A custom tool takes one text, `input`."""
    asked = sent.get("input") or []
    items = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    system = (Message("system", sent["instructions"]),) if sent.get("instructions") else ()
    return Request(
        messages=(*system, *(message for item in items for message in _read(item))),
        tools=tuple(
            Tool(each["name"], each.get("description") or "", each.get("parameters") or _CUSTOM)
            for each in sent.get("tools") or ()
            if each.get("type") in {"function", "custom"}
        ),
        max_output_tokens=whole(sent.get("max_output_tokens")),
        temperature=sent.get("temperature"),
    )


def _read(item: Body) -> Iterator[Message]:
    kind = item.get("type", "message")
    if kind == "message":
        role = item["role"]
        yield Message("system" if role == "developer" else role, text_of(item.get("content")))
    elif kind in {"function_call", "custom_tool_call"}:
        yield Message("assistant", "", (_call(item),))
    elif kind.endswith("_output"):
        output = item.get("output")
        yield Message("tool", text_of(output) or json.dumps(output), tool_call_id=item.get("call_id") or "")


def document(reply: Reply, sent: Body) -> Body:
    """A reply as an answer that is no stream."""
    return {
        **_head(sent), "status": "incomplete" if reply.stop == "length" else "completed", "output": _output(reply, sent),
        "incomplete_details": {"reason": "max_output_tokens"} if reply.stop == "length" else None,
        "usage": _written_usage(reply.usage),
    }  # fmt: skip


def events(reply: Reply, sent: Body) -> Iterator[tuple[str, Body]]:
    """A reply as a stream's events."""
    done = document(reply, sent)
    began = {**done, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    last = "response.incomplete" if reply.stop == "length" else "response.completed"
    told: list[Body] = [{"type": "response.created", "response": began}]
    for index, item in enumerate(done["output"]):
        told += _item_events(index, item)
    told.append({"type": last, "response": done})
    for number, event in enumerate(told):
        yield event["type"], {**event, "sequence_number": number}


def _item_events(index: int, item: Body) -> Iterator[Body]:
    where = {"output_index": index, "item_id": item["id"]}
    fresh = {**item, "status": "in_progress"}
    match item["type"]:
        case "message":
            fresh["content"] = []
        case "function_call":
            fresh["arguments"] = ""
        case "custom_tool_call":
            fresh["input"] = ""
    yield {"type": "response.output_item.added", "output_index": index, "item": fresh}
    if item["type"] == "message":
        part = item["content"][0]
        text = {**where, "content_index": 0}
        yield {"type": "response.content_part.added", **text, "part": {**part, "text": ""}}
        for piece in pieces(part["text"]):
            yield {"type": "response.output_text.delta", **text, "delta": piece, "logprobs": []}
        yield {"type": "response.output_text.done", **text, "text": part["text"], "logprobs": []}
        yield {"type": "response.content_part.done", **text, "part": part}
    elif item["type"] == "function_call":
        yield {"type": "response.function_call_arguments.delta", **where, "delta": item["arguments"]}
        yield {"type": "response.function_call_arguments.done", **where, "name": item["name"], "arguments": item["arguments"]}
    elif item["type"] == "custom_tool_call":
        yield {"type": "response.custom_tool_call_input.delta", **where, "delta": item["input"]}
        yield {"type": "response.custom_tool_call_input.done", **where, "input": item["input"]}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def error(status: int, message: str) -> Body:
    """The body of an answer that is an error."""
    return {"error": {"message": message, "type": "error", "param": None, "code": status}}


def _output(reply: Reply, sent: Body) -> list[Body]:
    items: list[Body] = []
    if reply.reasoning:
        summary = [{"type": "summary_text", "text": reply.reasoning}]
        items.append({"type": "reasoning", "id": new_id("rs"), "summary": summary})
    if reply.text or not reply.tool_calls:
        part = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": []}
        items.append({"type": "message", "id": new_id("msg"), "role": "assistant", "status": "completed", "content": [part]})
    custom = {each.get("name") for each in sent.get("tools") or () if each.get("type") == "custom"}
    for call in reply.tool_calls:
        head = {"id": new_id("fc"), "call_id": call.id, "name": call.name, "status": "completed"}
        if call.name in custom:
            items.append({**head, "type": "custom_tool_call", "input": str(call.arguments.get("input", ""))})
        else:
            items.append({**head, "type": "function_call", "arguments": call.malformed or json.dumps(call.arguments)})
    return items


def _written_usage(usage: Usage) -> Body | None:
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens or 0},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _head(sent: Body) -> Body:
    return {
        "id": new_id("resp"), "object": "response", "created_at": 0, "model": sent.get("model", ""), "error": None,
        "instructions": None, "metadata": {}, "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": sent.get("tools") or [], "temperature": None, "top_p": None,
    }  # fmt: skip
