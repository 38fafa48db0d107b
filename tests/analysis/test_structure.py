"""Structural distance: pairs labelled by hand lie on their side of the limit, and it behaves like a distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structure_pairs import PAIRS

from autolab.analysis.structure import RESTRUCTURE, distance

REFINED = [(path, old, new) for path, (old, refined, _) in PAIRS.items() for new in refined]
RESTRUCTURED = [(path, old, new) for path, (old, _, rebuilt) in PAIRS.items() for new in rebuilt]
FILES = st.dictionaries(st.sampled_from(["a.c", "b.py", "c.txt"]), st.binary(max_size=60), max_size=3)


def between(path: str, old: str, new: str) -> float:
    return distance({path: old.encode()}, {path: new.encode()})


@pytest.mark.parametrize(("path", "old", "new"), REFINED)
def test_a_refinement_stays_in_the_frame(path: str, old: str, new: str) -> None:
    assert between(path, old, new) < RESTRUCTURE


@pytest.mark.parametrize(("path", "old", "new"), RESTRUCTURED)
def test_a_restructure_leaves_it(path: str, old: str, new: str) -> None:
    assert between(path, old, new) >= RESTRUCTURE


@pytest.mark.parametrize("path", ["solve.c", "lib.rs", "count.go", "close.py"])
def test_layout_comments_and_numbers_are_no_structure(path: str) -> None:
    old = PAIRS[path][0]
    mark = "# " if path.endswith(".py") else "// "
    new = f"{mark}said\n" + old.replace("1024", "2048").replace("0", "7").replace("    ", "     ")
    assert between(path, old, new) == 0.0


@given(FILES, FILES)
def test_distance_is_symmetric_in_0_to_1_and_0_for_the_same(a: dict[str, bytes], b: dict[str, bytes]) -> None:
    assert distance(a, a) == 0.0
    assert distance(a, b) == distance(b, a)
    assert 0.0 <= distance(a, b) <= 1.0


def test_nesting_without_limit_is_no_problem() -> None:
    deep = b"int x = " + b"(" * 3000 + b"1" + b")" * 3000 + b";"
    assert distance({"a.c": deep}, {"a.c": b"int x = 1;"}) > RESTRUCTURE


def test_a_file_that_is_new_or_gone_counts() -> None:
    one, other = {"a.c": b"int a;"}, {"b.py": b"a = 1\n"}
    assert distance(one, other) == 1.0
    assert 0.0 < distance(one, {**one, **other}) < 1.0
