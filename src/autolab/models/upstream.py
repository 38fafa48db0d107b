"""Where the gateway gets its answers: passed on to a provider in its own wire, or asked of any model and translated."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from autolab.models.errors import ModelCallError, ModelError, RateLimitError, ReplyCutError
from autolab.models.gateway_rules import PASSED_HEADERS, allowed
from autolab.models.model import Model, Reply
from autolab.models.providers import Access
from autolab.models.serving import Answered, Asked, json_answer
from autolab.models.wires.common import Body
from autolab.models.wires.wire import WIRES, UnreadableAnswer, WireName, read_answer, wants_stream, written_answer


@dataclass
class Told:
    """How an exchange ended, filled in when its last byte has come."""

    reply: Reply = field(default_factory=lambda: Reply(""))
    status: Literal["ok", "error", "cut"] = "ok"
    error: str = ""


class Upstream(Protocol):
    """A source of answers for one trial."""

    name: str

    def answer(self, wire: WireName, asked: Asked, sent: Body, told: Told) -> Answered:
        """The answer to a request that may pass. `told` is right once the answer's body was read to its end."""

    def close(self) -> None:
        """Breaks off what is under way."""


class Served:
    """Answers with a model of the lab's own, whatever wire is spoken."""

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._model = model

    def answer(self, wire: WireName, asked: Asked, sent: Body, told: Told) -> Answered:
        """The model's reply in the client's wire."""
        spoken = WIRES[wire]
        try:
            request = spoken.request_of(sent)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            told.reply = Reply("", request=asked.body)
            told.status, told.error = "error", f"the request cannot be read: {error!r}"
            return json_answer(400, spoken.error(400, told.error))
        try:
            told.reply = replace(self._model.ask(request), request=asked.body)
        except ModelError as error:
            told.status = "cut" if isinstance(error, ReplyCutError) else "error"
            told.error = str(error)
            told.reply = replace(error.reply if isinstance(error, ModelCallError) else Reply(""), request=asked.body)
            status = 429 if isinstance(error, RateLimitError) else 400
            return json_answer(status, spoken.error(status, told.error))
        stream = wants_stream(asked.path, sent)
        return Answered(200, list(written_answer(wire, told.reply, sent, stream=stream)), stream=stream)

    def close(self) -> None:
        """Nothing to break off: a model's own time limits end it."""


class Passed:
    """Passes requests on to a provider that speaks the client's wire, with the key, and reads what goes by."""

    def __init__(self, access: Access) -> None:
        self.name = access.name
        self.wire = access.wire
        self._access = access
        self._closed = threading.Event()

    def answer(self, wire: WireName, asked: Asked, sent: Body, told: Told) -> Answered:
        """The provider's answer, passed on as it comes."""
        import httpx2

        from autolab.models.wires import anthropic, chat, responses

        paths = {"chat": chat.PATH, "responses": responses.PATH, "anthropic": "/v1" + anthropic.PATH}
        body = json.dumps(allowed(wire, sent, self._access.model)).encode()
        begun = time.monotonic()
        told.reply = Reply("", request=body)
        client = httpx2.Client(timeout=httpx2.Timeout(600.0, connect=15.0), follow_redirects=False)
        try:
            request = client.build_request("POST", self._access.url + paths[wire], content=body, headers=self._headers(asked))
            response = client.send(request, stream=True)
        except httpx2.HTTPError as error:
            client.close()
            told.status, told.error = "error", f"{self.name}: the provider cannot be reached: {error}"
            told.reply = replace(told.reply, seconds=time.monotonic() - begun)
            return json_answer(502, WIRES[wire].error(502, told.error))
        stream = "event-stream" in response.headers.get("content-type", "")
        pieces = self._pieces(wire, client, response, told, begun)
        if response.status_code != 200:
            return self._refused(wire, response.status_code, response.headers, b"".join(pieces), told)
        return Answered(200, pieces, stream=stream)

    def _headers(self, asked: Asked) -> dict[str, str]:
        kept = {name: asked.headers[name] for name in PASSED_HEADERS if name in asked.headers}
        key = {"x-api-key": self._access.key} if self.wire == "anthropic" else {"Authorization": f"Bearer {self._access.key}"}
        version = {"anthropic-version": "2023-06-01"} if self.wire == "anthropic" else {}
        plain = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        return {**version, **kept, **plain, **(key if self._access.key else {})}

    def _pieces(self, wire: WireName, client: Any, response: Any, told: Told, begun: float) -> Iterator[bytes]:
        """The answer's bytes; at their end `told` holds what they say."""
        import httpx2

        received = bytearray()
        broke = ""
        try:
            for piece in response.iter_raw():
                received += piece
                yield piece
                if self._closed.is_set():
                    broke = "the bench was closed"
                    break
        except httpx2.HTTPError as error:
            broke = str(error)
        finally:
            response.close()
            client.close()
            self._read(wire, response, bytes(received), broke, told, begun)

    def _read(self, wire: WireName, response: Any, raw: bytes, broke: str, told: Told, begun: float) -> None:
        stream = "event-stream" in response.headers.get("content-type", "")
        seconds = time.monotonic() - begun
        if response.status_code != 200:
            told.status, told.error = "error", f"{self.name}: status {response.status_code}: {raw[:500].decode(errors='replace')}"
            told.reply = replace(told.reply, response=raw, seconds=seconds)
            return
        try:
            reply, complete = read_answer(wire, raw, stream=stream)
        except UnreadableAnswer as error:
            reply, complete, broke = Reply("", response=raw), False, broke or f"it cannot be read: {error}"
        told.reply = replace(reply, request=told.reply.request, seconds=seconds)
        if not complete or broke:
            told.status, told.error = "cut", f"{self.name}: the answer broke off: {broke or 'no end came'}"

    def _refused(self, wire: WireName, status: int, headers: Any, raw: bytes, told: Told) -> Answered:
        """A provider's error as the agent sees it: the lab's key is no business of its, so nothing is said of it."""
        if status in {401, 403}:
            told.error = f"{self.name}: the provider refuses the key of {self._access.key_from} ({status})"
            return json_answer(502, WIRES[wire].error(502, "the lab's provider refuses the request"))
        again = {name: headers[name] for name in ("retry-after", "retry-after-ms") if name in headers}
        return Answered(status, [raw], headers=again)

    def close(self) -> None:
        """Breaks off at the next piece that comes."""
        self._closed.set()


def upstream_of(model: Model | Access) -> Upstream:
    """Where answers come from: a provider is passed on to in its own wire, and translated for clients of another."""
    if not isinstance(model, Access):
        return Served(model)
    from autolab.models.providers import make_model

    return _Either(Passed(model), Served(make_model(model)))


class _Either:
    def __init__(self, passed: Passed, served: Served) -> None:
        self.name = passed.name
        self._passed, self._served = passed, served

    def answer(self, wire: WireName, asked: Asked, sent: Body, told: Told) -> Answered:
        chosen: Upstream = self._passed if wire == self._passed.wire else self._served
        return chosen.answer(wire, asked, sent, told)

    def close(self) -> None:
        self._passed.close()


