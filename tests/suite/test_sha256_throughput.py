"""The SHA-256 task: its constants, its inputs, its wrong outputs, its programs at odd lengths, the rules of its build."""

import hashlib
import re
import runpy
import shutil
import struct
import subprocess
from math import isqrt
from pathlib import Path

import numpy as np
import pytest

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "sha256_throughput"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
check, draw, wrong = (VERIFY[name] for name in ("check", "draw", "wrong"))
SPEC = load_task(FOLDER)
FAMILIES = SPEC.optimization.cases.families if SPEC.optimization.cases else ()
PRIMES = [n for n in range(2, 312) if all(n % k for k in range(2, n))]


def batch(messages: list[bytes]) -> bytes:
    lengths = [len(message) for message in messages]
    return struct.pack(f"<i{len(lengths)}I", len(lengths), *lengths) + b"".join(messages)


def answer(case: bytes) -> bytes:
    return b"".join(hashlib.sha256(message).digest() for message in VERIFY["_read"](case))


def test_constants_of_the_header_are_those_of_the_standard() -> None:
    found = [int(text, 16) for text in re.findall(r"0x[0-9a-f]{8}", (SPEC.app / "sha256.h").read_text())]
    assert found[:8] == [isqrt(prime << 64) % 2**32 for prime in PRIMES[:8]]
    roots = found[8:]
    assert len(roots) == len(PRIMES) == 64
    for root, prime in zip(roots, PRIMES, strict=True):
        whole = next(k for k in range(8) if (k + 1) ** 3 > prime)
        full = (whole << 32) + root
        assert full**3 <= prime << 96 < (full + 1) ** 3


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_depend_on_the_seed_alone_and_their_lengths_only_change_places(family: str) -> None:
    for size in ("count", "time"):
        one, same, other = draw(5, family, size), draw(5, family, size), draw(2**63 - 1, family, size)
        assert one == same != other
        assert len(one) == len(other)
        assert sorted(map(len, VERIFY["_read"](one))) == sorted(VERIFY["LENGTHS"][family][size])


def test_a_measure_hashes_about_half_a_mebibyte_and_meets_every_edge_of_the_padding() -> None:
    lengths = VERIFY["LENGTHS"]
    assert 500 << 10 < sum(sum(lengths[family]["count"]) for family in FAMILIES) < 530 << 10
    assert set(lengths["tiny"]["count"]) == set(range(65))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_wrong_outputs_are_refused_and_the_right_one_is_not(family: str, seed: int) -> None:
    case = draw(seed, family, "count")
    right = answer(case)
    assert check(case, right) is None
    results = wrong(case, right)
    assert len(results) >= 20
    assert [name for name, output in results.items() if check(case, output) is None] == []


@pytest.mark.parametrize("source", ["environment/app/solve.c", "solution/solve.c", "solution/steps/1-scalar/solve.c"])
def test_programs_are_right_for_any_number_of_messages_of_any_length(tmp_path: Path, source: str) -> None:
    shutil.copytree(SPEC.app, tmp_path, dirs_exist_ok=True)
    shutil.copy(FOLDER / source, tmp_path / "solve.c")
    subprocess.run(["make", "solve"], cwd=tmp_path, check=True, capture_output=True)
    rng = np.random.default_rng(1)
    edges = [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 4096]
    for count in (0, 1, 2, 3, 7, 8, 9, 17, 40):
        lengths = [int(rng.choice(edges)) if rng.random() < 0.7 else int(rng.integers(700)) for _ in range(count)]
        case = batch([rng.bytes(length) for length in lengths])
        (tmp_path / "input").write_bytes(case)
        subprocess.run(["./solve", "input", "output"], cwd=tmp_path, check=True)
        assert check(case, (tmp_path / "output").read_bytes()) is None, lengths


@pytest.mark.parametrize(
    "source",
    [
        '#pragma GCC target("sha")\n',
        '#define J(a, b) a##b\n__attribute__((J(tar, get)("sha"))) int f(void) { return 0; }\n',
    ],
)
def test_sha_instructions_are_refused_by_the_build(tmp_path: Path, source: str) -> None:
    shutil.copy(SPEC.app / "rules.sh", tmp_path)
    (tmp_path / "solve.c").write_text(source)
    found = subprocess.run(
        ["sh", "rules.sh", "/usr/bin/gcc", "-march=x86-64-v3", "solve.c"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert found.returncode != 0
    assert b"target are not allowed" in found.stderr
