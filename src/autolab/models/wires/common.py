"""What all wires share: reading texts and arguments that may be anything, and server-sent events."""

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

Body = dict[str, Any]
"""A JSON object of a wire."""

PIECE = 200
"""Characters of text an event of a rendered stream."""


def text_of(content: Any) -> str:
    """The text of a message's content: a text, or a list of parts of which some have one."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text for part in content if (text := _part(part)))
    return ""


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    return part["text"] if isinstance(part.get("text"), str) else text_of(part.get("content"))


def arguments(written: Any) -> tuple[Mapping[str, Any], str]:
    """A tool call's arguments as a model wrote them, and what is wrong with them (`""`: nothing)."""
    if isinstance(written, dict):
        return written, ""
    text = written if isinstance(written, str) else json.dumps(written)
    try:
        read = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        return {}, f"the arguments are not JSON ({error}): {text[:200]!r}"
    return (read, "") if isinstance(read, dict) else ({}, f"the arguments are no JSON object: {text[:200]!r}")


def whole(number: Any) -> int | None:
    """A count of tokens, None for anything that is none."""
    return number if isinstance(number, int) and not isinstance(number, bool) and number >= 0 else None


def pieces(text: str) -> Iterator[str]:
    """A text in the pieces that a stream sends."""
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def new_id(prefix: str) -> str:
    """An identifier that no other has."""
    return f"{prefix}_{uuid.uuid4().hex[:24]}"


def sse_event(name: str, data: Mapping[str, Any] | str) -> bytes:
    """One server-sent event; `name` may be `""`."""
    line = data if isinstance(data, str) else json.dumps(data)
    return (f"event: {name}\n" if name else "").encode() + f"data: {line}\n\n".encode()


def sse_objects(raw: bytes) -> Iterator[Body]:
    """The JSON objects of a stream of server-sent events; whatever is none (comments, `[DONE]`, a torn end) is left out."""
    for block in raw.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = b"\n".join(line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:"))
        try:
            read = json.loads(data)
        except (ValueError, RecursionError):
            continue
        if isinstance(read, dict):
            yield read
