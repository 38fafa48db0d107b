"""The blur task: its truth against blur.h's own words, its inputs, its wrong outputs, and the rules of its build."""

import runpy
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.task.load import load_task

FOLDER = Path(__file__).parents[2] / "tasks" / "gaussian_blur"
VERIFY = runpy.run_path(str(FOLDER / "tests" / "verify.py"))
check, draw, wrong = (VERIFY[name] for name in ("check", "draw", "wrong"))
SPEC = load_task(FOLDER)
FAMILIES = SPEC.optimization.cases.families if SPEC.optimization.cases else ()
SUM_LIMIT = 1 << 24  # floats hold every whole number below it


def blurred(image: np.ndarray, passes: int) -> np.ndarray:
    """What blur.h says, pixel by pixel."""
    height, width = image.shape
    for _ in range(passes):
        new = np.empty_like(image)
        for y in range(height):
            for x in range(width):
                total = 32768
                for j, down in enumerate(VERIFY["KERNEL"]):
                    for i, across in enumerate(VERIFY["KERNEL"]):
                        row, column = min(max(y + j - 8, 0), height - 1), min(max(x + i - 8, 0), width - 1)
                        total += down * across * int(image[row, column])
                assert total < SUM_LIMIT
                new[y, x] = total // 65536
        image = new
    return image


def batch(image: np.ndarray, passes: int) -> bytes:
    height, width = image.shape
    return struct.pack("<4i", 1, passes, width, height) + image.tobytes()


def answer(case: bytes) -> bytes:
    passes, images = VERIFY["_read"](case)
    return b"".join(VERIFY["_blur"](image, passes).astype(np.uint8).tobytes() for image in images)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2), st.integers(0, 2**32), st.booleans())
def test_truth_is_what_the_header_says(width: int, height: int, passes: int, seed: int, extreme: bool) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    image = np.where(image < 128, 0, 255).astype(np.uint8) if extreme else image
    assert check(batch(image, passes), blurred(image, passes).tobytes()) is None


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_depend_on_the_seed_alone_and_sizes_do_not(family: str) -> None:
    for size in ("count", "time"):
        one, same, other = draw(5, family, size), draw(5, family, size), draw(2**63 - 1, family, size)
        assert one == same != other
        head = 8 + 8 * int.from_bytes(one[:4], "little")
        assert one[:head] == other[:head]
        assert len(one) == len(other)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_twenty_wrong_outputs_are_refused_and_the_right_one_is_not(family: str, seed: int) -> None:
    case = draw(seed, family, "count")
    right = answer(case)
    assert check(case, right) is None
    results = wrong(case, right)
    assert len(results) >= 20
    assert [name for name, output in results.items() if check(case, output) is None] == []


def rules(tmp_path: Path, source: str) -> subprocess.CompletedProcess[bytes]:
    shutil.copy(SPEC.app / "rules.sh", tmp_path)
    (tmp_path / "solve.c").write_text(source)
    return subprocess.run(
        ["sh", "rules.sh", "/usr/bin/gcc", "-march=x86-64-v3", "solve.c"], cwd=tmp_path, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    "source",
    [
        '#pragma GCC target("avx512f")\n',
        '#define P _Pragma("GCC target(\\"avx512f\\")")\nP\n',
        'static __attribute__((__target__("avx512f"))) int f(void) { return 0; }\n',
        '__attribute__((target_clones("avx512f", "default"))) int f(void) { return 0; }\n',
        '__attribute__((tar\\\nget\n("avx512f"))) int f(void) { return 0; }\n',
        '#define J(a, b) a##b\n__attribute__((J(tar, get)("avx512f"))) int f(void) { return 0; }\n',
    ],
)
def test_target_is_refused_however_it_is_written(tmp_path: Path, source: str) -> None:
    found = rules(tmp_path, source)
    assert found.returncode != 0
    assert b"target are not allowed" in found.stderr


def test_optimize_intrinsics_and_comments_pass(tmp_path: Path) -> None:
    source = '#pragma GCC optimize("Ofast")\n#include <immintrin.h>\n/* target("x") */\nint target;\n'
    assert rules(tmp_path, source).returncode == 0
