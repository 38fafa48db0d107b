"""A trial's ledger and the state that it tells, kept in step."""

import threading
from collections.abc import Callable
from pathlib import Path

from autolab.ledger.records import AnyRecord, Line
from autolab.ledger.replay import TrialState, after, replay
from autolab.ledger.writer import LedgerWriter

Listener = Callable[[AnyRecord], None]
"""Told of every record once it is on disk."""


class Journal:
    """Opens or continues the ledger at `path`, and holds its lock until `close`. Several threads may append."""

    def __init__(self, path: Path, listener: Listener | None = None) -> None:
        self._writer = LedgerWriter.open(path)
        self._listener = listener
        self._lock = threading.RLock()
        self.found: tuple[Line, ...] = self._writer.found  # the lines that were there
        self.state: TrialState = replay(self._writer.found)

    def append(self, record: AnyRecord) -> None:
        """On disk first, then counted, then told."""
        with self._lock:
            self._writer.append(record)
            self.state = after(self.state, record)
            if self._listener is not None:
                self._listener(record)

    def close(self) -> None:
        """Lets go of the ledger's lock."""
        self._writer.close()
