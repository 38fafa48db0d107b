"""A box that is talked to while it runs."""

import contextlib
import io
import threading
from dataclasses import replace
from types import TracebackType
from typing import IO, Self, cast

from autolab.errors import SandboxError
from autolab.sandbox.box import BoxResult
from autolab.sandbox.running import Running

_AT_ONCE = 1 << 16


class BoxSession:
    """Implements `Session`. A thread of its own keeps the limits while the caller talks.

    The output limit counts stderr, and what `finish` still finds in stdout; what the caller reads itself is not counted.
    """

    def __init__(self, running: Running, output_bytes: int) -> None:
        stdin, stdout, stderr = running.process.stdin, running.process.stdout, running.process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        self._stdin, self._stdout, self._stderr = stdin, cast(io.BufferedReader, stdout), stderr
        self._running = running
        self._output_bytes = output_bytes
        self._outcome: BoxResult | BaseException | None = None
        self._rest = bytearray()
        self._keeper = threading.Thread(target=self._keep, name="box", daemon=True)
        self._keeper.start()

    @property
    def stdin(self) -> IO[bytes]:
        """Buffered: flush it."""
        return self._stdin

    @property
    def stdout(self) -> IO[bytes]:
        """Ends when the box does."""
        return self._stdout

    def finish(self) -> BoxResult:
        """Closes stdin, waits for the end, and returns it; again and again the same."""
        with contextlib.suppress(OSError, ValueError):
            self._stdin.close()
        with contextlib.suppress(ValueError):  # closed by an earlier call
            self._read_rest()
        self._close()
        if isinstance(self._outcome, BoxResult):
            return replace(self._outcome, stdout=bytes(self._rest))
        raise self._outcome or SandboxError("a box's keeper ended without a result; this is a bug")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeper.is_alive():
            self._running.kill()
        self._close()

    def _keep(self) -> None:
        try:
            self._outcome = self._running.supervise([self._stderr.fileno()])
        except BaseException as error:  # noqa: BLE001 - raised again by finish
            self._outcome = error

    def _read_rest(self) -> None:
        while data := self._stdout.read1(_AT_ONCE):
            room = self._output_bytes - len(self._rest)
            self._rest += data[:room]
            if len(data) > room:
                self._running.kill("output")

    def _close(self) -> None:
        self._keeper.join()
        for stream in (self._stdin, self._stdout, self._stderr):
            with contextlib.suppress(OSError):  # unsent input of a box that is gone
                stream.close()
