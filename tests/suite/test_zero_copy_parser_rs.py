"""The parsing task: its inputs, its wrong outputs, and its two programs against Python's own reader."""

import json
import runpy
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "zero_copy_parser_rs"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
check, draw, wrong, read, join = (VERIFY[name] for name in ("check", "draw", "wrong", "_read", "_join"))
SPEC = load_task(FOLDER)
FAMILIES = tuple(VERIFY["SIZES"])

Texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
Values = st.none() | st.booleans() | st.integers(-9, 9) | Texts | st.lists(Texts, max_size=2)
Records = st.fixed_dictionaries(
    {"ts": st.integers(0, 9)},
    optional={
        "level": Values, "service": Texts, "msg": Values, "bytes": st.integers(0, 2**53 - 1),
        "ctx": st.fixed_dictionaries({}, optional={"user": Values, "msg": Texts}) | Values, "user": Texts,
    },
)  # fmt: skip
ASKED = [
    {"op": "group", "field": "service"}, {"op": "group", "field": "user"}, {"op": "group", "field": "level"},
    {"op": "count", "field": "service", "value": ""}, {"op": "hash", "field": "service", "value": ""},
    {"op": "contains", "value": "0"}, {"op": "longest", "field": "level", "value": "0"},
]  # fmt: skip


@pytest.fixture(scope="module", params=["baseline", "reference"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(SPEC.app, folder, dirs_exist_ok=True)
    if request.param == "reference":
        shutil.copy(FOLDER / "solution" / "parse.rs", folder)
    subprocess.run(["/usr/bin/make", "solve"], cwd=folder, check=True, timeout=120)
    return folder


def answers(program: Path, case: bytes) -> bytes:
    (program / "in").write_bytes(case)
    subprocess.run(["./solve", "in", "out"], cwd=program, check=True, timeout=60)
    return (program / "out").read_bytes()


@pytest.mark.parametrize("family", FAMILIES)
def test_programs_answer_every_family(program: Path, family: str) -> None:
    for seed, size in ((1, "count"), (2, "count"), (3, "time")):
        case = draw(seed, family, size)
        assert check(case, answers(program, case)) is None


@settings(max_examples=25, deadline=None)
@given(st.lists(Records, max_size=6), st.booleans(), st.sampled_from([(",", ":"), (" ,", " : ")]))
def test_programs_read_any_record_however_it_is_written(
    program: Path, records: list[dict[str, object]], ascii_only: bool, between: tuple[str, str]
) -> None:
    lines = [json.dumps(record, ensure_ascii=ascii_only, separators=between).encode() for record in records]
    case = join([(json.dumps(ASKED).encode(), b"\r\n".join(lines))])
    assert check(case, answers(program, case)) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_depend_on_the_seed_alone_and_the_number_of_records_does_not(family: str) -> None:
    one, same, other = draw(5, family, "count"), draw(5, family, "count"), draw(2**63 - 1, family, "count")
    assert one == same != other
    for case in (one, other):
        logs = [[line for line in log.split(b"\n") if line.strip()] for _, log in read(case)]
        assert tuple(map(len, logs)) == VERIFY["SIZES"][family]["count"]


@pytest.mark.parametrize("family", FAMILIES)
def test_twenty_wrong_outputs_are_refused_and_the_right_one_is_not(program: Path, family: str) -> None:
    case = draw(1, family, "count")
    right = answers(program, case)
    assert check(case, right) is None
    results = wrong(case, right)
    assert len(results) >= 20
    assert [name for name, output in results.items() if check(case, output) is None] == []


def test_an_answer_s_length_is_believed_only_where_the_bytes_are_there() -> None:
    case = join([(b'[{"op":"count","field":"level","value":"x"}]', b"")])
    assert check(case, struct.pack("<I", 2) + b"0\n") is None
    assert check(case, struct.pack("<I", 3) + b"0\n") is not None
    assert check(case, b"") is not None
