"""HTTP for those who answer over a model's wire: the gateway on a Unix socket, the fake server on loopback."""

import json
import socketserver
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

MOST_BYTES = 64 << 20
"""Of a request's body."""

_MOST_CONNECTIONS = 64
_IDLE_S = 300.0


@dataclass(frozen=True)
class Asked:
    """A request. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def token(self) -> str:
        """The key that the client shows, wherever its wire has it."""
        bearer = self.headers.get("authorization", "").removeprefix("Bearer ").strip()
        return self.headers.get("x-api-key") or self.headers.get("x-goog-api-key") or bearer


@dataclass(frozen=True)
class Answered:
    """An answer. A `stream` is sent piece by piece as it comes; `cut`: the connection breaks instead of ending."""

    status: int
    body: Iterable[bytes]
    stream: bool = False
    cut: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class App(Protocol):
    """Who answers. Called from several threads."""

    def answer(self, asked: Asked) -> Answered:
        """The answer to a request."""


def json_answer(status: int, document: Any, **headers: str) -> Answered:
    """An answer that is one JSON document."""
    return Answered(status, [json.dumps(document).encode()], headers=headers)


class WireHandler(BaseHTTPRequestHandler):
    """One connection. The server has an attribute `app`."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_S
    server_version = "autolab"
    sys_version = ""

    def do_GET(self) -> None:
        """Reading."""
        self._serve()

    def do_POST(self) -> None:
        """Asking."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nothing is logged: the ledger has the exchanges."""

    def address_string(self) -> str:
        """Unix sockets have none."""
        return "-"

    def _serve(self) -> None:
        app: App = self.server.app  # type: ignore[attr-defined]
        body = self._body()
        if body is None:
            self._send(json_answer(413, {"error": {"message": f"a request needs a length of at most {MOST_BYTES} bytes"}}))
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(app.answer(Asked(self.command, self.path, headers, body)))

    def _body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self._chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:12]) > MOST_BYTES:
            return None
        return self.rfile.read(int(length))

    def _chunks(self) -> bytes | None:
        found = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(64).partition(b";")[0], 16)
            except ValueError:
                return None
            if size < 0 or len(found) + size > MOST_BYTES:
                return None
            found += self.rfile.read(size)
            self.rfile.readline(64)
            if size == 0:
                return bytes(found)

    def _send(self, answered: Answered) -> None:
        """Sends it. A client that went away costs nothing but the sending: a stream is taken to its end all the same."""
        there = True
        head = dict(answered.headers)
        pieces: Iterable[bytes] = answered.body
        if answered.stream:
            head |= {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Transfer-Encoding": "chunked"}
        else:
            whole = b"".join(pieces)
            head = {"Content-Type": "application/json", "Content-Length": str(len(whole)), **head}
            pieces = [whole]
        try:
            self.send_response(answered.status)
            for name, value in head.items():
                self.send_header(name, value)
            self.end_headers()
        except OSError:
            there = False
        for piece in pieces:
            if there and piece:
                try:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if answered.stream else piece)
                except OSError:
                    there = False
        if answered.cut or not there:
            self.close_connection = True
        elif answered.stream:
            with suppress(OSError):
                self.wfile.write(b"0\r\n\r\n")


class _Bounded(socketserver.ThreadingMixIn):
    """A thread a connection, and no more than so many: what is over is closed at once."""

    daemon_threads = True
    block_on_close = False
    # a Unix socket with no room refuses at once (EAGAIN), so a burst must fit while the accepting thread waits for a core
    request_queue_size = 2 * _MOST_CONNECTIONS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._free = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)  # type: ignore[attr-defined]

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is no news."""


class UnixServer(_Bounded, socketserver.UnixStreamServer):
    """Answers on a Unix socket."""

    def __init__(self, path: str, app: App) -> None:
        self.app = app
        super().__init__(path, WireHandler)


class LoopbackServer(_Bounded, socketserver.TCPServer):
    """Answers on a free port of 127.0.0.1."""

    def __init__(self, app: App) -> None:
        self.app = app
        super().__init__(("127.0.0.1", 0), WireHandler)

    @property
    def port(self) -> int:
        """The port that was free."""
        return int(self.server_address[1])
