"""A provider on loopback for tests: it speaks every wire over real HTTP, answers with a model, and misbehaves on order."""

import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from autolab.models.errors import ModelError
from autolab.models.model import Model
from autolab.models.serving import Answered, Asked, LoopbackServer, json_answer
from autolab.models.wires.wire import WIRES, wants_stream, wire_of, written_answer


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request. `status`: an error of that status, with `retry_after` seconds where given.

    `cut_after`: the connection breaks after so many bytes of the answer. `garbage`: the answer is no JSON. `pause_s`:
    nothing comes for so long.
    """

    status: int | None = None
    retry_after: float | None = None
    message: str = "ordered by the test"
    cut_after: int | None = None
    garbage: bool = False
    pause_s: float = 0.0


GOOD = Fault()
"""No fault: for the requests between two that fail."""


class FakeServer:
    """Answers requests until the `with` ends, one at a time; `faults` are used up in order, one a request.

    `key`: what clients must show, None for anything. `asked` holds every request.
    """

    def __init__(self, model: Model, faults: Sequence[Fault] = (), key: str | None = None) -> None:
        self.asked: list[Asked] = []
        self._model = model
        self._faults = list(faults)
        self._key = key
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._server = LoopbackServer(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="fake provider", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answered:
        """What a provider would answer, or the fault that is due."""
        wire = wire_of(asked.path)
        if wire is None or asked.method != "POST":
            return json_answer(404, {"error": {"message": f"no such path: {asked.path}"}})
        with self._lock:
            self.asked.append(asked)
            fault = self._faults.pop(0) if self._faults else GOOD
            time.sleep(fault.pause_s)
            if self._key is not None and asked.token != self._key:
                return json_answer(401, WIRES[wire].error(401, "invalid api key"))
            if fault.status is not None:
                after = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
                return json_answer(fault.status, WIRES[wire].error(fault.status, fault.message), **after)
            sent = json.loads(asked.body)
            stream = wants_stream(asked.path, sent)
            if fault.garbage:
                return Answered(200, [b"data: {not json\n\n" if stream else b"<html>"], stream=stream)
            try:
                reply = self._model.ask(WIRES[wire].request_of(sent))
            except ModelError as error:
                return json_answer(400, WIRES[wire].error(400, str(error)))
        whole = list(written_answer(wire, reply, sent, stream=stream))
        if fault.cut_after is None:
            return Answered(200, whole, stream=stream)
        size = sum(map(len, whole))
        length = {} if stream else {"Content-Length": str(size)}
        return Answered(200, _first(whole, fault.cut_after), stream=stream, cut=True, headers=length)


def _first(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece[:size]
        size -= len(piece[:size])
