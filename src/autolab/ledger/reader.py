"""Reading a ledger: tolerant of a last line that broke off, of nothing else."""

from pathlib import Path

from pydantic import ValidationError

from autolab.errors import LedgerError
from autolab.ledger import chain
from autolab.ledger.records import Line


def read_ledger(path: Path | str) -> list[Line]:
    """All whole lines of a ledger, their chain checked. Safe beside a writer. A broken chain is a LedgerError."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise LedgerError(f"{path}: cannot be read: {error.strerror or error}") from error
    return chain.parse(data, str(path)).lines


class LedgerTail:
    """Follows a ledger while it is written: each call of `new` gives the lines since the one before it.

    For progress alone: the chain is not checked. A ledger that is not there yet has no lines.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._place = 0  # bytes told of

    def new(self) -> list[Line]:
        """Whole lines that were added. A line that is not whole, or broke off, waits."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._place)
                data = file.read()
        except OSError:
            return []
        found: list[Line] = []
        for text in data.split(b"\n")[:-1]:
            try:
                line = Line.model_validate_json(text)
            except ValidationError:
                break
            found.append(line)
            self._place += len(text) + 1
        return found
