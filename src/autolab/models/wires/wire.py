"""What a wire offers, which there are, and how an answer's bytes are read."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, Protocol

from autolab.models.model import Reply, Request
from autolab.models.wires import anthropic, chat, gemini, responses
from autolab.models.wires.common import Body, sse_event, sse_objects

WireName = Literal["chat", "responses", "anthropic", "gemini"]


class Wire(Protocol):
    """A module of this package. The server's side; `body`, the client's, is in those that the lab itself asks by."""

    END: str

    def assemble(self, events: Iterable[Body]) -> tuple[Body, bool]:
        """A stream's events as one answer, and whether it came to its end."""

    def reply_of(self, document: Body) -> Reply:
        """The reply in an answer."""

    def request_of(self, sent: Body) -> Request:
        """What another program asks."""

    def document(self, reply: Reply, sent: Body) -> Body:
        """A reply as an answer that is no stream."""

    def events(self, reply: Reply, sent: Body) -> Iterator[tuple[str, Body]]:
        """A reply as a stream's events: name and data."""

    def error(self, status: int, message: str) -> Body:
        """The body of an answer that is an error."""


WIRES: dict[WireName, Wire] = {"chat": chat, "responses": responses, "anthropic": anthropic, "gemini": gemini}

_PATHS: tuple[tuple[str, WireName], ...] = (
    (r"/chat/completions", "chat"),
    (r"/responses", "responses"),
    (r"/messages", "anthropic"),
    (r"/models/[^/]+:(generateContent|streamGenerateContent)", "gemini"),
)


class UnreadableAnswer(ValueError):  # noqa: N818 - a finding
    """Bytes that are no answer of the wire."""


def wire_of(path: str) -> WireName | None:
    """The wire that a request's path belongs to, whatever stands before it (`/v1`, `/v1beta`); None: none of them."""
    plain = path.partition("?")[0]
    return next((wire for pattern, wire in _PATHS if re.fullmatch(rf"(/v1|/v1beta)?{pattern}", plain)), None)


def wants_stream(path: str, sent: Body) -> bool:
    """Whether the answer is to be a stream."""
    return "streamGenerateContent" in path or bool(sent.get("stream"))


def read_answer(wire: WireName, raw: bytes, *, stream: bool) -> tuple[Reply, bool]:
    """The reply in an answer's bytes, and whether it is whole. UnreadableAnswer for bytes that are none."""
    spoken = WIRES[wire]
    try:
        if stream:
            document, complete = spoken.assemble(sse_objects(raw))
        else:
            document, complete = json.loads(raw), True
        return replace(spoken.reply_of(document), response=raw), complete
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UnreadableAnswer(f"{type(error).__name__}: {error}") from error


def written_answer(wire: WireName, reply: Reply, sent: Body, *, stream: bool) -> Iterator[bytes]:
    """A reply's bytes, in the pieces that are sent."""
    spoken = WIRES[wire]
    if not stream:
        yield json.dumps(spoken.document(reply, sent)).encode()
        return
    for name, data in spoken.events(reply, sent):
        yield sse_event(name, data)
    if spoken.END:
        yield sse_event("", spoken.END)
