"""A model whose every exchange goes to the ledger: what an agent of the lab's own asks through."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Literal

from autolab.ledger.records import ModelCall
from autolab.ledger.records import ToolCall as RecordedCall
from autolab.models.errors import ModelCallError, ModelError, ReplyCutError
from autolab.models.model import Model, Reply, Request

Record = Callable[[ModelCall, bytes], None]
"""`Bench.model_called`."""

_CAP = 20_000  # characters of a text in the ledger; the exchange's file has all of it


class Metered:
    """Asks a model and records what it said, or that it failed. An error goes on to the agent once it is recorded.

    An answer that broke off is asked for again, `again` times: what came of it is spent, so each has a record. What a call cost is the bench's to fill in, from the prices that were frozen for the trial.
    """

    def __init__(self, model: Model, record: Record, again: int = 2) -> None:
        self._model = model
        self._record = record
        self._again = again

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    def ask(self, request: Request) -> Reply:
        """The model's answer."""
        for _ in range(self._again):
            with suppress(ReplyCutError):
                return self._ask(request)
        return self._ask(request)

    def _ask(self, request: Request) -> Reply:
        try:
            reply = self._model.ask(request)
        except ModelError as error:
            spent = error.reply if isinstance(error, ModelCallError) else Reply("")
            status: Literal["cut", "error"] = "cut" if isinstance(error, ReplyCutError) else "error"
            self._record(model_call(self.name, "agent", spent, status, str(error)), exchange(spent))
            raise
        self._record(model_call(self.name, "agent", reply), exchange(reply))
        return reply


def model_call(
    model: str,
    via: Literal["agent", "gateway"],
    reply: Reply,
    status: Literal["ok", "error", "cut"] = "ok",
    error: str = "",
) -> ModelCall:
    """An exchange as a ledger has it. `elapsed` and `usd` are the bench's to fill in."""
    usage = reply.usage
    return ModelCall(
        model=model, via=via, status=status, error=error[:2000],
        input_tokens=usage.input_tokens, cached_tokens=usage.cached_tokens, output_tokens=usage.output_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        seconds=reply.seconds, waited_s=reply.waited_s, elapsed=0.0,
        text=reply.text[:_CAP], reasoning=reply.reasoning[:_CAP],
        tool_calls=tuple(RecordedCall(name=call.name, arguments=_capped(call.arguments)) for call in reply.tool_calls),
    )  # fmt: skip


def exchange(reply: Reply) -> bytes:
    """The file beside the ledger: raw request and response, as JSON where they are JSON, else as text."""
    return json.dumps({"request": _readable(reply.request), "response": _readable(reply.response)}).encode()


def _readable(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode(errors="replace")


def _capped(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as they are, or their start as text where they are long."""
    text = json.dumps(arguments)
    return dict(arguments) if len(text) <= _CAP else {"...": text[:_CAP]}
