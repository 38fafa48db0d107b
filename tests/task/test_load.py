"""Loading a task folder: what is right is read, what is wrong is one line with file, key, value and mend."""

import json
import os
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tasks import TASK_TOML, make_small_task

from autolab.errors import TaskError
from autolab.ledger.records import Verdict
from autolab.task import load
from autolab.task.attacks import AttackVerdict
from autolab.task.load import MAX_INSTRUCTION, MAX_TASK_TOML, load_task, suite_tasks, task_schema
from autolab.task.spec import TaskSpec
from autolab.task.toml import parse, validate

EDITABLE = 'editable = ["solve.c"]'


def refusal(folder: Path) -> str:
    with pytest.raises(TaskError) as caught:
        load_task(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 1000
    return text


def test_reads_a_whole_task(tmp_path: Path) -> None:
    task = load_task(make_small_task(tmp_path))
    assert (task.name, task.unit, task.optimization.editable) == ("small", "instructions", ("solve.c",))
    assert task.instruction.startswith("# Window sums")
    assert b"sum -=" in task.reference_files["solve.c"]
    assert [(attack.name, attack.verdict) for attack in task.attacks] == [("wrong_sum", "wrong_output")]


def test_a_folder_is_found_as_path_text_or_name_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_small_task(tmp_path / "my-task")
    monkeypatch.chdir(tmp_path)
    assert {load_task(way).digest for way in (folder, str(folder), "./my-task", "my-task")} == {load_task(folder).digest}


def test_names_of_the_suite_come_before_folders_and_a_wrong_one_gets_suggestions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = tmp_path / "suite"
    make_small_task(suite / "gaussian_blur")
    make_small_task(suite / "aes128_ctr")
    (suite / "notes").mkdir()
    monkeypatch.setattr(load, "_suite", lambda: suite)
    assert suite_tasks() == ["aes128_ctr", "gaussian_blur"]
    assert load_task("aes128_ctr").folder == suite / "aes128_ctr"
    with pytest.raises(TaskError, match="no such task; did you mean gaussian_blur"):
        load_task("gausian_blur")
    with pytest.raises(TaskError, match="no such folder; did you mean aes128_ctr"):
        load_task("autolab/aes128_ctr")


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "./" + "x" * 5000, "no/such", "\udc80", "line\nline"])
def test_odd_names_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(TaskError) as caught:
        load_task(name)
    assert "\n" not in str(caught.value)


def test_an_unknown_key_gets_file_dotted_key_and_suggestion(tmp_path: Path) -> None:
    make_small_task(tmp_path, toml={'direction = "lower"': 'directoin = "lower"'})
    assert f"{tmp_path}/task.toml: optimization.directoin: unknown key; did you mean direction?" in refusal(tmp_path)


def test_a_mistyped_required_key_is_named_before_the_missing_one(tmp_path: Path) -> None:
    make_small_task(tmp_path, toml={"outputs =": "output ="})
    assert "optimization.build.output: unknown key; did you mean outputs? (and 1 more)" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("memory_mb = 512", "memory_mb = 'much'", "environment.memory_mb: input should be a valid integer"),
        ("memory_mb = 512", "memory_mb = 1", "seen 1"),
        ("memory_mb = 512", "memory_mb = 99999999999999999999", "environment.memory_mb: an integer beyond 64 bits"),
        ("timeout_sec = 600", "timeout_sec = nan", "agent.timeout_sec: nan is not a finite number"),
        ("timeout_sec = 600", "timeout_sec = -1", "agent.timeout_sec"),
        ('difficulty = "easy"', "x = [{y = inf}]", "metadata.x[0].y: inf is not a finite number"),
        (EDITABLE, 'editable = ["../solve.c"]', "optimization.editable[0]"),
        (EDITABLE, 'editable = ["/etc/passwd"]', "optimization.editable[0]"),
        (EDITABLE, "editable = []", "optimization.editable"),
        (EDITABLE, 'editable = ["solve.c", "solve.c"]', "optimization.editable[1]: 'solve.c' stands there twice"),
        (EDITABLE, 'editable = ["solve.c", "solve.c/x"]', "is a folder of another"),
        (EDITABLE, "", "optimization.editable: missing; add it"),
        ('axis = "faster"', 'axis = "quicker"', "seen 'quicker'"),
        ("score = 399_425", "score = 1", "are the anchors swapped?"),
        ('command = ["./solve"', 'command = ["\\u0000"', "a NUL character"),
        ("[optimization.build]", "[optimization.biuld]", "did you mean build?"),
        ("[agent]\ntimeout_sec = 600", "agent = 3", "agent: input should be a table; seen 3"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    if new.startswith("agent"):
        old, new = 'schema_version = "1.4"', f'schema_version = "1.4"\n{new}'
        make_small_task(tmp_path, toml={"[agent]\ntimeout_sec = 600": "", old: new})
    else:
        make_small_task(tmp_path, toml={old: new})
    assert said in refusal(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = \n", "not valid TOML: Invalid value (at line 1, column 5)"),
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x = " + "[" * 50 + "]" * 50, "nested more than 32 deep"),
        ("a." * 100_000 + "a = 1", "a dotted key of more than 32 parts"),
        ("[" + '"a b" . ' * 30_000 + "a]", "a dotted key of more than 32 parts"),
        ("x = " + "9" * 100_000, "too many digits"),
        ("x = 0x" + "f" * 100_000, "x: an integer beyond 64 bits"),
        ("x = 1e999999", "x: inf is not a finite number"),
        ("a" * 250_000, "not valid TOML"),
        ('"' * 250_000, "not valid TOML"),
        ("é\u202e = 1\n", "not valid TOML"),
    ],
    ids=range(11),
)
def test_hostile_toml_is_refused_quickly_in_one_line(text: str, said: str) -> None:
    with pytest.raises(TaskError) as caught:
        parse(text, "task.toml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("task.toml: ")
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_named_by_line(tmp_path: Path) -> None:
    make_small_task(tmp_path, files={"task.toml": b"a = 1\nb = '\xff'\n"})
    assert "task.toml: line 2: byte 0xff is not UTF-8" in refusal(tmp_path)
    make_small_task(tmp_path, files={"instruction.md": b"one\ntwo\0"})
    assert "instruction.md: line 2: a NUL character" in refusal(tmp_path)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_task_toml_gives_a_traceback(data: st.DataObject) -> None:
    """Any cut, insertion or replacement is either a valid task or one line."""
    start = data.draw(st.integers(0, len(TASK_TOML)))
    end = data.draw(st.integers(start, min(len(TASK_TOML), start + 40)))
    piece = data.draw(st.text(max_size=12) | st.sampled_from(["[", "{", "nan", "= 1", "'''", "a.b", "2020-01-01", "\n\n[x]"]))
    try:
        validate(TaskSpec, parse(TASK_TOML[:start] + piece + TASK_TOML[end:], "task.toml"), "task.toml")
    except TaskError as error:
        assert "\n" not in str(error)  # noqa: PT017 - whether there is an error at all is open


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*TaskSpec.model_fields, "x"]), Json))
def test_no_value_of_the_wrong_type_gives_a_traceback(tables: dict[str, object]) -> None:
    with pytest.raises(TaskError) as caught:
        validate(TaskSpec, tables, "task.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "missing", ["task.toml", "instruction.md", "environment/app/solve.c", "tests/verify.py", "tests/empty/solve.c"]
)
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    make_small_task(tmp_path, files={missing: None})
    assert missing.removesuffix("/solve.c") in refusal(tmp_path)
    assert "missing" in refusal(tmp_path)


