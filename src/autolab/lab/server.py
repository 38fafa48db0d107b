"""The lab's end of the `lab` command: a Unix socket that exists while a command runs in the bench.

One request and one reply a connection, each one line of JSON: `{"words": [...]}` in; `{"code", "text", "data"}` out.
"""

import contextlib
import json
import os
import shutil
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from autolab.agents.bench import BudgetSpent
from autolab.errors import AutolabError

LAB_FOLDER = "/lab"
"""Where the bench sees the command `lab` and the socket."""

_REQUEST_BYTES = 1 << 20
_REQUEST_S = 10.0  # to send a request; the answer may take as long as a measure does
_POLL_S = 0.1


class LabServer:
    """Serves one bench until the `with` ends. `folder`, made anew, is mounted read-only at LAB_FOLDER.

    It is the trial's, so that what a killed lab leaves there goes with the bench.
    """

    def __init__(self, bench: Any, folder: Path) -> None:
        self._bench = bench
        self._ending = threading.Event()
        self.folder = folder

    def __enter__(self) -> Self:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.folder.chmod(0o755)
        script = self.folder / "lab"
        shutil.copyfile(Path(__file__).with_name("lab_command.py"), script)
        script.chmod(0o755)
        self._socket = _bound(self.folder)
        (self.folder / "socket").chmod(0o666)
        self._socket.listen(8)
        self._socket.settimeout(_POLL_S)
        self._thread = threading.Thread(target=self._serve, name="lab", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_REQUEST_S)
                reply = self._answer(connection)
                connection.sendall(json.dumps(reply, allow_nan=False).encode() + b"\n")

    def _answer(self, connection: socket.socket) -> dict[str, Any]:
        from autolab.lab.operations import UsageError, operate

        try:
            words = _words(connection)
            text, data = operate(self._bench, words)
        except BudgetSpent as spent:
            return {"code": 3, "text": f"lab: {spent}; the trial ends", "data": {"error": str(spent)}}
        except UsageError as error:
            return {"code": 2, "text": f"lab: {error}", "data": {"error": str(error)}}
        except AutolabError as error:
            return {"code": 1, "text": f"lab: {error}", "data": {"error": str(error)}}
        except Exception as error:  # noqa: BLE001 - a bug here must reach the agent as an answer, not as a silence
            return {"code": 70, "text": f"lab: internal error: {error!r}", "data": {"error": repr(error)}}
        return {"code": 0, "text": text, "data": data}


def _bound(folder: Path) -> socket.socket:
    """A socket named `socket` in the folder, whose path may be longer than the 107 characters that a bind has room for."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found.bind(f"/proc/self/fd/{handle}/socket")
    except BaseException:
        found.close()
        raise
    finally:
        os.close(handle)
    return found


def _words(connection: socket.socket) -> list[str]:
    """The request's words. AutolabError for anything that is no request."""
    with connection.makefile("rb") as stream:
        line = stream.readline(_REQUEST_BYTES)
    try:
        words = json.loads(line)["words"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AutolabError("not a request of the lab command") from error
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise AutolabError("a request's words are not a list of texts")
    return words
