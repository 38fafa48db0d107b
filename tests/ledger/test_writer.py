"""Writing a ledger: what `append` returned is on disk, once, whatever happens next."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_records import experiment, started

from autolab.errors import LedgerError
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Note
from autolab.ledger.replay import replay
from autolab.ledger.writer import LedgerWriter

TESTS = Path(__file__).resolve().parent.parent


def note(text: str) -> Note:
    return Note(author="agent", text=text)


def texts(path: Path) -> list[str]:
    return [line.record.text for line in read_ledger(path) if isinstance(line.record, Note)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trial" / "ledger.jsonl"


def test_lines_are_there_at_once_for_a_reader_beside_the_writer(path: Path) -> None:
    with LedgerWriter.open(path) as writer:
        for number in range(3):
            line = writer.append(note(str(number)))
            assert read_ledger(path)[-1] == line
    assert texts(path) == ["0", "1", "2"]


def test_a_ledger_is_continued_where_it_ended(path: Path) -> None:
    for number in range(4):
        with LedgerWriter.open(path) as writer:
            assert len(writer.found) == number
            writer.append(note(str(number)))
    assert texts(path) == ["0", "1", "2", "3"]
    assert [file.name for file in path.parent.iterdir()] == ["ledger.jsonl"]


def test_a_line_torn_at_any_byte_is_kept_aside_and_the_chain_goes_on(path: Path) -> None:
    with LedgerWriter.open(path) as writer:
        writer.append(note("first"))
        first = path.stat().st_size
        writer.append(note("second"))
    whole = path.read_bytes()
    for cut in range(first + 1, len(whole)):
        path.write_bytes(whole[:cut])
        with LedgerWriter.open(path) as writer:
            assert writer.torn is not None
            assert writer.torn.read_bytes() == whole[first:cut]
            writer.append(note("third"))
        assert texts(path) == ["first", "third"]
        writer.torn.unlink()


def test_torn_lines_of_several_crashes_are_all_kept(path: Path) -> None:
    for torn in (b'{"seq":0', b"\0\0\0\0"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(torn)
        LedgerWriter.open(path).close()
        assert path.read_bytes() == b""
    kept = sorted(path.parent.glob("*.torn-*"))
    assert [file.read_bytes() for file in kept] == [b'{"seq":0', b"\0\0\0\0"]


def test_a_broken_chain_is_not_continued_and_not_touched(path: Path) -> None:
    with LedgerWriter.open(path) as writer:
        writer.append(note("first"))
        writer.append(note("second"))
    damaged = path.read_bytes().replace(b"first", b"fist!")
    path.write_bytes(damaged)
    with pytest.raises(LedgerError, match="changed after it was written"):
        LedgerWriter.open(path)
    assert path.read_bytes() == damaged


def test_there_is_one_writer_at_a_time_and_the_other_is_told_who(path: Path) -> None:
    with LedgerWriter.open(path), pytest.raises(LedgerError, match=f"in use by pid {os.getpid()} on "):
        LedgerWriter.open(path)
    LedgerWriter.open(path).close()


def test_threads_share_one_writer(path: Path) -> None:
    with LedgerWriter.open(path) as writer, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: writer.append(note(str(number))), range(40)))
    assert sorted(map(int, texts(path))) == list(range(40))


def test_a_closed_writer_says_so(path: Path) -> None:
    with LedgerWriter.open(path) as writer:
        pass
    with pytest.raises(LedgerError, match="closed"):
        writer.append(note("late"))


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Writes past `size` bytes of any file fail, as on a full disk: first short, then not at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("room", [0, 1, 50, 200])
def test_a_full_disk_loses_nothing_and_the_same_append_may_be_tried_again(path: Path, room: int) -> None:
    with LedgerWriter.open(path) as writer:
        writer.append(note("first"))
        before = path.read_bytes()
        with largest_file(len(before) + room), pytest.raises(LedgerError, match="record not written"):
            writer.append(note("second" * 50))
        assert path.read_bytes() == before
        writer.append(note("second"))
    assert texts(path) == ["first", "second"]


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/dev/full").exists(), reason="needs root, to mount a small tmpfs")
def test_a_really_full_disk_too(tmp_path: Path) -> None:
    """In a mount namespace of its own, so that nothing stays mounted."""
    program = f"""
import sys; sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from autolab.errors import LedgerError
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Note
from autolab.ledger.writer import LedgerWriter
path = Path({str(tmp_path)!r}, "disk", "ledger.jsonl")
written = 0
with LedgerWriter.open(path) as writer:
    try:
        while True:
            writer.append(Note(author="agent", text="x" * 5000))
            written += 1
    except LedgerError as error:
        assert "No space left" in str(error), error
    assert len(read_ledger(path)) == written > 3
    (path.parent / "ballast").unlink()
    writer.append(Note(author="agent", text="y" * 5000))
assert len(read_ledger(path)) == written + 1
print("fine")
"""
    (tmp_path / "disk").mkdir()
    mount = 'mount -t tmpfs -o size=256k none "$1" && head -c 100000 /dev/zero > "$1/ballast" && exec "$2" -c "$3"'
    words = ["unshare", "-m", "sh", "-c", mount, "sh", str(tmp_path / "disk"), sys.executable, program]
    result = subprocess.run(words, capture_output=True, text=True)
    if "mount" in result.stderr and "permi" in result.stderr.lower():
        pytest.skip("this container may not mount")
    assert result.stdout == "fine\n", result.stderr


def test_a_ledger_that_vanishes_or_shrinks_is_not_written_on(path: Path) -> None:
    with LedgerWriter.open(path) as writer:
        writer.append(note("first"))
        os.truncate(path, 10)
        with pytest.raises(LedgerError, match="cut by another program"):
            writer.append(note("second"))
    path.unlink()
    with LedgerWriter.open(path) as writer:
        path.unlink()
        with pytest.raises(LedgerError, match="deleted"):
            writer.append(note("first"))


def test_places_that_cannot_be_written_or_read_are_errors_with_a_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "ledger.jsonl", tmp_path):
        with pytest.raises(LedgerError, match="cannot be opened for writing"):
            LedgerWriter.open(path)
        with pytest.raises(LedgerError, match="cannot be read"):
            read_ledger(path)


APPENDING = f"""
import sys; sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from small_records import experiment, started
from autolab.ledger.replay import replay
from autolab.ledger.writer import LedgerWriter
writer = LedgerWriter.open(Path(sys.argv[1]))
number = len(replay(writer.found).experiments)
if not writer.found:
    writer.append(started())
while True:
    number += 1
    writer.append(experiment(number, 0.5))
    print(number, flush=True)
"""


def test_kill_9_at_any_moment_loses_no_experiment_and_counts_none_twice(path: Path) -> None:
    acknowledged = 0
    for kill_after in (1, 4, 9, 16):
        with subprocess.Popen([sys.executable, "-c", APPENDING, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(kill_after):
                acknowledged = int(process.stdout.readline())
            process.kill()
            acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        state = replay(read_ledger(path))
        assert len(state.experiments) in (acknowledged, acknowledged + 1)  # one may be on disk before it was told
    assert state.started == started()
    with LedgerWriter.open(path) as writer:
        writer.append(experiment(len(state.experiments) + 1))
