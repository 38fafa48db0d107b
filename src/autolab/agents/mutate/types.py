"""Operators on number types."""

import re
from random import Random
from typing import TYPE_CHECKING

from autolab.agents.mutate.change import Change, Edit
from autolab.agents.mutate.source import Source
from autolab.agents.mutate.syntax import C_FAMILY

if TYPE_CHECKING:
    from tree_sitter import Node

_C_SWAPS = (
    ("double", "float"), ("float", "double"), ("int", "long"), ("long", "int"), ("int", "short"), ("short", "int"),
    ("int", "unsigned"), ("unsigned", "int"), ("size_t", "int"), ("long double", "double"),
    ("int64_t", "int32_t"), ("uint64_t", "uint32_t"), ("int32_t", "int16_t"), ("uint32_t", "uint16_t"),
)  # fmt: skip
SWAPS = {
    "c": _C_SWAPS,
    "cpp": _C_SWAPS,
    "rust": (("f64", "f32"), ("f32", "f64"), ("i64", "i32"), ("u64", "u32"), ("usize", "u32"), ("i32", "i16")),
    "go": (("float64", "float32"), ("float32", "float64"), ("int", "int32"), ("int64", "int32"), ("uint64", "uint32")),
}
"""Pairs (from, to) per language."""

_MATH = frozenset(
    b"exp exp2 expm1 log log2 log10 log1p pow sqrt cbrt fabs fmax fmin fma sin cos tan tanh floor ceil round rint "
    b"nearbyint trunc lround lrint".split()
)
_REAL = re.compile(rb"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?")


def swap_type(source: Source, rng: Random) -> Change | None:
    """One number type becomes another, in the whole file, in all bodies, or in one function's body."""
    present = {source.text(node).decode("utf-8", "replace") for node in source.of(source.syntax.types)}
    swaps = [swap for swap in SWAPS.get(source.language, ()) if swap[0] in present]
    if not swaps:
        return None
    old, new = rng.choice(swaps)
    edits = [source.replace(node, new.encode()) for node in _typed(source, old.encode())]
    return _narrowed(f"{old} becomes {new}", edits, source, rng)


def single_precision(source: Source, rng: Random) -> Change | None:
    """Turns double into float, with its literals and the calls into math.h, in the same places."""
    if source.language not in C_FAMILY:
        return None
    edits = [source.replace(node, b"float") for node in _typed(source, b"double")]
    edits += [
        Edit(node.end_byte, node.end_byte, b"f")
        for node in source.of(frozenset({"number_literal"}))
        if _is_double(source, node)
    ]
    calls = [node.child_by_field_name("function") for node in source.of(source.syntax.calls)]
    edits += [
        Edit(name.end_byte, name.end_byte, b"f") for name in calls if name is not None and source.text(name) in _MATH
    ]
    return _narrowed("single precision with its literals and math calls", edits, source, rng)


def _typed(source: Source, name: bytes) -> "list[Node]":
    return [node for node in source.of(source.syntax.types) if source.text(node) == name]


def _is_double(source: Source, node: "Node") -> bool:
    return _REAL.fullmatch(source.text(node)) is not None


def _narrowed(what: str, edits: list[Edit], source: Source, rng: Random) -> Change | None:
    """The edits in the whole file (half of the time), in all bodies, so that signatures stay, or in one body."""
    bodies = [body for node in source.of(source.syntax.functions) if (body := node.child_by_field_name("body"))]
    chance = rng.random()
    if not bodies or chance < 0.5:
        return Change(f"{what} in the whole file", tuple(edits)) if edits else None
    if chance < 0.75:
        scope = "all function bodies"
    else:
        bodies = [rng.choice(bodies)]
        scope = f"the function at {source.place(bodies[0])}"
    inside = [edit for edit in edits if any(body.start_byte <= edit.start < body.end_byte for body in bodies)]
    return Change(f"{what} in {scope}", tuple(inside)) if inside else None
