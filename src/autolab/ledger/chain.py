"""The text of a ledger line and its place in the chain: pure functions from records to bytes and back.

A line is `{"seq":N,"time":T,"prev":H,"record":{...},"hash":H}` and a newline, without spaces. The hash is taken over the
line's own bytes before `,"hash":`; since `prev` is among them, no line can be changed, removed or moved unseen.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from autolab.errors import LedgerError
from autolab.ledger.records import LEDGER_VERSION, AnyRecord, Line

_MARK = b',"hash":"'
_TAIL = len(_MARK) + 64 + len(b'"}')  # bytes of a line that are not hashed
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


@dataclass(frozen=True)
class Parsed:
    """What a ledger's bytes say: the lines, how many bytes they take, and what is left of a line that broke off."""

    lines: list[Line]
    good: int
    torn: bytes


def encode(seq: int, time: str, prev: str, record: AnyRecord) -> tuple[bytes, str]:
    """The line with its newline, and its hash. Characters that are not Unicode (lone surrogates) become `?`."""
    head = f'{{"seq":{seq},"time":"{time}","prev":"{prev}","record":'.encode() + _record(record)
    digest = hashlib.sha256(head).hexdigest()
    return head + _MARK + digest.encode() + b'"}\n', digest


def parse(data: bytes, where: str) -> Parsed:
    """Checks the chain of a whole ledger. A last line that broke off is set apart; anything else wrong is a LedgerError.

    `where` names the ledger in errors.
    """
    *whole, torn = data.split(b"\n")
    lines: list[Line] = []
    prev = ""
    for seq, text in enumerate(whole):
        if not intact(text):
            if seq == len(whole) - 1 and not torn and _json(text) is None and not _runs_on(text):
                return Parsed(lines, len(data) - len(text) - 1, text + b"\n")
            raise broken(where, seq, "its hash does not match its text")
        line = _line(text, where, seq)
        if line.seq != seq or line.prev != prev:
            raise broken(where, seq, f"it says seq {line.seq} after {line.prev[:12] or 'nothing'}, out of the chain")
        lines.append(line)
        prev = line.hash
    if _runs_on(torn):
        raise broken(where, len(whole), "another line follows without a newline between them")
    return Parsed(lines, len(data) - len(torn), torn)


def _record(record: AnyRecord) -> bytes:
    try:
        return record.model_dump_json().encode()
    except PydanticSerializationError:
        return json.dumps(record.model_dump(), ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def intact(text: bytes) -> bool:
    """Whether a line's hash, at its end, is that of its text. `text` has no newline."""
    return text[-_TAIL:-66] == _MARK and hashlib.sha256(text[:-_TAIL]).hexdigest().encode() == text[-66:-2]


def _runs_on(text: bytes) -> bool:
    """Whether a whole line and more stands here: then its newline was changed, and it is no line that broke off."""
    end = text.find(_MARK) + _TAIL
    return _TAIL <= end < len(text) and intact(text[:end])


def _line(text: bytes, where: str, seq: int) -> Line:
    if seq == 0:
        _refuse_newer(text, where)
    try:
        return _LINE.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise LedgerError(f"{where}: line {seq + 1}: {place}: {first['msg']}; written by another program?") from error


def _refuse_newer(text: bytes, where: str) -> None:
    value = _json(text)
    record = value.get("record") if isinstance(value, dict) else None
    version = record.get("version") if isinstance(record, dict) else None
    if isinstance(version, int) and version > LEDGER_VERSION:
        raise LedgerError(
            f"{where}: line 1: ledger version {version}, this autolab reads up to {LEDGER_VERSION}; install a newer autolab"
        )


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def broken(where: str, seq: int, what: str) -> LedgerError:
    """The error of a chain that does not hold at line `seq`."""
    return LedgerError(
        f"{where}: line {seq + 1}: {what}; the ledger was changed after it was written: "
        "bring back an untouched copy, or start a new trial"
    )
