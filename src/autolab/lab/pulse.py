"""A sign of life for whoever watches a trial's process: an agent's own code may run for ever, and call the bench no more."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol

FILE = "pulse"
"""In the trial's folder while an agent is at work: seconds of the wall budget used, then `over` once nothing is left."""

_EVERY_S = 1.0


class Calls:
    """Counts the long calls under way, in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.under_way = 0

    def __enter__(self) -> None:
        with self._lock:
            self.under_way += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self.under_way -= 1


class Watched(Protocol):
    """What a pulse is taken of: a bench."""

    @property
    def used_s(self) -> float:
        """Seconds of the wall budget used."""

    @property
    def over(self) -> bool:
        """Whether the agent has nothing left to do but to come back and hear so."""


@contextlib.contextmanager
def pulse(folder: Path, bench: Watched) -> Iterator[None]:
    """Writes the pulse of a bench into the trial's folder until the `with` ends; while the bench is over, no more."""
    path, unfinished = folder / FILE, folder / f".{FILE}"
    ended = threading.Event()

    def beat() -> None:
        was_over = False
        while not ended.wait(_EVERY_S):
            over = bench.over
            if not (over and was_over):
                with contextlib.suppress(OSError):
                    unfinished.write_text(f"{bench.used_s:.3f}{' over' if over else ''}")
                    unfinished.replace(path)
            was_over = over

    thread = threading.Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        path.unlink(missing_ok=True)
