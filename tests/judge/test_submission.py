"""What crosses from an agent's folder: the declared editable files as regular files, and nothing else."""

import os
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_tasks import BASELINE_C, REFERENCE_C, make_small_task

from autolab.judge.submission import MAX_FILES, MAX_LISTED, Submission, files_digest, from_files, from_folder
from autolab.task.load import load_task
from autolab.task.task import Task

SECRET = b"nobody may read this"


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    """Two editable files, one in a folder, 4 KiB in all."""
    folder = make_small_task(
        tmp_path_factory.mktemp("task"),
        toml={'editable = ["solve.c"]': 'editable = ["solve.c", "src/fast.h"]\nmax_submission_kb = 4'},
        files={"environment/app/src/fast.h": "int fast;\n"},
    )
    return load_task(folder)


@pytest.fixture
def app(task: Task, tmp_path: Path) -> Path:
    return Path(shutil.copytree(task.app, tmp_path / "app"))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_bytes(SECRET)
    return file


def reasons(submission: Submission) -> dict[str, str]:
    return {each.path: each.reason for each in submission.dropped}


def test_an_untouched_folder_is_the_starting_program_and_drops_nothing(task: Task, app: Path) -> None:
    assert from_folder(task, app) == Submission(task.baseline_files, ())


def test_editable_files_cross_and_everything_else_that_changed_is_listed(task: Task, app: Path) -> None:
    (app / "solve.c").write_text(REFERENCE_C)
    (app / "main.c").write_text("int main(void) { return 0; }\n")
    (app / "notes").mkdir()
    (app / "notes/plan.txt").write_text("cheat")
    (app / "build.sh").unlink()
    submission = from_folder(task, app)
    assert submission.files == {"solve.c": REFERENCE_C.encode(), "src/fast.h": b"int fast;\n"}
    assert reasons(submission) == {
        "main.c": "not editable",
        "notes/plan.txt": "not editable",
        "build.sh": "removed, but not editable; the starting file is used",
    }


def test_a_missing_editable_file_is_left_out_and_listed(task: Task, app: Path) -> None:
    (app / "solve.c").unlink()
    submission = from_folder(task, app)
    assert submission.files.keys() == {"src/fast.h"}
    assert reasons(submission) == {"solve.c": "missing; the starting file is used"}


def make_odd(kind: str, place: Path, secret: Path) -> None:
    match kind:
        case "link":
            place.symlink_to(secret)
        case "link to itself":
            place.symlink_to(place.name)
        case "hard link":
            place.hardlink_to(secret)
        case "FIFO":
            os.mkfifo(place)
        case "socket":
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(os.path.relpath(place))
        case "device":
            os.mknod(place, 0o020666, os.makedev(1, 5))  # /dev/zero, endless
        case "folder":
            (place / "deep").mkdir(parents=True)
        case "huge":
            place.write_bytes(b"x" * 5000)
        case "sparse":
            place.touch()
            os.truncate(place, 1 << 40)


