"""Where a measure's time went: wall seconds by phase."""

import contextlib
import time
from collections.abc import Iterator


class Phases:
    """A stopwatch with named phases. Time belongs to the innermost phase. `seconds` is what a measurement records."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open: list[str] = []
        self._since = 0.0

    @contextlib.contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Adds the time inside the `with` to a phase, also when it is left by an exception."""
        self._charge()
        self._open.append(name)
        try:
            yield
        finally:
            self._charge()
            self._open.pop()

    def _charge(self) -> None:
        """Gives the time since the last change to the phase that is innermost now."""
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] = self.seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now
