"""Crossover of two programs with a common ancestor, and the cells that evolution tells programs apart by."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from autolab.agents.mutate.crossover import crossover
from autolab.agents.mutate.operators import mutate
from autolab.agents.mutate.source import count_errors
from autolab.agents.search.cells import MOST, cell_of, from_text, to_text

BASE = b"".join(b"line %d\n" % i for i in range(10))
SOURCE = b"""\
int f(int a, int b) {
    int c = a * 2;
    if (a > b) {
        c = c + b;
    }
    return c + 1;
}
"""
Lines = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d"]), max_size=8).map(b"".join)


def test_changes_at_different_places_come_together() -> None:
    first, second = BASE.replace(b"line 2", b"mine"), BASE.replace(b"line 7", b"yours")
    mixed = crossover(BASE, first, second, "text", Random(1))
    assert mixed is not None
    assert mixed.content == first.replace(b"line 7", b"yours")
    assert "lines 8 of the start" in mixed.description


def test_a_change_at_the_same_place_is_not_taken_over() -> None:
    first, second = BASE.replace(b"line 2", b"mine"), BASE.replace(b"line 2", b"yours").replace(b"line 7", b"yours")
    mixed = crossover(BASE, first, second, "text", Random(1))
    assert mixed is not None
    assert b"mine" in mixed.content
    assert mixed.content.count(b"yours") == 1


def test_some_of_many_changes_are_taken_and_not_always_the_same() -> None:
    second = b"".join(b"yours %d\n" % i if i % 2 else b"line %d\n" % i for i in range(10))
    taken = {mixed.content.count(b"yours") for seed in range(40) if (mixed := crossover(BASE, BASE, second, "text", Random(seed)))}
    assert {1, 2, 3} <= taken <= {1, 2, 3, 4, 5}


@given(Lines, Lines, Lines, st.integers(0, 99))
def test_a_crossover_is_new_and_every_line_of_it_has_a_parent(base: bytes, first: bytes, second: bytes, seed: int) -> None:
    mixed = crossover(base, first, second, "text", Random(seed))
    if mixed is not None:
        assert mixed.content != first
        known = {line.rstrip() for each in (first, second) for line in each.splitlines()}
        joined = {a + b for a in known for b in known}  # where the last line had no end
        assert {line.rstrip() for line in mixed.content.splitlines()} <= known | joined | {a + b for a in joined for b in known}


@given(st.integers(0, 10_000))
def test_a_crossover_has_no_more_syntax_errors_than_the_first(seed: int) -> None:
    rng = Random(seed)
    first, second = (mutate(SOURCE, "c", rng) for _ in range(2))
    if first is not None and second is not None:
        mixed = crossover(SOURCE, first.content, second.content, "c", rng)
        assert mixed is None or count_errors(mixed.content, "c") <= count_errors(first.content, "c")


@given(Lines, Lines)
def test_the_ancestor_itself_has_nothing_to_give(base: bytes, first: bytes) -> None:
    assert crossover(base, first, base, "text", Random(1)) is None
    assert crossover(base, first, first, "text", Random(1)) is None


def test_cells_tell_how_far_a_program_is_and_in_which_direction() -> None:
    start = {"a.txt": BASE, "b.txt": BASE}
    one = {**start, "a.txt": BASE.replace(b"line 3", b"LINE 3")}
    longer = {**start, "b.txt": BASE + BASE}
    shorter = {**start, "b.txt": b"line 0\n"}
    assert [cell_of(start, each) for each in (start, one, longer, shorter)] == ["0/=", "1/=", "10/+", "9/-"]
    assert cell_of(start, {"a.txt": b"", "b.txt": b""}) == f"{MOST}/-"


@given(st.dictionaries(st.sampled_from(["a", "b/c"]), st.binary(max_size=50)))
def test_files_come_back_from_text(files: dict[str, bytes]) -> None:
    assert from_text(to_text(files)) == files
