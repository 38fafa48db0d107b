"""Asking a provider through its official SDK: retries, raw bytes, and one line for whatever goes wrong.

Imported with the extra `models` only.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.request import getproxies, proxy_bypass

import httpx2
import tenacity

from autolab.models.errors import (
    KeyRefusedError,
    ModelCallError,
    ProviderError,
    RateLimitError,
    ReplyCutError,
    RequestError,
)
from autolab.models.model import Reply, Request
from autolab.models.wires.common import Body
from autolab.models.wires.wire import UnreadableAnswer, WireName, read_answer

CONNECT_S, READ_S = 15.0, 600.0


@dataclass(frozen=True)
class Patience:
    """How long a failing provider is asked again: attempts in all, and seconds from the first on. `first_s`: about the first pause."""

    attempts: int = 8
    seconds: float = 600.0
    first_s: float = 1.0
    most_s: float = 60.0


class Stream(Protocol):
    """An SDK's stream of events."""

    def __iter__(self) -> Iterator[object]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


class Client(Protocol):
    """One SDK behind one wire."""

    wire: WireName

    def body(self, request: Request) -> Body:
        """What is sent."""

    def send(self, body: Body) -> "Stream":
        """Sends it, and gives the stream's events. The SDK's own exceptions."""


class Tee(httpx2.BaseTransport):
    """A transport that keeps the bytes of the last exchange."""

    def __init__(self, url: str) -> None:
        where = httpx2.URL(url)
        proxy = None if proxy_bypass(where.host) else getproxies().get(where.scheme)
        # no connection outlives its answer: minutes pass between two, and nobody would close it
        self._inner = httpx2.HTTPTransport(proxy=proxy, limits=httpx2.Limits(max_keepalive_connections=0))
        self.forget()

    def forget(self) -> None:
        """Before the next exchange."""
        self.sent, self.received, self.status, self.kind = b"", bytearray(), 0, ""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends on, and keeps what goes by."""
        self.forget()
        self.sent = request.read()
        request.headers["Accept-Encoding"] = "identity"
        response = self._inner.handle_request(request)
        self.status, self.kind = response.status_code, response.headers.get("content-type", "")
        assert isinstance(response.stream, httpx2.SyncByteStream)
        kept = _Kept(response.stream, self.received)
        return httpx2.Response(response.status_code, headers=response.headers, stream=kept, extensions=response.extensions)

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()


class _Kept(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, kept: bytearray) -> None:
        self._inner, self._kept = inner, kept

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            self._kept += chunk
            yield chunk

    def close(self) -> None:
        self._inner.close()


class _Passes(Exception):  # noqa: N818 - carries an error that may pass by itself
    def __init__(self, error: ModelCallError, after: float | None) -> None:
        super().__init__(str(error))
        self.error, self.after = error, after


class SdkModel:
    """A model behind an SDK's client. `key_from` names where its key came from, for the line that says it is refused."""

    def __init__(self, name: str, client: Client, tee: Tee, key_from: str, patience: Patience = Patience()) -> None:
        self.name = name
        self._client = client
        self._tee = tee
        self._key_from = key_from
        self._patience = patience

    def ask(self, request: Request) -> Reply:
        """One answer, streamed, however many attempts it takes."""
        begun = self._attempt_begun = time.monotonic()
        body = self._client.body(request)
        patience = self._patience
        asking = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Passes),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(patience.attempts), tenacity.stop_before_delay(patience.seconds)
            ),
            wait=self._pause,
            reraise=True,
        )
        try:
            reply = asking(self._once, body)
        except _Passes as failed:
            tried = asking.statistics["attempt_number"]
            words = f"{failed.error}; gave up after {tried} attempts in {time.monotonic() - begun:.0f} s"
            raise type(failed.error)(words, self._timed(failed.error.reply, begun)) from failed
        except ModelCallError as error:
            error.reply = self._timed(error.reply, begun)
            raise
        return self._timed(reply, begun)

    def _timed(self, reply: Reply, begun: float) -> Reply:
        started = self._attempt_begun
        tee = self._tee
        return replace(
            reply, request=tee.sent, response=bytes(tee.received), seconds=time.monotonic() - started, waited_s=started - begun
        )

    def _once(self, body: Body) -> Reply:
        self._attempt_begun = time.monotonic()
        self._tee.forget()
        try:
            with self._client.send(body) as stream:
                for _ in stream:
                    pass
        except Exception as error:  # an SDK raises its own, its HTTP library's, and its parser's
            raise self._failed(error) from error
        reply, complete = self._read()
        if not complete:
            raise ReplyCutError(f"{self.name}: the answer broke off after {len(self._tee.received)} bytes", reply)
        return reply

    def _read(self) -> tuple[Reply, bool]:
        """What has come so far."""
        try:
            return read_answer(self._client.wire, bytes(self._tee.received), stream="event-stream" in self._tee.kind)
        except UnreadableAnswer as error:
            raise _Passes(ProviderError(f"{self.name}: the answer cannot be read ({error})"), None) from error

    def _failed(self, error: Exception) -> Exception:
        """An SDK's exception as one of ours; `_Passes` around those that are worth another attempt."""
        status = self._tee.status
        if status == 200:
            return self._failed_in_the_middle(error)
        said = f"{self.name}: {_said(error)}"
        response = getattr(error, "response", None)
        after = retry_after(response.headers) if isinstance(response, httpx2.Response) else None
        if status in {401, 403}:
            return KeyRefusedError(f"{said} ({status}): the provider refuses the key of {self._key_from}")
        if status == 429:
            limited = RateLimitError(f"{said} (429)")
            return limited if "insufficient_quota" in str(error) else _Passes(limited, after)
        if status in {408, 409} or status >= 500:
            return _Passes(ProviderError(f"{said} ({status})"), after)
        if status:
            return RequestError(f"{said} ({status})")
        return _Passes(ProviderError(f"{said}: the provider cannot be reached"), None)

    def _failed_in_the_middle(self, error: Exception) -> Exception:
        """After the answer's head: what came of its body is spent, so it is not asked for again behind anyone's back."""
        if self._tee.received:
            return ReplyCutError(f"{self.name}: the answer broke off: {_said(error)}", self._read()[0])
        return _Passes(ProviderError(f"{self.name}: no answer came: {_said(error)}"), None)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """What the provider asked for and a little more, else a random time that grows: not all come back at once."""
        assert state.outcome is not None
        failed = state.outcome.exception()
        patience = self._patience
        if isinstance(failed, _Passes) and failed.after is not None:
            return failed.after + random.uniform(0, patience.first_s)
        return random.uniform(0.5, 1.0) * min(patience.most_s, patience.first_s * 2.0 ** (state.attempt_number - 1))


