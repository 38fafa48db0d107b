"""The wall budget of a trial by hand, read off the ledger's lines."""

from datetime import UTC, datetime, timedelta

from small_records import COMMIT, experiment, started

from autolab.lab.by_hand import wall_used
from autolab.ledger.records import AnyRecord, Line, Note, State

BEGUN = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def lines(*records: tuple[float, AnyRecord]) -> list[Line]:
    """Lines written so many seconds after the beginning."""
    times = [(BEGUN + timedelta(seconds=after)).isoformat(timespec="milliseconds").replace("+00:00", "Z") for after, _ in records]
    return [
        Line(seq=seq, time=time, prev="", record=record, hash="")
        for seq, (time, (_, record)) in enumerate(zip(times, records, strict=True))
    ]


def used(after: float, *records: tuple[float, AnyRecord]) -> float:
    return wall_used(lines(*records), BEGUN + timedelta(seconds=after))


def test_time_counts_from_the_first_record_also_between_calls() -> None:
    assert used(5, (0, started())) == 5
    start = State(commit=COMMIT, tree="a" * 40, elapsed=0.5, cause="start")
    assert used(3600, (0, started()), (0.5, start)) == 3600


def test_what_an_experiment_says_is_used_takes_off_what_the_bench_was_frozen() -> None:
    assert used(110, (0, started()), (100, experiment(1, 0.5, elapsed=90.0))) == 100


def test_a_line_without_a_figure_changes_nothing() -> None:
    assert used(20, (0, started()), (10, Note(author="agent", text="hm"))) == 20


def test_nothing_is_used_before_the_first_record_and_a_clock_set_back_gives_nothing_away() -> None:
    assert used(5) == 0
    assert used(50, (0, started()), (100, experiment(1, 0.5, elapsed=90.0))) == 90
