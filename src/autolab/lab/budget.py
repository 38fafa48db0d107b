"""What a trial may use, and the clock that says what it has used."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Budget:
    """Wall seconds and experiments; None: unlimited. Whichever ends first ends the trial."""

    wall_s: float | None = None
    experiments: int | None = None

    def recorded(self) -> dict[str, float | None]:
        """As a ledger's first record has it."""
        return asdict(self)

    def crossed(self, seconds: float, experiments: int) -> str | None:
        """Which part is used up: `wall`, `experiments`, or None."""
        if self.wall_s is not None and seconds >= self.wall_s:
            return "wall"
        if self.experiments is not None and experiments >= self.experiments:
            return "experiments"
        return None


class WallClock:
    """Seconds of the wall budget used, on the monotonic clock. Waiting of the lab's own making is taken off."""

    def __init__(self, spent: float = 0.0) -> None:
        self._begun = time.monotonic() - spent
        self._waited = 0.0

    def used(self) -> float:
        """Seconds so far, those of earlier sittings included."""
        return time.monotonic() - self._begun - self._waited

    @contextlib.contextmanager
    def not_counting(self) -> Iterator[None]:
        """The time inside the `with` is the lab's, not the agent's."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._waited += time.monotonic() - begun
