"""A sign of life for whoever watches a trial's process: an agent's own code may run for ever, and call the bench no more."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

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


@contextlib.contextmanager
def pulse(folder: Path, used_s: Callable[[], float], over: Callable[[], bool]) -> Iterator[None]:
    """Writes the pulse into the trial's folder until the `with` ends; once a bench is over, no more.

    `over`: whether the agent has nothing left to do but to come back and hear so.
    """
    path, unfinished = folder / FILE, folder / f".{FILE}"
    ended = threading.Event()

    def beat() -> None:
        was_over = False
        while not ended.wait(_EVERY_S):
            is_over = over()
            if not (is_over and was_over):
                with contextlib.suppress(OSError):
                    unfinished.write_text(f"{used_s():.3f}{' over' if is_over else ''}")
                    unfinished.replace(path)
            was_over = is_over

    thread = threading.Thread(target=beat, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        path.unlink(missing_ok=True)
