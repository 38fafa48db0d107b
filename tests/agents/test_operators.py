"""What single mutation operators do, by example."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.agents.mutate import compiler, expressions, lines, literals, loops, statements, types
from autolab.agents.mutate.change import Change, Edit
from autolab.agents.mutate.source import Source
from autolab.agents.mutate.syntax import TEXT, language_of


def once(propose, content: bytes, language: str = "c", seed: int = 1) -> bytes:
    change = propose(Source(content, language), Random(seed))
    assert change is not None
    return change.apply(content)


@settings(max_examples=50)
@given(st.binary(max_size=30), st.lists(st.integers(0, 30), max_size=6, unique=True), st.binary(max_size=3))
def test_edits_are_done_where_they_say(content: bytes, places: list[int], text: bytes) -> None:
    places = sorted(min(place, len(content)) for place in places)
    spans = list(zip(places[::2], places[1::2], strict=False))
    expected, at = b"", 0
    for start, end in spans:
        expected, at = expected + content[at:start] + text, end
    assert Change("", tuple(Edit(start, end, text) for start, end in spans)).apply(content) == expected + content[at:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"7", b"8"),
        (b"0x1F", b"0x20"),
        (b"9uL", b"10uL"),
        (b"1.5f", b"2.5f"),
        (b"1e3", b"1001.0"),
        (b"'a'", None),
        (b"1_000", None),
    ],
)
def test_literals_keep_base_and_suffix(text: bytes, expected: bytes | None) -> None:
    assert literals.rewrite(text, lambda value: value + 1) == expected


def test_literals_never_turn_negative_or_infinite() -> None:
    assert literals.rewrite(b"0", lambda value: value - 1) is None
    assert literals.rewrite(b"1e999", lambda value: value) is None


def test_single_precision_takes_literals_and_calls_along() -> None:
    text = b"double f(double x) { return exp(x) * 2.0 + sqrt(x) + 3; }\n"
    results = {once(types.single_precision, text, seed=seed) for seed in range(20)}
    assert b"float f(float x) { return expf(x) * 2.0f + sqrtf(x) + 3; }\n" in results
    assert b"double f(double x) { return expf(x) * 2.0f + sqrtf(x) + 3; }\n" in results


def test_types_can_change_in_bodies_only() -> None:
    text = b"int f(int n) { int a = n; return a; }\nint g(void) { int b = 1; return b; }\n"
    results = {once(types.swap_type, text, seed=seed) for seed in range(60)}
    assert text.replace(b"int a", b"long a").replace(b"int b", b"long b") in results
    assert text.replace(b"int b", b"short b") in results
    assert text.replace(b"int", b"unsigned") in results


def test_interchange_swaps_headers_and_keeps_the_body() -> None:
    text = (
        b"void f(void) {\n    for (int i = 0; i < 2; i++) {\n        for (int j = 0; j < 3; j++) g(i, j);\n    }\n}\n"
    )
    expected = text.replace(b"int i = 0; i < 2; i++", b"@").replace(b"int j = 0; j < 3; j++", b"int i = 0; i < 2; i++")
    assert once(loops.interchange, text) == expected.replace(b"@", b"int j = 0; j < 3; j++")


def test_reverse_counts_down() -> None:
    text = b"void f(int n) { for (int i = 1; i < n; i++) g(i); }\n"
    assert once(loops.reverse, text) == b"void f(int n) { for (int i = (n) - 1; i >= (1); i--) g(i); }\n"


def test_hoist_moves_a_statement_before_its_loop() -> None:
    text = b"void f(int n) {\n    while (n) {\n        g();\n    }\n}\n"
    results = {once(statements.hoist, text, seed=seed) for seed in range(5)}
    assert results == {b"void f(int n) {\n    g();\n    while (n) {\n        \n    }\n}\n"}


def test_python_bodies_never_become_empty() -> None:
    text = b"for i in x:\n    f(i)\n"
    assert once(statements.delete, text, "python") == b"for i in x:\n    pass\n"
    assert once(statements.hoist, text, "python") == b"f(i)\nfor i in x:\n    pass\n"


def test_reciprocal_multiplies() -> None:
    assert once(expressions.reciprocal, b"double f(double a) { return a / 3.0; }\n") == (
        b"double f(double a) { return a * (1.0 / 3.0); }\n"
    )


def test_restrict_marks_the_pointer_parameters_of_a_definition() -> None:
    text = b"void f(const float *a, float *out, int n) { (void)a; }\n"
    assert (
        once(compiler.restrict, text) == b"void f(const float * restrict a, float * restrict out, int n) { (void)a; }\n"
    )
    marked = Source(once(compiler.restrict, text), "c")
    assert compiler.restrict(marked, Random(1)) is None


def test_pragmas_are_added_extended_and_dropped() -> None:
    text = b"int x;\n"
    for seed in range(20):
        added = once(compiler.add_pragma, text, seed=seed)
        assert compiler.add_pragma(Source(added, "c"), Random(seed)) is None
        extended = once(compiler.extend_pragma, added, seed=seed)
        assert extended.count(b'"') == added.count(b'"') + 2
        shorter = extended
        for _ in range(extended.count(b'"') // 2):
            shorter = once(compiler.drop_pragma, shorter, seed=seed)
        assert shorter == text


def test_levels_are_tried_before_options() -> None:
    found = [once(compiler.add_pragma, b"int x;\n", seed=seed) for seed in range(60)]
    assert sum(b'"Ofast"' in text for text in found) > sum(b'"O3"' in text for text in found) > 5
    more = [once(compiler.extend_pragma, b'#pragma GCC optimize("fast-math")\n', seed=seed) for seed in range(60)]
    assert sum(b'"Ofast"' in text or b'"O3"' in text for text in more) > 15


@pytest.mark.parametrize("content", [b"one 1\ntwo 2\nthree 3", b"one 1\r\ntwo 2\r\n", b"5", b"\n\n", b"\x00 7\n\xff"])
def test_line_operators_never_join_lines(content: bytes) -> None:
    whole = set(content.splitlines())
    for seed in range(20):
        for operator in (lines.delete, lines.swap, lines.duplicate):
            change = operator(Source(content, TEXT), Random(seed))
            if change is not None:
                assert set(change.apply(content).splitlines()) <= whole


def test_nudge_changes_one_number() -> None:
    for seed in range(20):
        before, after = b"3 14\n15 9\n", once(lines.nudge, b"3 14\n15 9\n", TEXT, seed)
        pairs = zip(before.split(), after.split(), strict=True)
        assert sum(1 for old, new in pairs if old != new and 0 < abs(int(old) - int(new)) <= 3) == 1


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("solve.c", "c"),
        ("a/b.HPP", "cpp"),
        ("x.rs", "rust"),
        ("m.go", "go"),
        ("p.py", "python"),
        ("t.txt", "text"),
        ("c", "text"),
    ],
)
def test_languages_go_by_suffix(path: str, language: str) -> None:
    assert language_of(path) == language
