"""The gateway: the only way out of a bench. Other programs' traffic with models goes through it, metered, under a budget.

It answers on a Unix socket in a folder that a box gets at GATEWAY_FOLDER; the command `forward` there makes it an address
on the box's loopback. Clients show the trial's token; the key stays on this side.
"""

import json
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from autolab.ledger.records import ModelCall
from autolab.models.gateway_rules import outside, without_schemas
from autolab.models.metered import Record, exchange, model_call
from autolab.models.model import Model, Reply
from autolab.models.providers import Access
from autolab.models.serving import Answered, Asked, UnixServer, json_answer
from autolab.models.upstream import Told, upstream_of
from autolab.models.wires.common import Body
from autolab.models.wires.wire import WIRES, WireName, wire_of

GATEWAY_FOLDER = "/gateway"
PORT = 8787
URL = f"http://127.0.0.1:{PORT}"
"""Where a box reaches it, once `forward` runs there."""

STOPPED = 75
"""Exit code of `forward` where the budget ended its command."""

_CLOSING_S, _BREAKING_S = 20.0, 5.0
_LOOK_S = 5.0

Admit = Callable[[], str | None]
"""Why no further request may pass, None if one may."""


class Gateway:
    """Serves one box until the `with` ends. Requests are answered one at a time: a budget is overrun by one answer at most."""

    def __init__(self, model: Model | Access, admit: Admit, record: Record) -> None:
        self._upstream = upstream_of(model)
        self._admit = admit
        self._record = record
        self._one = threading.Lock()
        self._over = threading.Event()
        self._closing = threading.Event()
        self.token = f"bench-{secrets.token_hex(16)}"
        # not in the trial's folder: the path of a Unix socket has room for 107 characters
        self.folder = Path(tempfile.mkdtemp(prefix="autolab-"))

    @property
    def name(self) -> str:
        """The model's."""
        return self._upstream.name

    @property
    def over(self) -> bool:
        """Whether a request was refused because nothing is left."""
        return self._over.is_set()

    def __enter__(self) -> Self:
        self.folder.chmod(0o755)
        script = self.folder / "forward"
        shutil.copyfile(Path(__file__).with_name("forward_command.py"), script)
        script.chmod(0o755)
        path = self.folder / "socket"
        self._server = UnixServer(str(path), self)
        path.chmod(0o666)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gateway", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        if not self._under_way_ended():
            self._record(model_call(self.name, "gateway", Reply(""), "cut", "no end had come when the bench was closed"), b"{}")
            self._record = _ignored
        self._server.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _under_way_ended(self) -> bool:
        """Waits for the exchange under way, whose tokens count although nobody reads it; breaks it off if it takes long."""
        if self._one.acquire(timeout=_CLOSING_S):
            return True
        self._upstream.close()
        return self._one.acquire(timeout=_BREAKING_S)

    def command(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A box's command with the gateway on its loopback."""
        return (f"{GATEWAY_FOLDER}/forward", str(PORT), self.token, *argv)

    def answer(self, asked: Asked) -> Answered:
        """The answer to a request from the box."""
        wire = wire_of(asked.path)
        spoken = WIRES[wire or "chat"]
        if not secrets.compare_digest(asked.token.encode(), self.token.encode()):
            return json_answer(401, spoken.error(401, "not the token of this bench"))
        if asked.method == "GET":
            return self._told(asked.path)
        if wire is None:
            return json_answer(404, spoken.error(404, f"the gateway has no {asked.path.partition('?')[0]}"))
        try:
            sent = json.loads(asked.body)
        except (ValueError, RecursionError):
            sent = None
        if not isinstance(sent, dict):
            return json_answer(400, spoken.error(400, "the body is no JSON object"))
        if (address := outside(without_schemas(sent))) is not None:
            return json_answer(400, spoken.error(400, f"nothing is fetched for a bench: {address[:100]}"))
        return self._one_at_a_time(wire, asked, sent)

    def _one_at_a_time(self, wire: WireName, asked: Asked, sent: Body) -> Answered:
        self._one.acquire()
        told = Told()
        try:
            reason = "the bench is closed" if self._closing.is_set() else self._admit()
            if reason is not None:
                self._over.set()
                answered = json_answer(403, WIRES[wire].error(403, f"{reason}; the trial ends"))
            else:
                answered = self._upstream.answer(wire, asked, sent, told)
        except BaseException:
            self._one.release()
            raise
        if reason is not None:
            self._one.release()
            return answered
        return replace(answered, body=self._recorded(answered, told))

    def _recorded(self, answered: Answered, told: Told) -> Iterator[bytes]:
        """The answer's bytes; once they are through, the exchange is in the ledger and the next may come."""
        try:
            yield from answered.body
        finally:
            try:
                self._record(model_call(self.name, "gateway", told.reply, told.status, told.error), exchange(told.reply))
            finally:
                self._one.release()

    def _told(self, path: str) -> Answered:
        """What clients read: which model there is, and, for `forward`, that nothing is left."""
        if path == "/over":
            while not self._over.wait(_LOOK_S):
                if self._admit() is not None:  # time, or a person, ended it while it asked for nothing
                    self._over.set()
            return json_answer(200, {"over": True})
        if path.partition("?")[0] in {"/v1/models", "/models"}:
            model = self.name.partition("/")[2]
            return json_answer(200, {"object": "list", "data": [{"id": model, "object": "model", "owned_by": "lab"}]})
        return json_answer(404, {"error": {"message": "not found"}})


def _ignored(call: ModelCall, raw: bytes) -> None:
    """What ends after the gateway is closed comes too late."""
    del call, raw
