"""Reading ahead: a row for every trial, read in the pauses between what people ask for."""

import time

from autolab.web.shelf import Shelf

_PAUSE_S = 1.0
"""Nothing was asked for this long: a person reads, and the next ledgers may be read."""


def read_ahead(shelf: Shelf) -> None:
    """Glances at every trial at once, since the first page needs that; then reads whole ledgers, one by one, in pauses."""
    folders = [folder for run in shelf.runs() for folder in shelf.trials(run)]
    for folder in folders:
        shelf.glance(folder)
    for folder in folders:
        while time.monotonic() - shelf.asked < _PAUSE_S:
            time.sleep(_PAUSE_S / 4)
        shelf.row(folder)
