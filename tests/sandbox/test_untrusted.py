"""Nothing that a box left beneath a folder leads a reader or writer of it astray."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.errors import AutolabError
from autolab.sandbox.untrusted import Untrusted, read_file, remove_file, shown, walk, write_file


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder with one of everything, and a secret beside it."""
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "root"
    (root / "src" / "deep").mkdir(parents=True)
    (root / "src" / "good.c").write_text("good")
    (root / "src" / "deep" / "file").write_text("deep")
    (root / "link").symlink_to("../secret")
    (root / "dangling").symlink_to("nowhere")
    (root / "inside").symlink_to("src/good.c")
    (root / "folder").symlink_to("..")
    os.mkfifo(root / "fifo")
    (root / "first").write_text("twice")
    (root / "second").hardlink_to(root / "first")
    server = socket.socket(socket.AF_UNIX)
    try:
        server.bind(str(root / "socket"))
    finally:
        server.close()
    return root


def test_regular_files_are_read_in_full(hostile: Path) -> None:
    assert read_file(hostile, "src/good.c", 4) == b"good"
    assert read_file(hostile, "src/deep/file", 100) == b"deep"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("link", "a link"),
        ("inside", "a link"),
        ("dangling", "a link"),
        ("folder/secret", "folder on the way is a link"),
        ("folder/root/src/good.c", "folder on the way is a link"),
        ("src/good.c/x", "no folder"),
        ("fifo", "a FIFO"),
        ("socket", "a socket"),
        ("src", "a folder"),
        ("none", "missing"),
        ("none/none", "missing"),
        ("x" * 300, "name too long"),
        ("../secret", "not a plain relative path"),
        ("/etc/passwd", "not a plain relative path"),
        ("src//good.c", "not a plain relative path"),
        ("src/./good.c", "not a plain relative path"),
        ("", "not a plain relative path"),
        ("a\0b", "not a plain relative path"),
    ],
)
def test_anything_else_is_refused_in_one_line(hostile: Path, path: str, reason: str) -> None:
    with pytest.raises(Untrusted) as told:
        read_file(hostile, path, 1000)
    assert reason.lower() in told.value.reason.lower()
    assert "\n" not in str(told.value)
    assert isinstance(told.value, AutolabError)


def test_large_sparse_and_endless_files_are_not_read(hostile: Path) -> None:
    with (hostile / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    for name in ("sparse", "src/good.c"):
        with pytest.raises(Untrusted, match="more than 3"):
            read_file(hostile, name, 3)
    # a file of /proc says that it holds nothing, and holds more
    with pytest.raises(Untrusted, match="more than 10 bytes"):
        read_file(Path("/proc/self"), "status", 10)


def test_devices_are_not_opened() -> None:
    with pytest.raises(Untrusted, match="a device"):
        read_file(Path("/dev"), "zero", 10)


def test_hard_links_are_refused_when_asked(hostile: Path) -> None:
    assert read_file(hostile, "first", 10) == b"twice"
    with pytest.raises(Untrusted, match="2 hard links"):
        read_file(hostile, "first", 10, refuse_hard_links=True)
    assert read_file(hostile, "src/good.c", 10, refuse_hard_links=True) == b"good"


def test_write_makes_parents_and_replaces_files(hostile: Path) -> None:
    write_file(hostile, "new/a/b", b"content", mode=0o755)
    assert (hostile / "new/a/b").read_bytes() == b"content"
    assert (hostile / "new/a/b").stat().st_mode & 0o777 == 0o755
    write_file(hostile, "new/a/b", b"more")
    assert (hostile / "new/a/b").read_bytes() == b"more"
    assert [path.name for path in (hostile / "new/a").iterdir()] == ["b"]


@pytest.mark.parametrize("name", ["link", "inside", "dangling", "folder", "fifo", "socket", "second"])
def test_write_replaces_what_is_no_file_and_follows_nothing(hostile: Path, name: str) -> None:
    write_file(hostile, name, b"ours")
    assert (hostile / name).is_file()
    assert not (hostile / name).is_symlink()
    assert read_file(hostile, name, 10, refuse_hard_links=True) == b"ours"
    assert (hostile.parent / "secret").read_text() == "secret"
    assert (hostile / "src/good.c").read_text() == "good"
    assert (hostile / "first").read_text() == "twice"


@pytest.mark.parametrize("path", ["folder/stolen", "fifo/x", "src/good.c/x", "src", "../stolen", "/tmp/stolen"])
def test_write_refuses_a_link_or_file_on_the_way_and_leaves_nothing(hostile: Path, path: str) -> None:
    before = sorted(str(path) for path in hostile.parent.rglob("*"))
    with pytest.raises(Untrusted):
        write_file(hostile, path, b"ours")
    assert sorted(str(path) for path in hostile.parent.rglob("*")) == before


def test_walk_lists_regular_files_and_says_what_the_rest_is(hostile: Path) -> None:
    (hostile / "line\nbreak").write_text("x")
    Path(os.fsdecode(bytes(hostile) + b"/\xff")).write_text("x")
    files, refused = walk(hostile, 100, 8)
    assert files == ["first", "second", "src/deep/file", "src/good.c"]
    reasons = dict(refused)
    assert reasons["link"] == reasons["folder"] == "a link, not a regular file"
    assert reasons["fifo"].startswith("a FIFO")
    assert reasons["socket"].startswith("a socket")
    assert reasons["line\\nbreak"] == reasons["\\xff"] == "a name that is not printable text"
    assert all(path.isprintable() and "\n" not in reason for path, reason in refused)


def test_walk_refuses_hard_links_when_asked(hostile: Path) -> None:
    files, refused = walk(hostile, 100, 8, refuse_hard_links=True)
    assert files == ["src/deep/file", "src/good.c"]
    assert {"first", "second"} <= {path for path, _ in refused}


def test_walk_is_limited_in_number_and_depth(tmp_path: Path) -> None:
    for number in range(50):
        (tmp_path / f"{number:02}").write_text("x")
    files, refused = walk(tmp_path, 10, 3)
    assert len(files) == 10
    assert refused == [(".", "too many files, the rest was not looked at")]
    deep = tmp_path / "a" / "b" / "c"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "b" / "yes").write_text("x")
    (deep / "no").write_text("x")
    files, refused = walk(tmp_path, 1000, 3)
    assert "a/b/yes" in files
    assert refused == [("a/b/c", "a folder deeper than 3 levels")]


def test_walk_of_an_endless_tree_ends(tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(100):  # longer than any path the system takes
        os.mkdir("d" * 200, dir_fd=handle)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)
    files, refused = walk(tmp_path, 1000, 50)
    assert files == []
    assert [reason for _, reason in refused] == ["a folder deeper than 50 levels"]


@given(st.text(max_size=20), st.binary(max_size=20))
def test_shown_is_one_printable_line_whatever_the_name(text: str, raw: bytes) -> None:
    clean = text.encode("utf-8", "replace").decode()
    for name in (clean, os.fsdecode(raw)):
        assert shown(name).isprintable()
    if clean.isprintable():
        assert shown(clean) == clean


def test_remove_takes_the_name_away_and_nothing_else(hostile: Path) -> None:
    for name in ("link", "fifo", "src/good.c", "missing", "missing/too"):
        remove_file(hostile, name)
        assert not os.path.lexists(hostile / name)
    assert (hostile / "../secret").read_text() == "secret"
    for name in ("src", "folder/secret"):
        with pytest.raises(Untrusted):
            remove_file(hostile, name)