KINDS = ["link", "link to itself", "hard link", "FIFO", "socket", "device", "folder", "huge", "sparse"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["solve.c", "src/fast.h"])
def test_an_editable_file_that_is_none_is_dropped_with_its_reason(
    task: Task, app: Path, secret: Path, kind: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "device" and os.geteuid() != 0:
        pytest.skip("making a device needs root")
    monkeypatch.chdir(app)  # a socket's path may not be long
    (app / path).unlink()
    make_odd(kind, app / path, secret)
    submission = from_folder(task, app)
    assert path not in submission.files
    assert SECRET not in b"".join(submission.files.values())
    said = {"link to itself": "a link", "huge": "5000 bytes", "sparse": "1099511627776 bytes"}.get(kind, kind)
    assert said in reasons(submission)[path]


@pytest.mark.parametrize("kind", KINDS)
def test_other_odd_files_are_listed_and_never_read(
    task: Task, app: Path, secret: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "device" and os.geteuid() != 0:
        pytest.skip("making a device needs root")
    monkeypatch.chdir(app)
    (app / "main.c").unlink()
    make_odd(kind, app / "main.c", secret)
    submission = from_folder(task, app)
    assert submission.files == task.baseline_files
    assert "main.c" in reasons(submission)


def test_a_folder_on_the_way_that_is_a_link_is_not_followed(task: Task, app: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/fast.h").write_bytes(SECRET)
    shutil.rmtree(app / "src")
    (app / "src").symlink_to(tmp_path / "elsewhere")
    submission = from_folder(task, app)
    assert submission.files == {"solve.c": BASELINE_C.encode()}
    assert "a link" in reasons(submission)["src/fast.h"]


def test_hard_links_are_fine_in_the_tasks_own_folders(task: Task, app: Path) -> None:
    """Installers link files from a cache."""
    (app / "solve.c").unlink()
    (app / "solve.c").hardlink_to(task.app / "solve.c")
    assert from_folder(task, app, refuse_hard_links=False) == Submission(task.baseline_files, ())


def test_the_size_limit_counts_all_files_together(task: Task, app: Path) -> None:
    (app / "solve.c").write_bytes(b"x" * 3000)
    (app / "src/fast.h").write_bytes(b"y" * 1096)
    assert from_folder(task, app).dropped == ()
    (app / "src/fast.h").write_bytes(b"y" * 1097)
    submission = from_folder(task, app)
    assert submission.files == {"solve.c": b"x" * 3000}
    assert reasons(submission) == {"src/fast.h": "too large: 1097 bytes, 3000 before it, all together at most 4096"}


def test_floods_of_files_and_endless_folders_are_cut_short(task: Task, app: Path) -> None:
    (app / "solve.c").write_text(REFERENCE_C)
    deep = app / "/".join("d" * 60)
    deep.mkdir(parents=True)
    (deep / "bottom").write_text("x")
    for number in range(MAX_FILES + 50):
        (app / f"a{number}").touch()
    submission = from_folder(task, app)
    assert submission.files["solve.c"] == REFERENCE_C.encode()
    assert len(submission.dropped) == MAX_LISTED + 1
    assert submission.dropped[-1].reason.startswith("and ")


def test_a_folder_too_deep_is_named(task: Task, app: Path) -> None:
    (app / "/".join("d" * 60)).mkdir(parents=True)
    ((app / "/".join("d" * 60)) / "bottom").touch()
    assert [each.reason for each in from_folder(task, app).dropped] == ["a folder deeper than 16 levels"]


@pytest.mark.parametrize("name", [b"new\nline", b"\x1b[31mred", b"\xff\xfe", "\u202eevil".encode(), b"-rf", b" ", b"x" * 255])
def test_odd_names_are_shown_as_harmless_lines(task: Task, app: Path, name: bytes) -> None:
    with open(os.path.join(os.fsencode(app), name), "wb"):  # noqa: PTH118, PTH123 - bytes are no Path
        pass
    (dropped,) = from_folder(task, app).dropped
    assert dropped.path.isprintable()
    assert dropped.path.encode()
    assert dropped.model_dump_json()


def test_files_in_memory_follow_the_same_rules(task: Task) -> None:
    files = {"solve.c": b"x" * 3000, "main.c": b"new", "../etc/passwd": b"", "build.sh": (task.app / "build.sh").read_bytes()}
    submission = from_files(task, files)
    assert submission.files == {"solve.c": b"x" * 3000}
    assert reasons(submission) == {
        "src/fast.h": "missing; the starting file is used",
        "../etc/passwd": "not editable",
        "main.c": "not editable",
    }
    assert reasons(from_files(task, {**task.baseline_files, "solve.c": b"x" * 4097})) == {
        "solve.c": "too large: 4097 bytes, all together at most 4096"
    }


def test_a_folder_and_the_same_files_in_memory_are_one_submission(task: Task, app: Path) -> None:
    files = {path.relative_to(app).as_posix(): path.read_bytes() for path in app.rglob("*") if path.is_file()}
    assert from_files(task, files) == from_folder(task, app)


@given(st.dictionaries(st.text(max_size=5), st.binary(max_size=5), max_size=4))
def test_any_names_in_memory_are_listed(task: Task, files: dict[str, bytes]) -> None:
    submission = from_files(task, {**task.baseline_files, **files})
    assert len(submission.dropped) == len(files.keys() - {"solve.c", "src/fast.h"})
    assert all(each.model_dump_json() for each in submission.dropped)


Files = st.dictionaries(st.text("ab/", max_size=3), st.binary(max_size=3), max_size=3)


@given(Files, Files)
def test_the_digest_tells_files_apart_whatever_their_order(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (files_digest(one) == files_digest(other)) == (one == other)
    assert Submission(one, ()).digest == files_digest(dict(reversed(one.items())))
