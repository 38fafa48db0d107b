"""The sorting task: its truth against the language's own sort, its inputs, its wrong outputs, and its programs."""

import runpy
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "radix_sort"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
check, draw, wrong = (VERIFY[name] for name in ("check", "draw", "wrong"))
SPEC = load_task(FOLDER)
FAMILIES = SPEC.optimization.cases.families if SPEC.optimization.cases else ()
KEYS = st.lists(st.lists(st.integers(0, 2**32 - 1) | st.sampled_from([0, 2**31, 2**32 - 1]), max_size=30), max_size=6)


def pack(numbers: list[int]) -> bytes:
    return np.array(numbers, "<u4").tobytes()


def batch(arrays: list[list[int]]) -> bytes:
    return pack([len(arrays), *map(len, arrays)]) + b"".join(map(pack, arrays))


def answer(case: bytes) -> bytes:
    return b"".join(pack(sorted(array.tolist())) for array in VERIFY["_read"](case))


@given(KEYS)
def test_truth_is_each_array_in_order(arrays: list[list[int]]) -> None:
    assert check(batch(arrays), b"".join(pack(sorted(array)) for array in arrays)) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_depend_on_the_seed_alone_and_lengths_do_not(family: str) -> None:
    for size in ("count", "time"):
        one, same, other = draw(5, family, size), draw(5, family, size), draw(2**63 - 1, family, size)
        assert one == same != other
        head = 4 + 4 * int.from_bytes(one[:4], "little")
        assert one[:head] == other[:head]
        assert len(one) == len(other)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_wrong_outputs_are_refused_and_the_right_one_is_not(family: str, seed: int) -> None:
    case = draw(seed, family, "count")
    right = answer(case)
    assert check(case, right) is None
    results = wrong(case, right)
    assert len(results) >= 20
    assert [name for name, output in results.items() if check(case, output) is None] == []


def test_hostile_arrays_are_what_the_instruction_says() -> None:
    ordered, opposite, nearly, few, one, near, saw, outliers = VERIFY["_read"](draw(3, "adversarial", "count"))
    assert np.all(ordered[:-1] <= ordered[1:])
    assert np.all(opposite[:-1] >= opposite[1:])
    assert 0 < np.count_nonzero(nearly != np.sort(nearly)) <= 60
    assert len(set(few.tolist())) == 13
    assert np.count_nonzero(one == np.median(one)) > 0.98 * one.size
    assert int(np.ptp(near)) < 50_000
    assert int(np.ptp(saw)) < 4_200_000
    assert int(np.ptp(outliers)) == 2**32 - 1
    assert int(np.ptp(np.sort(outliers)[1:-1])) < 2**20


@pytest.fixture(scope="module", params=["baseline", "reference"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The driver with one of the two, built with checks of every access."""
    folder = tmp_path_factory.mktemp(request.param)
    shutil.copytree(SPEC.app, folder, dirs_exist_ok=True)
    if request.param == "reference":
        shutil.copy(FOLDER / "solution" / "solve.c", folder)
    flags = ["-O1", "-march=x86-64-v3", "-std=c11", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(["/usr/bin/gcc", *flags, "-o", "checked", "main.c", "solve.c"], cwd=folder, check=True)
    return folder


def sort_by(program: Path, case: bytes) -> bytes:
    (program / "in").write_bytes(case)
    subprocess.run(
        ["./checked", "in", "out"], cwd=program, check=True, env={"ASAN_OPTIONS": "detect_leaks=0"}, timeout=60
    )
    return (program / "out").read_bytes()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 32), st.integers(0, 2))
def test_programs_sort_all_lengths_and_ranges(program: Path, seed: int, bits: int, kind: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = []
    for most in (3, 10, 50, 100, 400, 1_000, 3_000, 9_000):
        keys = rng.integers(0, 2**bits, int(rng.integers(0, most))) << int(rng.integers(0, 33 - bits))
        if kind == 1:
            keys = np.floor(2.0 ** rng.uniform(0, bits, keys.size))
        if kind == 2 and keys.size:
            keys = np.where(rng.random(keys.size) < 0.7, keys[0], keys)
        arrays.append((keys.astype(np.int64) % 2**32).tolist())
    assert check(batch(arrays), sort_by(program, batch(arrays))) is None


def test_programs_sort_long_arrays(program: Path) -> None:
    for family in ("typical", "adversarial"):
        case = draw(7, family, "time")
        assert check(case, sort_by(program, case)) is None
