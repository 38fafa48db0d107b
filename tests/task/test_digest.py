"""The digest changes with all that can change a score, and with nothing else."""

import os
import shutil
from pathlib import Path

import pytest
from small_tasks import INSTRUCTION, TASK_TOML, make_small_task

from autolab.task.load import load_task


def digest(folder: Path) -> str:
    return load_task(folder).digest


@pytest.fixture
def task(tmp_path: Path) -> Path:
    return make_small_task(tmp_path / "task")


def test_is_the_same_wherever_and_whenever_the_folder_was_made(task: Path, tmp_path: Path) -> None:
    other = tmp_path / "quite" / "another place"
    shutil.copytree(task, other)
    for file in other.rglob("*"):
        os.utime(file, (1, 1))
    assert digest(other) == digest(task)
    assert digest(other) == load_task(os.path.relpath(other)).digest


def test_does_not_depend_on_how_task_toml_is_written(task: Path) -> None:
    before = digest(task)
    head, table, rest = TASK_TOML.partition("[agent]\ntimeout_sec = 600\n")
    (task / "task.toml").write_text("# a comment\n" + head + rest + "\n" + table.replace("600", "6e2"))
    assert digest(task) == before


@pytest.mark.parametrize(
    "path",
    ["solution/reference.md", "attacks/more/app/solve.c", "environment/Dockerfile", "README.md",
     "tests/__pycache__/verify.cpython-311.pyc", "solution/notes.c"],
)  # fmt: skip
def test_ignores_what_cannot_change_a_score(task: Path, path: str) -> None:
    before = digest(task)
    (task / path).parent.mkdir(parents=True, exist_ok=True)
    (task / path).write_text("another text")
    if "attacks" in path:
        (task / "attacks/more/attack.toml").write_text('verdict = "ok"\nwhy = "x"\n')
    assert digest(task) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('difficulty = "easy"', 'difficulty = "hard"'),
        ('description = "sums over a sliding window"', 'description = "x"\nkeywords = ["x"]\nauthors = [{name = "x"}]'),
    ],
)
def test_ignores_words_about_the_task(task: Path, old: str, new: str) -> None:
    before = digest(task)
    assert digest(make_small_task(task, toml={old: new})) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("confirm = 2.0", "confirm = 3.0"), ("score = 64", "score = 65"), ("memory_mb = 512", "memory_mb = 513"),
     ('"tiny"]', '"tiny", "more"]'), ("grade_seeds = 2", "grade_seeds = 3"), ('"autolab/small"', '"autolab/other"')],
)  # fmt: skip
def test_changes_with_every_judged_key(task: Path, old: str, new: str) -> None:
    before = digest(task)
    assert digest(make_small_task(task, toml={old: new})) != before


@pytest.mark.parametrize(
    "path",
    ["environment/app/solve.c", "environment/app/main.c", "environment/app/new.h", "tests/verify.py",
     "tests/empty/solve.c", "tests/data/new.bin", "solution/solve.c"],
)  # fmt: skip
def test_changes_with_every_judged_file(task: Path, path: str) -> None:
    before = digest(task)
    (task / path).parent.mkdir(parents=True, exist_ok=True)
    with (task / path).open("a") as file:
        file.write("\n")
    assert digest(task) != before


def test_changes_with_the_instruction_which_agents_read(task: Path) -> None:
    before = digest(task)
    (task / "instruction.md").write_text(INSTRUCTION + "A hint.\n")
    assert digest(task) != before


def test_changes_with_a_name_and_with_the_executable_bit(task: Path) -> None:
    seen = {digest(task)}
    (task / "environment/app/build.sh").chmod(0o755)
    seen.add(digest(task))
    (task / "environment/app/main.c").rename(task / "environment/app/mein.c")
    seen.add(digest(task))
    assert len(seen) == 3


def test_bytes_cannot_move_between_files_unseen(task: Path) -> None:
    (task / "tests/a").write_text("ab")
    (task / "tests/b").write_text("c")
    before = digest(task)
    (task / "tests/a").write_text("a")
    (task / "tests/b").write_text("bc")
    assert digest(task) != before
