"""Properties of every mutation operator, on small sources in each language."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autolab.agents.mutate.operators import OPERATORS, WEIGHTS, mutate
from autolab.agents.mutate.source import Source, count_errors
from autolab.agents.mutate.syntax import CODE, SYNTAX, TEXT

C = b"""\
#pragma GCC optimize("O3")
#include <math.h>
#include <stdint.h>

/* a comment { with braces */
static int clamp(int v, int max) { return v < 0 ? 0 : v > max ? max : v; }

double mean(const double *rows, float *out, int n) {
    double sum = 0.0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            double part = exp(rows[i * n + j]) / 2.5e0;
            sum += (double)clamp((int)part, 0x1F) + part;
            out[j] = (float)sum;
        }
    }
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++) {
            out[a] += out[b] * 3;
        }
    if (n > 10 && sum > 1.0) sum = sum / n;
    return sum * 2;
}
"""
SOURCES = {
    "c": C,
    "cpp": b"#include <vector>\n\n"
    + C
    + b"\nint total(std::vector<int> &v) { int t = 0; for (int x : v) t += x; return t; }\n",
    "rust": b"""\
fn mean(rows: &[f64], n: usize) -> f64 {
    let mut sum = 0.0_f64 as f64;
    for i in 0..n {
        for j in 0..n {
            sum += rows[i * n + j] / 2.5;
        }
    }
    while sum > 1.0 {
        sum = sum + (n as f64) * 3.0;
    }
    sum.abs()
}
""",
    "go": b"""\
package main

func mean(rows []float64, n int) float64 {
\tsum := 0.0
\tfor i := 0; i < n; i++ {
\t\tfor j := 0; j < n; j++ {
\t\t\tsum += float64(rows[i*n+j]) / 2.5
\t\t}
\t}
\tfor sum > 1.0 {
\t\tsum = sum * 3
\t}
\treturn sum
}
""",
    "python": b"""\
def mean(rows, n):
    total = 0.0
    for i in range(n):
        for j in range(n):
            total += float(rows[i * n + j]) / 2.5
    while total > 1:
        total = total * 3
    if n > 10 and total > 1:
        total = len(rows)
    return total
""",
    "text": b"# numbers\n0 1\n2 3\n\n4 5\n",
}

CASES = [(operator, language) for operator in OPERATORS for language in sorted(operator.languages)]
IDS = [f"{operator.name}-{language}" for operator, language in CASES]
FRUITLESS = {
    ("compiler.add_pragma", "c"),  # the source has a pragma already
    ("compiler.add_pragma", "cpp"),
}


@pytest.mark.parametrize(("operator", "language"), CASES, ids=IDS)
def test_an_operator_makes_mutants_that_differ_and_mostly_parse(operator, language: str) -> None:
    content = SOURCES[language]
    source = Source(content, language)
    assert source.errors == 0
    changes = [change for seed in range(30) if (change := operator.propose(source, Random(seed))) is not None]
    assert bool(changes) != ((operator.name, language) in FRUITLESS)
    mutants = [change.apply(content) for change in changes]
    for change in changes:
        assert change.edits
        assert "\n" not in change.description
        assert 0 < len(change.description) < 200
    parsing = [mutant for mutant in mutants if mutant != content and count_errors(mutant, language) == 0]
    assert len(parsing) >= 0.6 * len(mutants)


@pytest.mark.parametrize(("operator", "language"), CASES, ids=IDS)
def test_an_operator_finds_nothing_in_an_empty_file(operator, language: str) -> None:
    change = operator.propose(Source(b"", language), Random(1))
    assert change is None or operator.name == "compiler.add_pragma"


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_mutate_is_a_function_of_its_seed(language: str) -> None:
    first, second = ([mutate(SOURCES[language], language, Random(seed)) for seed in range(40)] for _ in range(2))
    assert first == second
    assert len({mutation.content for mutation in first if mutation}) > 4


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_every_mutant_of_mutate_differs_and_has_no_new_syntax_error(language: str) -> None:
    content = SOURCES[language]
    for seed in range(60):
        mutation = mutate(content, language, Random(seed))
        assert mutation is not None
        assert mutation.content != content
        assert count_errors(mutation.content, language) == 0
        assert mutation.operator in WEIGHTS


def test_a_weight_of_zero_switches_an_operator_off() -> None:
    only = {name: float(name == "loops.interchange") for name in WEIGHTS}
    mutations = [mutate(C, "c", Random(seed), only) for seed in range(20)]
    assert {mutation.operator for mutation in mutations if mutation} == {"loops.interchange"}
    assert mutate(C, "c", Random(1), dict.fromkeys(WEIGHTS, 0.0)) is None


def test_names_are_unique_and_weights_positive() -> None:
    assert len(WEIGHTS) == len(OPERATORS)
    assert all(weight > 0 for weight in WEIGHTS.values())
    assert set().union(*(operator.languages for operator in OPERATORS)) == set(SYNTAX) | {TEXT} == CODE | {TEXT}


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode), st.sampled_from(sorted(SOURCES)), st.integers(0, 9)
)
def test_any_bytes_are_survived(content: bytes, language: str, seed: int) -> None:
    mutation = mutate(content, language, Random(seed), tries=10)
    if mutation is not None:
        assert mutation.content != content
        assert count_errors(mutation.content, language) <= count_errors(content, language)


NAMES = st.sampled_from([b"a", b"b", b"n", b"row[i]", b"f(a)", b"(double)n", b"2", b"1.5"])
OPERATIONS = st.sampled_from([b" + ", b" * ", b" / ", b" - "])
EXPRESSIONS = st.recursive(
    NAMES, lambda inner: st.tuples(inner, OPERATIONS, inner).map(lambda t: b"(" + b"".join(t) + b")")
)
STATEMENTS = st.recursive(
    EXPRESSIONS.map(lambda e: b"a += " + e + b";"),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(
        lambda body: b"for (int i = 0; i < n; i++) {\n" + b"\n".join(body) + b"\n}"
    ),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.integers(0, 1000))
def test_generated_programs_stay_programs(body: list[bytes], seed: int) -> None:
    program = b"double f(double *row, double a, double b, int n) {\n" + b"\n".join(body) + b"\nreturn a;\n}\n"
    assert count_errors(program, "c") == 0
    mutation = mutate(program, "c", Random(seed))
    assert mutation is not None
    assert mutation.content != program
    assert count_errors(mutation.content, "c") == 0
