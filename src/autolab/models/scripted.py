"""A model that says what it was told to, word for word: for tests, demonstrations and work without a key.

A script is a JSON file: a list of replies, or an object with `replies`. A reply is a text, or an object with any of
`text`, `reasoning`, `tool_calls` (each `name` and `arguments`), `usage` (`input_tokens`, `cached_tokens`,
`output_tokens`), `stop`, and `error` (one line: the call fails with it).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autolab.models.errors import ModelError, ProviderError, ScriptEndedError
from autolab.models.model import Reply, Request, ToolCall, Usage

Scripted = Reply | str | Mapping[str, Any] | Callable[[Request], "Scripted"]
"""One reply of a script: whole, its text, its fields, or a function of what is asked."""

_REPLY_KEYS = {"text", "reasoning", "tool_calls", "usage", "stop", "error"}
_CALL_KEYS = {"id", "name", "arguments", "malformed"}


class ScriptedModel:
    """Gives the replies of a script: by `request.turn`, or one after the other. ScriptEndedError when there is none.

    What a reply does not say of its usage is counted as a token for every four characters, so that budgets and costs can be
    tried out. `usage: null` leaves it not said.
    """

    def __init__(self, replies: Sequence[Scripted], name: str = "script") -> None:
        self.name = f"scripted/{name}"
        self._replies = tuple(replies)
        self._asked = 0

    def ask(self, request: Request) -> Reply:
        """The next reply of the script, at once."""
        turn = self._asked if request.turn is None else request.turn
        self._asked = turn + 1
        if turn >= len(self._replies):
            raise ScriptEndedError(f"{self.name} has {len(self._replies)} replies and was asked for one more")
        return self._made(self._replies[turn], request, turn)

    def _made(self, scripted: Scripted, request: Request, turn: int) -> Reply:
        if callable(scripted):
            return self._made(scripted(request), request, turn)
        if isinstance(scripted, Reply):
            return scripted
        fields: Mapping[str, Any] = {"text": scripted} if isinstance(scripted, str) else scripted
        asked = json.dumps([[each.role, each.text] for each in request.messages]).encode()
        if fields.get("error"):
            raise ProviderError(f"{self.name}: {fields['error']}", Reply("", request=asked))
        text, reasoning = fields.get("text", ""), fields.get("reasoning", "")
        calls = tuple(
            ToolCall(call.get("id", f"call_{turn}_{place}"), call["name"], call.get("arguments", {}), call.get("malformed", ""))
            for place, call in enumerate(fields.get("tool_calls", ()))
        )
        said = json.dumps({"text": text, "reasoning": reasoning, "tool_calls": fields.get("tool_calls", [])}).encode()
        usage = fields.get("usage", {})
        return Reply(
            text=text,
            reasoning=reasoning,
            tool_calls=calls,
            usage=Usage() if usage is None else Usage(**{"input_tokens": _tokens(asked), "output_tokens": _tokens(said), **usage}),
            stop=fields.get("stop", "tools" if calls else "end"),
            request=asked,
            response=said,
        )


def load(name: str) -> ScriptedModel:
    """The model of a script file. ModelError says what is wrong with it."""
    path = Path(name).expanduser()
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"scripted/{name}: the script cannot be read ({error.strerror}): give the path of a JSON file") from error
    except ValueError as error:
        raise ModelError(f"scripted/{name}: not JSON: {error}") from error
    replies = read.get("replies") if isinstance(read, dict) else read
    if not isinstance(replies, list):
        raise ModelError(f"scripted/{name}: holds no list of replies, but {type(read).__name__}")
    for place, reply in enumerate(replies):
        wrong = _wrong(reply)
        if wrong:
            raise ModelError(f"scripted/{name}: reply {place}: {wrong}")
    return ScriptedModel(replies, name)


def _wrong(reply: Any) -> str:
    """What is wrong with a reply of a script file, `""` if nothing is."""
    if isinstance(reply, str):
        return ""
    if not isinstance(reply, dict):
        return f"is {reply!r}: write a text or an object"
    unknown = set(reply) - _REPLY_KEYS
    if unknown:
        return f"unknown field {min(unknown)!r}: there are {', '.join(sorted(_REPLY_KEYS))}"
    calls = reply.get("tool_calls", [])
    if not isinstance(calls, list) or not all(isinstance(call, dict) and "name" in call for call in calls):
        return "tool_calls is no list of objects with a name"
    usage = reply.get("usage") or {}
    if not isinstance(usage, dict) or set(usage) - set(Usage.__dataclass_fields__):
        return f"usage has other fields than {', '.join(Usage.__dataclass_fields__)}"
    if any(set(call) - _CALL_KEYS for call in calls):
        return f"a tool call has other fields than {', '.join(sorted(_CALL_KEYS))}"
    return ""


def _tokens(raw: bytes) -> int:
    return -(-len(raw) // 4)
