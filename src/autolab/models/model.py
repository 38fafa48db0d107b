"""The Model Protocol: what an agent asks, and what it gets. Nothing here knows how a provider is reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True)
class Tool:
    """Something that a model may ask for. `parameters` is the JSON Schema of its arguments, an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class ToolCall:
    """What a model asks for. `id` ties the answer to it.

    Where the model wrote arguments that are no JSON object, `malformed` says so in one line, and `arguments` is empty: an
    agent answers the call with that line instead of doing anything.
    """

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    malformed: str = ""


@dataclass(frozen=True)
class Message:
    """One message of a conversation."""

    role: Role
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()  # of an assistant
    tool_call_id: str = ""  # of a tool: the call that this answers
    native: Any = None  # of an assistant: the provider's own form, given back to it as it was (signed reasoning)


@dataclass(frozen=True)
class Request:
    """What is asked. None leaves a choice to the provider.

    `turn` says which call of the trial this is, from 0: a scripted model answers by it, so that a continued trial goes on
    where it was; None: in the order of asking. Other models ignore it.
    """

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    max_output_tokens: int | None = None
    temperature: float | None = None
    turn: int | None = None


@dataclass(frozen=True)
class Usage:
    """Tokens of one exchange, as the provider counted them. None where it did not say, never 0."""

    input_tokens: int | None = None  # cached ones included
    cached_tokens: int | None = None  # read from the provider's cache
    output_tokens: int | None = None  # reasoning included
    cache_write_tokens: int | None = None  # of the input: written to the cache, at a price of their own


@dataclass(frozen=True)
class Reply:
    """What a model answered, and what it took.

    `request` and `response` are the raw bytes of the exchange's body, without headers (keys live there). `seconds` is the
    wait for this answer, `waited_s` what went by before it in failed attempts and pauses between them.
    """

    text: str
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    stop: Literal["end", "tools", "length", "refused"] = "end"
    request: bytes = b""
    response: bytes = b""
    seconds: float = 0.0
    waited_s: float = 0.0
    native: Any = None  # see Message

    @property
    def message(self) -> Message:
        """The reply as the next request's assistant message."""
        return Message("assistant", self.text, self.tool_calls, native=self.native)


class Model(Protocol):
    """A language model. One object may be asked many times, from one thread at a time."""

    @property
    def name(self) -> str:
        """`provider/name`, as in ledgers and price tables."""

    def ask(self, request: Request) -> Reply:
        """One answer. Retries what may pass by itself; ModelError (models/errors.py), in one line, for the rest."""