def retry_after(headers: Any) -> float | None:
    """Seconds that an answer asks to wait, by either of its headers, a number or a date."""
    try:
        if (milliseconds := headers.get("retry-after-ms")) is not None:
            return max(0.0, float(milliseconds) / 1000)
        written = headers.get("retry-after")
        if written is None:
            return None
        if written.replace(".", "", 1).isdigit():
            return float(written)
        return max(0.0, (parsedate_to_datetime(written) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _said(error: Exception) -> str:
    """An SDK's exception in one line."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    message = inner.get("message") if isinstance(inner, dict) else None
    text = message if isinstance(message, str) else str(error) or type(error).__name__
    return " ".join(text.split())[:300]


def make(
    name: str, wire: WireName, model: str, url: str, key: str, key_from: str, patience: Patience
) -> SdkModel:
    """A model by the SDK that speaks this wire."""
    tee = Tee(url)
    http = httpx2.Client(transport=tee, timeout=httpx2.Timeout(READ_S, connect=CONNECT_S), follow_redirects=False)
    return SdkModel(name, _client(wire)(model, url, key, http), tee, key_from, patience)


def _client(wire: WireName) -> Callable[[str, str, str, httpx2.Client], Client]:
    if wire == "anthropic":
        from autolab.models.sdk_anthropic import AnthropicClient

        return AnthropicClient
    from autolab.models.sdk_openai import ChatClient, ResponsesClient

    return ResponsesClient if wire == "responses" else ChatClient
