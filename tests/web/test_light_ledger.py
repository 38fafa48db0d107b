"""Reading a ledger without its bulk gives what reading all of it gives, at whatever place a writer stands."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_ledgers import Made, write_ledger

from autolab.errors import LedgerError
from autolab.ledger.light import LightLedger
from autolab.ledger.reader import read_ledger

MADE = Made(scores=(0.1, "build_failed", 0.4, 0.2), tokens=10, usd=0.01)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ledger(tmp_path_factory.mktemp("ledger"), MADE.records()) / "ledger.jsonl"


def test_light_lines_differ_from_whole_ones_in_bulk_alone(whole: Path) -> None:
    light = LightLedger(whole)
    found = light.new()
    full = read_ledger(whole)
    assert [each.line.hash for each in found] == [line.hash for line in full]
    assert [light.whole(each.offset, each.length) for each in found] == [line.record.model_dump(mode="json") for line in full]


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, 1_000_000))
def test_a_line_that_is_still_written_waits_for_its_end(whole: Path, cut: int) -> None:
    data = whole.read_bytes()
    growing = whole.with_name("growing.jsonl")
    growing.write_bytes(data[: cut % (len(data) + 1)])
    light = LightLedger(growing)
    first = light.new()
    growing.write_bytes(data)
    assert [each.line.seq for each in [*first, *light.new()]] == list(range(len(read_ledger(whole))))


def test_a_changed_line_is_refused(whole: Path) -> None:
    changed = whole.with_name("changed.jsonl")
    changed.write_bytes(whole.read_bytes().replace(b"idea 2", b"idea 9"))
    with pytest.raises(LedgerError, match="was changed after it was written"):
        LightLedger(changed).new()
