"""The trial's history: every state comes back byte by byte, whatever happened to the process that wrote it."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autolab.lab.snapshots import SnapshotError, Snapshots


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "trial" / "history.git"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", f"--git-dir={folder}", *words], capture_output=True, text=True, check=True).stdout


Name = st.text('ab.\\"\n é-', min_size=1, max_size=6).filter(lambda name: name not in {".", ".."})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.dictionaries(Name, st.binary(max_size=200), max_size=4), message=st.text(max_size=20))
def test_any_bytes_under_any_name_come_back(folder: Path, files: dict[str, bytes], message: str) -> None:
    history = Snapshots.open(folder)
    commit, tree = history.commit({**files, "src/solve.c": b"x"}, message, None)
    assert history.files(commit) == {**files, "src/solve.c": b"x"}
    assert history.states([tree, tree]) == {tree: {**files, "src/solve.c": b"x"}}
    assert git(folder, "rev-parse", f"{commit}^{{tree}}").strip() == tree


def test_a_state_leads_back_to_the_start_past_lines_that_were_left(folder: Path) -> None:
    history = Snapshots.open(folder)
    start, _ = history.commit({"a": b"1"}, "start", None)
    left, _ = history.commit({"a": b"2"}, "write", start)
    kept, _ = history.commit({"a": b"3"}, "write", start)
    assert history.ancestry(kept) == [kept, start]
    assert history.ancestry(left) == [left, start]


def test_a_state_that_is_not_there_is_named(folder: Path) -> None:
    history = Snapshots.open(folder)
    with pytest.raises(SnapshotError, match="0000 is not there"):
        history.states(["0" * 40])


def test_no_files_at_all_are_a_state_too(folder: Path) -> None:
    history = Snapshots.open(folder)
    commit, _ = history.commit({}, "nothing", None)
    assert history.files(commit) == {}


def test_the_same_files_are_the_same_state(folder: Path) -> None:
    history = Snapshots.open(folder)
    first = history.commit({"a": b"1"}, "one", None)
    assert history.commit({"a": b"1"}, "again", first[0]) == first
    second = history.commit({"a": b"2"}, "two", first[0])
    back = history.commit({"a": b"1"}, "back", second[0])
    assert back[0] != first[0]
    assert back[1] == first[1]
    assert Snapshots.open(folder).commit({"a": b"1"}, "after a restart", back[0]) == back


def test_a_commit_names_its_parent_author_and_message(folder: Path) -> None:
    history = Snapshots.open(folder)
    first, _ = history.commit({"a": b"1"}, "start", None)
    second, _ = history.commit({"a": b"2"}, "try:\n\nblocks é", first)
    assert git(folder, "log", "-1", "--format=%P|%an|%ae|%cn|%B", second).strip() == (
        f"{first}|autolab|autolab@localhost|autolab|try:\n\nblocks é"
    )


def test_every_state_stays_reachable_though_lines_of_work_are_left(folder: Path) -> None:
    history = Snapshots.open(folder)
    start, _ = history.commit({"a": b""}, "start", None)
    tried = {history.commit({"a": b"%d" % number}, "tried", start)[0] for number in range(5)}
    tried.add(Snapshots.open(folder).commit({"a": b"x"}, "after a restart", start)[0])
    assert set(git(folder, "log", "--all", "--format=%H").split()) == {start, *tried}
    assert git(folder, "fsck", "--strict", "--unreachable") == ""
    assert git(folder, "gc", "--quiet", "--prune=now") == ""
    assert history.files(start) == {"a": b""}


def test_a_diff_shows_what_changed(folder: Path) -> None:
    history = Snapshots.open(folder)
    a, _ = history.commit({"solve.c": b"one\ntwo\n", ".gitattributes": b"* binary\n"}, "a", None)
    b, _ = history.commit({"solve.c": b"one\n2 \xff\n", ".gitattributes": b"* binary\n"}, "b", a)
    assert history.diff(a, b).splitlines()[-5:] == ["+++ b/solve.c", "@@ -1,2 +1,2 @@", " one", "-two", "+2 \ufffd"]
    assert history.diff(a, a) == ""


def test_nothing_of_the_users_settings_counts(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "reference-transaction").write_text(f"#!/bin/sh\ntouch {proof}\n")
    (hooks / "reference-transaction").chmod(0o755)
    (tmp_path / ".gitconfig").write_text(f'[core]\nhooksPath = {hooks}\n[diff]\nexternal = "touch {proof}"\n[nonsense\n')
    for name, value in {"HOME": str(tmp_path), "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere", "GIT_TRACE": "1"}.items():
        monkeypatch.setenv(name, value)
    history = Snapshots.open(folder)
    shutil.copytree(hooks, folder / "hooks")
    a, _ = history.commit({"a": b"1"}, "a", None)
    b, _ = history.commit({"a": b"2"}, "b", a)
    assert "-1" in history.diff(a, b)
    assert not proof.exists()


def test_threads_may_share_it(folder: Path) -> None:
    history = Snapshots.open(folder)
    start, _ = history.commit({"a": b""}, "start", None)
    with ThreadPoolExecutor(3) as pool:
        commits = list(pool.map(lambda number: history.commit({"a": b"%d" % number}, "", start)[0], range(9)))
    assert [history.files(commit)["a"] for commit in commits] == [b"%d" % number for number in range(9)]


@pytest.mark.parametrize("commit", ["", "HEAD", "--all", "f" * 40, "x" * 40, "main"])
def test_an_unknown_commit_is_an_error_in_one_line(folder: Path, commit: str) -> None:
    history = Snapshots.open(folder)
    known, _ = history.commit({"a": b""}, "", None)
    for call in (
        lambda: history.files(commit),
        lambda: history.diff(known, commit),
        lambda: history.commit({"a": b"1"}, "", commit),
    ):
        with pytest.raises(SnapshotError) as caught:
            call()
        assert "\n" not in str(caught.value)
    assert history.files(known) == {"a": b""}


def test_locks_and_half_written_files_of_a_killed_git_do_not_stop_the_next(folder: Path) -> None:
    history = Snapshots.open(folder)
    first, _ = history.commit({"a": b"1"}, "", None)
    left = ["refs/heads/main.lock", "HEAD.lock", "config.lock", "packed-refs.lock", "objects/pack/tmp_pack_x",
            "objects/aa/tmp_obj_x", "fast_import_crash_1"]  # fmt: skip
    for name in left:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    second, _ = history.commit({"a": b"2"}, "", first)  # in the same process
    for name in left:
        (folder / name).touch()
    history = Snapshots.open(folder)  # and in the next
    third, _ = history.commit({"a": b"3"}, "", second)
    assert [history.files(commit)["a"] for commit in (first, second, third)] == [b"1", b"2", b"3"]
    assert not [name for name in left if (folder / name).exists()]


@pytest.mark.parametrize("lost", ["HEAD", "config", "refs"])
def test_a_repository_whose_making_was_cut_off_is_made_again(folder: Path, lost: str) -> None:
    Snapshots.open(folder)
    (folder / lost).rename(folder / f"{lost}-gone")
    history = Snapshots.open(folder)
    commit, _ = history.commit({"a": b"1"}, "", None)
    assert history.files(commit) == {"a": b"1"}


def test_a_reader_changes_nothing_beside_the_writer(folder: Path) -> None:
    with pytest.raises(SnapshotError, match="no history"):
        Snapshots.read(folder)
    assert not folder.exists()
    commit, _ = Snapshots.open(folder).commit({"a": b"1"}, "", None)
    (folder / "refs/heads/main.lock").touch()
    assert Snapshots.read(folder).files(commit) == {"a": b"1"}
    assert (folder / "refs/heads/main.lock").exists()


COMMITTING = """
import sys
from pathlib import Path
from autolab.lab.snapshots import Snapshots
history = Snapshots.open(Path(sys.argv[1]))
parent, number = None, 0
while True:
    number += 1
    parent, _ = history.commit({"solve.c": b"%d" % number * 20_000}, "try", parent)
    print(number, parent, flush=True)
