"""Operators that talk to the compiler: pragmas, attributes and qualifiers. For gcc, and `#[inline]` for Rust."""

import re
from random import Random
from typing import TYPE_CHECKING

from autolab.agents.mutate.change import Change, Edit
from autolab.agents.mutate.source import Source
from autolab.agents.mutate.syntax import C_FAMILY

if TYPE_CHECKING:
    from tree_sitter import Node

LEVELS = ("Ofast", "O3", "fast-math")
"""What changes most, and so is tried first: optimisation levels that `#pragma GCC optimize` understands (GCC manual,
"Options That Control Optimization"). `Ofast` is `O3` with `fast-math`."""

LEVEL_WEIGHTS = (3, 2, 1)

OPTIONS = (
    "unroll-loops",
    "tree-vectorize",
    "vect-cost-model=unlimited",
    "associative-math",
    "finite-math-only",
    "no-math-errno",
    "no-signed-zeros",
    "no-trapping-math",
    "no-signaling-nans",
    "reciprocal-math",
    "split-loops",
    "unswitch-loops",
    "peel-loops",
    "loop-interchange",
    "loop-unroll-and-jam",
    "tree-loop-distribution",
    "tree-loop-im",
    "prefetch-loop-arrays",
    "inline-functions",
    "ipa-cp-clone",
    "gcse-after-reload",
    "omit-frame-pointer",
    "strict-aliasing",
)
"""Options of gcc without their `-f` that change code generation within one file."""

_PRAGMA = re.compile(rb'^#pragma GCC optimize\(("[^")]*"(?:, ?"[^")]*")*)\)[ \t]*\r?\n?', re.MULTILINE)


def add_pragma(source: Source, rng: Random) -> Change | None:
    """Puts `#pragma GCC optimize` with one level and perhaps one option on top of a file that has none."""
    if source.language not in C_FAMILY or _PRAGMA.search(source.content):
        return None
    options = rng.choices(LEVELS, LEVEL_WEIGHTS) + ([rng.choice(OPTIONS)] if rng.random() < 0.3 else [])
    pragma = "#pragma GCC optimize(" + ", ".join(f'"{option}"' for option in dict.fromkeys(options)) + ")"
    return Change(f"line 1: {pragma}", (Edit(0, 0, pragma.encode() + b"\n"),))


def extend_pragma(source: Source, rng: Random) -> Change | None:
    """Adds to the pragma: half of the time a level, unless it has them all or the highest, else an option."""
    match = _PRAGMA.search(source.content) if source.language in C_FAMILY else None
    if match is None:
        return None
    levels, options = (
        [option for option in known if b'"%b"' % option.encode() not in match[1]] for known in (LEVELS, OPTIONS)
    )
    if b'"Ofast"' in match[1]:
        levels = []  # the last level counts, so another would take it back
    if not levels and not options:
        return None
    option = rng.choice(levels if levels and (not options or rng.random() < 0.5) else options)
    return Change(f"#pragma GCC optimize: add {option}", (Edit(match.end(1), match.end(1), f', "{option}"'.encode()),))


def drop_pragma(source: Source, rng: Random) -> Change | None:
    """Takes one option out of the pragma, or the pragma away with its last."""
    match = _PRAGMA.search(source.content) if source.language in C_FAMILY else None
    if match is None:
        return None
    options = re.findall(rb'"([^"]*)"', match[1])
    gone = options.pop(rng.randrange(len(options)))
    line = b"#pragma GCC optimize(%b)\n" % b", ".join(b'"%b"' % option for option in options) if options else b""
    return Change(f"#pragma GCC optimize: drop {gone.decode('utf-8', 'replace')}", (Edit(*match.span(), line),))


def optimize_attribute(source: Source, rng: Random) -> Change | None:
    """`__attribute__((optimize(...)))` before one function."""
    option = rng.choice((*LEVELS, *OPTIONS))
    return _before_function(source, rng, f'__attribute__((optimize("{option}")))'.encode())


def function_word(source: Source, rng: Random) -> Change | None:
    """`static`, `inline` or a hint before one function (`#[inline(always)]` in Rust)."""
    if source.language == "rust":
        return _before_function(source, rng, b"#[inline(always)]")
    words = (b"static", b"static inline", b"__attribute__((always_inline)) inline", b"__attribute__((flatten))")
    return _before_function(source, rng, rng.choice(words))


def restrict(source: Source, rng: Random) -> Change | None:
    """Promises that the pointer parameters of one function do not overlap."""
    if source.language not in C_FAMILY:
        return None
    functions = [stars for node in source.of(source.syntax.functions) if (stars := _bare_stars(node))]
    if not functions:
        return None
    stars = rng.choice(functions)
    word = b" restrict " if source.language == "c" else b" __restrict "
    edits = tuple(Edit(star.end_byte, star.end_byte, word) for star in stars)
    return Change(f"{source.place(stars[0])}: the pointers are restrict", edits)


def loop_pragma(source: Source, rng: Random) -> Change | None:
    """`#pragma GCC ivdep` or `unroll` before one loop that stands in a block of its own right."""
    if source.language not in C_FAMILY:
        return None
    loops = [node for node in source.statements() if node.type == "for_statement"]
    if not loops:
        return None
    loop = rng.choice(loops)
    pragma = rng.choice((b"#pragma GCC ivdep", *(b"#pragma GCC unroll %d" % n for n in (2, 4, 8, 16))))
    before = source.content[: loop.start_byte].rstrip(b" \t")
    newline = b"" if not before or before.endswith(b"\n") else b"\n"
    edit = Edit(loop.start_byte, loop.start_byte, newline + pragma + b"\n" + source.indent(loop))
    return Change(f"{source.place(loop)}: {pragma.decode()}", (edit,))


def _before_function(source: Source, rng: Random, words: bytes) -> Change | None:
    functions = source.of(source.syntax.functions)
    if not functions:
        return None
    function = rng.choice(functions)
    edit = Edit(function.start_byte, function.start_byte, words + b"\n")
    return Change(f"{source.place(function)}: {words.decode()}", (edit,))


def _bare_stars(function: "Node") -> "list[Node]":
    """The stars of pointer parameters that carry no qualifier yet."""
    declarator = function.child_by_field_name("declarator")
    while declarator is not None and declarator.child_by_field_name("parameters") is None:
        declarator = declarator.child_by_field_name("declarator")
    parameters = declarator.child_by_field_name("parameters") if declarator is not None else None
    pointers = [node.child_by_field_name("declarator") for node in parameters.named_children] if parameters else []
    return [
        node.children[0]
        for node in pointers
        if node is not None
        and node.type == "pointer_declarator"
        and not any("qualifier" in child.type for child in node.named_children)
    ]
