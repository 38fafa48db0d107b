"""The text of a ledger: it says what was recorded, and nothing in it can be changed unseen."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_records import experiment, started

from autolab.errors import LedgerError
from autolab.ledger.chain import encode, parse
from autolab.ledger.records import LEDGER_VERSION, AnyRecord, Note

TIME = "2026-01-01T00:00:00.000Z"


def ledger(*records: AnyRecord) -> bytes:
    text, prev = b"", ""
    for seq, record in enumerate(records):
        line, prev = encode(seq, TIME, prev, record)
        text += line
    return text


WHOLE = ledger(started(), experiment(1, 0.5, hypothesis='é \U0001f600 \u2028\n\t"'), Note(author="agent", text="words"))
ENDS = [place + 1 for place, byte in enumerate(WHOLE) if byte == 10]


@given(st.lists(st.text(max_size=30), max_size=6))
def test_what_was_recorded_is_read_back(texts: list[str]) -> None:
    records = [started(), *(Note(author="agent", text=text) for text in texts)]
    parsed = parse(ledger(*records), "ledger")
    assert [line.record for line in parsed.lines] == records
    assert (parsed.good, parsed.torn) == (len(ledger(*records)), b"")


def test_text_that_is_no_unicode_becomes_question_marks_and_the_chain_holds() -> None:
    record = parse(ledger(Note(author="agent", text="a\udc80b")), "ledger").lines[0].record
    assert isinstance(record, Note)
    assert record.text == "a?b"


def test_a_line_torn_at_any_byte_is_set_apart_and_all_before_it_stay() -> None:
    for cut in range(len(WHOLE) + 1):
        whole = [end for end in ENDS if end <= cut]
        parsed = parse(WHOLE[:cut], "ledger")
        assert len(parsed.lines) == len(whole)
        assert parsed.good == (whole[-1] if whole else 0)
        assert parsed.torn == WHOLE[parsed.good : cut]


@settings(max_examples=200)
@given(st.integers(0, ENDS[1] - 1), st.integers(1, 255))
def test_no_byte_before_the_last_line_can_change(place: int, change: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= change
    with pytest.raises(LedgerError, match=r"ledger: line [1-4]: .*"):
        parse(bytes(damaged), "ledger")


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_lost_newline_is_no_torn_line(end: str) -> None:
    damaged = bytearray(WHOLE[:-1] + end.encode())
    damaged[ENDS[1] - 1] = 32
    with pytest.raises(LedgerError, match="line 2: "):
        parse(bytes(damaged), "ledger")


@settings(max_examples=200)
@given(st.integers(ENDS[1], len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_last_line_never_counts(place: int, change: int) -> None:
    """It is a torn line where it is no JSON any more, as a disk leaves it, and a broken chain where it is."""
    damaged = bytearray(WHOLE)
    damaged[place] ^= change
    try:
        assert len(parse(bytes(damaged), "ledger").lines) == 2
    except LedgerError as error:
        assert "ledger: line 3: " in str(error)  # noqa: PT017 - either end is right


@pytest.mark.parametrize("order", [(1, 2), (0, 2), (0, 0, 1, 2), (0, 2, 1), (1, 0, 2), (0, 1, 1)])
def test_lines_cannot_be_removed_doubled_or_moved(order: tuple[int, ...]) -> None:
    lines = WHOLE.splitlines(keepends=True)
    with pytest.raises(LedgerError, match="out of the chain"):
        parse(b"".join(lines[index] for index in order), "ledger")


@pytest.mark.parametrize(("seq", "prev"), [(1, "0" * 64), (2, None), (0, None)])
def test_a_line_written_anew_with_a_right_hash_does_not_fit_in(seq: int, prev: str | None) -> None:
    first, after = encode(0, TIME, "", started())
    line, _ = encode(seq, TIME, after if prev is None else prev, Note(author="agent", text="never said"))
    with pytest.raises(LedgerError, match=r"line 2: .* out of the chain"):
        parse(first + line, "ledger")


def test_the_hash_can_be_checked_without_writing_json() -> None:
    prev = ""
    for line in WHOLE.splitlines():
        head, _, tail = line.rpartition(b',"hash":"')
        assert tail == hashlib.sha256(head).hexdigest().encode() + b'"}'
        assert json.loads(line)["prev"] == prev
        prev = json.loads(line)["hash"]


def rewritten(change: dict[str, object]) -> bytes:
    """The first line with other fields in its record, and a right hash, as another version would write it."""
    head = WHOLE.splitlines()[0].rpartition(b',"hash":')[0]
    record = {**json.loads(head + b"}")["record"], **change}
    text = head[: head.index(b'"record":')] + b'"record":' + json.dumps(record).encode()
    return text + b',"hash":"' + hashlib.sha256(text).hexdigest().encode() + b'"}\n'


def test_a_newer_version_is_refused_by_its_number() -> None:
    with pytest.raises(LedgerError, match=f"ledger version {LEDGER_VERSION + 1}, this autolab reads up to"):
        parse(rewritten({"version": LEDGER_VERSION + 1}), "ledger")


def test_unknown_fields_of_the_same_version_are_read_past() -> None:
    assert parse(rewritten({"mood": "good"}), "ledger").lines[0].record == started()


@pytest.mark.parametrize("change", [{"type": "party"}, {"attempt": "many"}, {"budget": float("nan")}])
def test_a_record_of_no_known_kind_is_an_error_that_names_the_line(change: dict[str, object]) -> None:
    with pytest.raises(LedgerError, match="ledger: line 1: "):
        parse(rewritten(change), "ledger")
