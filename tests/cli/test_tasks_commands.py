"""`autolab tasks list|show|schema`: data on stdout, the same facts in words and in JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.cli.output import aligned, figure, visible
from autolab.task.load import load_task, suite_tasks


def autolab(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], capture_output=True, text=True)


def test_list_shows_every_task_of_the_suite() -> None:
    listed = json.loads(autolab("tasks", "list", "--json").stdout)
    assert [task["name"] for task in listed] == list(suite_tasks())
    assert all(task["ratio"] > 1 for task in listed), "a reference is better than its baseline"


def test_list_in_words_has_a_line_a_task() -> None:
    lines = autolab("tasks", "list").stdout.splitlines()
    assert lines[0].split() == ["task", "axis", "metric", "baseline", "reference", "ratio"]
    assert [line.split()[0] for line in lines[1:]] == list(suite_tasks())


def test_the_document_of_the_suite_is_what_the_command_prints() -> None:
    document = Path(__file__).parents[2] / "docs" / "tasks.md"
    assert document.read_text() == autolab("tasks", "list", "--markdown").stdout, "print it anew"


@pytest.mark.parametrize("name", suite_tasks())
def test_show_gives_instruction_and_scale(name: str) -> None:
    task = load_task(name)
    shown = autolab("tasks", "show", name).stdout
    assert shown.startswith(task.instruction.rstrip())
    assert task.digest in shown
    assert ", ".join(task.optimization.editable) in shown
    as_json = json.loads(autolab("tasks", "show", name, "--json").stdout)
    assert as_json["spec"] == task.spec.model_dump(mode="json")


def test_show_takes_a_folder() -> None:
    folder = load_task(suite_tasks()[0]).folder
    assert autolab("tasks", "show", str(folder)).stdout == autolab("tasks", "show", folder.name).stdout


def test_broken_task_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "task.toml").write_text("[task\n")
    done = autolab("tasks", "show", str(tmp_path))
    assert done.returncode == 2
    assert "task.toml" in done.stderr
    assert done.stderr.count("\n") == 1


def test_schema_refuses_unknown_keys() -> None:
    schema = json.loads(autolab("tasks", "schema").stdout)
    assert schema["additionalProperties"] is False
    assert "optimization" in schema["required"]


STEERING = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {ord("\n"), ord("\t")}


@given(st.text(st.characters() | st.sampled_from(sorted(map(chr, STEERING)))))
def test_nothing_shown_can_steer_a_terminal(text: str) -> None:
    """No escape sequences, and no marks that turn the direction of text round."""
    shown = visible(text)
    assert len(shown) == len(text)
    assert not STEERING & set(map(ord, shown))


@given(st.lists(st.tuples(st.text("ab", max_size=5), st.text("12", min_size=1, max_size=8)), max_size=4))
def test_columns_of_a_table_line_up(rows: list[tuple[str, str]]) -> None:
    lines = aligned(("name", "figure"), rows, {"figure"}).splitlines()
    assert len(lines) == len(rows) + 1
    assert len({len(line) for line in lines}) == 1, "right-aligned figures end in one column"


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "-"), (60, "60"), (90_000_000.0, "90,000,000"), (0.12345, "0.123"), (1234.5, "1,234")]
)
def test_figures_for_people(value: float | None, shown: str) -> None:
    assert figure(value) == shown


def test_tasks_checked_at_once_are_reported_in_order_each_with_its_own_findings(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    names = (str(tmp_path / "broken"), "no_such_task")
    done = autolab("tasks", "check", *names, "--jobs", "2", "--json")
    reports = json.loads(done.stdout)
    assert done.returncode == 1
    assert [report["ok"] for report in reports] == [False, False]
    assert [report["task"] for report in reports] == list(names)
    assert reports == json.loads(autolab("tasks", "check", *names, "--json").stdout)