@pytest.mark.parametrize(("file", "limit"), [("task.toml", MAX_TASK_TOML), ("instruction.md", MAX_INSTRUCTION)])
def test_files_that_are_too_large_are_not_read(tmp_path: Path, file: str, limit: int) -> None:
    make_small_task(tmp_path)
    os.truncate(tmp_path / file, 1 << 40)
    assert f"larger than {limit >> 10} KiB" in refusal(tmp_path)


def test_an_endless_program_is_refused(tmp_path: Path) -> None:
    make_small_task(tmp_path)
    os.truncate(tmp_path / "environment/app/main.c", 1 << 40)
    assert "make it smaller" in refusal(tmp_path)


@pytest.mark.parametrize("file", ["task.toml", "instruction.md", "environment/app/main.c", "tests/verify.py", "solution/x"])
@pytest.mark.parametrize("kind", ["outside", "fifo", "folder", "loop"])
def test_links_that_leave_and_odd_files_are_refused(tmp_path: Path, file: str, kind: str) -> None:
    folder = make_small_task(tmp_path / "task")
    place = folder / file
    place.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "folder":
        place.symlink_to(folder / "tests")
    elif kind == "loop":
        place.symlink_to(place)
    else:
        place.symlink_to("/etc/passwd")
    assert refusal(folder).startswith(str(place))


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    make_small_task(tmp_path, files={"solution/solve.c": None})
    (tmp_path / "solution/solve.c").symlink_to("../environment/app/solve.c")
    task = load_task(tmp_path)
    assert task.reference_files == task.baseline_files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('verdict = "fine"\nwhy = "x"', "seen 'fine'"),
        ('verdict = "ok"', "why: missing"),
        ('verdict = "ok"\nwhy = "x"\nmax_scroe = 0.1', "max_scroe: unknown key; did you mean max_score?"),
        ('verdict = "invalid"\nwhy = "x"\nmax_score = 0.1', "max_score is for verdict 'ok'"),
        ('verdict = "ok"\nwhy = "x"\nmax_score = nan', "not a finite number"),
        ('verdict = "ok"\nwhy = "x"\ndropped = ["../x"]', "dropped[0]"),
    ],
)
def test_a_wrong_attack_is_refused_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    make_small_task(tmp_path, files={"attacks/wrong_sum/attack.toml": text})
    assert "attacks/wrong_sum/attack.toml: " in refusal(tmp_path)
    assert said in refusal(tmp_path)


def test_an_attack_may_hold_what_a_cheating_agent_leaves(tmp_path: Path) -> None:
    make_small_task(tmp_path)
    (tmp_path / "attacks/wrong_sum/app/main.c").symlink_to("/etc/passwd")
    assert load_task(tmp_path).attacks[0].name == "wrong_sum"


def test_attacks_know_the_ledgers_verdicts() -> None:
    assert get_args(AttackVerdict) == get_args(Verdict)


def test_the_schema_is_json_and_knows_every_table() -> None:
    schema = json.loads(json.dumps(task_schema()))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(TaskSpec.model_fields)