"""


def test_kill_9_at_any_moment_loses_no_commit_that_was_told(folder: Path) -> None:
    told: dict[str, bytes] = {}
    for wait in (0.0, 0.003, 0.007, 0.011):
        with subprocess.Popen(
            [sys.executable, "-c", COMMITTING, str(folder)], stdout=subprocess.PIPE, start_new_session=True
        ) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(3)]
            time.sleep(wait)  # any moment will do: it chooses where the kill falls, nothing is measured
            os.killpg(process.pid, 9)
            lines += process.stdout.read().splitlines(keepends=True)
        for line in lines:
            if line.endswith(b"\n"):
                number, commit = line.split()
                told[commit.decode()] = number * 20_000
        history = Snapshots.open(folder)
        assert all(history.files(commit) == {"solve.c": content} for commit, content in told.items())
        newest = history.commit({"solve.c": b"%f" % wait}, "after", next(reversed(told)))[0]
        assert history.files(newest) == {"solve.c": b"%f" % wait}
    git(folder, "fsck", "--strict")


def test_places_that_cannot_be_written_are_errors_with_a_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SnapshotError, match="mend the folder"):
        Snapshots.open(tmp_path / "file" / "history.git")


def test_a_missing_git_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SnapshotError, match="install git"):
        Snapshots.open(folder)
