"""Following a long ledger without holding it: records without their bulk, and where each line lies in the file.

A page that shows ten thousand experiments wants the figures of all and the samples, outputs and profiles of one. What is
left out here are those: a record's text and lists; whoever wants them reads the one line again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from autolab.errors import LedgerError
from autolab.ledger import chain
from autolab.ledger.records import Line, Provenance

_LINE: TypeAdapter[Line] = TypeAdapter(Line)
_OF_RECORDS = {"executed": ("output",), "model_call": ("text", "reasoning", "tool_calls", "error"), "trial_started": ()}
_OF_MEASUREMENTS = ("samples", "profile", "build_output", "run_output", "dropped")


@dataclass(frozen=True, slots=True)
class Placed:
    """A line without its bulk, and where the whole of it lies: bytes from the file's start, and how many."""

    line: Line
    offset: int
    length: int


class LightLedger:
    """Follows one ledger, its chain checked. Each call of `new` gives the lines since the one before it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0  # bytes understood so far
        self._seq = 0
        self._prev = ""
        self._provenance: tuple[Any, Provenance] | None = None

    def new(self) -> list[Placed]:
        """Whole lines that were added; a last line that is not whole waits. LedgerError for a chain that does not hold."""
        found: list[Placed] = []
        try:
            with self.path.open("rb") as file:
                file.seek(self.size)
                for text in file:
                    if not text.endswith(b"\n") or not chain.intact(text[:-1]):
                        if file.read(1):
                            raise chain.broken(str(self.path), self._seq, "its hash does not match its text")
                        break  # a torn last line waits for its end, or to be cut off
                    found.append(self._take(text))
        except OSError as error:
            raise LedgerError(f"{self.path}: cannot be read: {error.strerror or error}") from error
        return found

    def whole(self, offset: int, length: int) -> dict[str, Any]:
        """The whole record of a line that `new` gave, as data."""
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                text = file.read(length)
        except OSError as error:
            raise LedgerError(f"{self.path}: cannot be read: {error.strerror or error}") from error
        record: dict[str, Any] = Line.model_validate_json(text).record.model_dump(mode="json")
        return record

    def _take(self, text: bytes) -> Placed:
        try:
            line = _LINE.validate_python(self._lightened(from_json(text)))
        except (ValidationError, ValueError):
            line = chain.parse(text, str(self.path)).lines[0] if self._seq == 0 else Line.model_validate_json(text)
        if line.seq != self._seq or line.prev != self._prev:
            raise chain.broken(str(self.path), self._seq, f"it says seq {line.seq}, out of the chain")
        placed = Placed(line, self.size, len(text))
        self._seq, self._prev, self.size = line.seq + 1, line.hash, self.size + len(text)
        return placed

    def _lightened(self, value: dict[str, Any]) -> dict[str, Any]:
        """The line without what is bulky; equal provenances become one object."""
        record = value["record"]
        for name in _OF_RECORDS.get(record["type"], ()):
            record.pop(name, None)
        if measurement := record.get("measurement"):
            for name in _OF_MEASUREMENTS:
                measurement.pop(name, None)
            if measurement.get("paired"):
                measurement["paired"]["pairs"] = []
            measurement["provenance"] = self._shared(measurement["provenance"])
        elif "provenance" in record:
            record["provenance"] = self._shared(record["provenance"])
        return value

    def _shared(self, value: Any) -> Provenance:
        if self._provenance is None or self._provenance[0] != value:
            self._provenance = (value, Provenance.model_validate(value))
        return self._provenance[1]
