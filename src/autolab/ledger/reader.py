"""Reading a ledger: tolerant of a last line that broke off, of nothing else."""

from pathlib import Path

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
