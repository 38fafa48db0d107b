"""Operators on for loops."""

import re
from random import Random
from typing import TYPE_CHECKING

from autolab.agents.mutate.change import Change, Edit
from autolab.agents.mutate.source import Source
from autolab.agents.mutate.syntax import C_FAMILY

if TYPE_CHECKING:
    from tree_sitter import Node

_FOR = frozenset({"for_statement", "for_expression"})
_UPWARD = re.compile(
    rb"\s*\(\s*(?P<type>int|long|ptrdiff_t|ssize_t|int32_t|int64_t)\s+(?P<name>\w+)\s*=\s*(?P<first>[^;]+?)\s*;"
    rb"\s*(?P=name)\s*<\s*(?P<limit>[^;]+?)\s*;\s*(?:(?P=name)\s*\+\+|\+\+\s*(?P=name))\s*\)\s*"
)


def interchange(source: Source, rng: Random) -> Change | None:
    """Exchanges the headers of two for loops of which the inner one is all that the outer one contains."""
    pairs = [(node, inner) for node in source.of(_FOR) if (inner := _only_loop_in(source, node)) is not None]
    if not pairs:
        return None
    outer, inner = rng.choice(pairs)
    first, second = _header(outer), _header(inner)
    old_first, old_second = source.content[slice(*first)], source.content[slice(*second)]
    edits = (
        Edit(*first, _with_ends_of(old_first, old_second)),
        Edit(*second, _with_ends_of(old_second, old_first)),
    )
    return Change(f"{source.place(outer)}: interchange the loop with the one inside", edits)


def reverse(source: Source, rng: Random) -> Change | None:
    """Runs a counting loop downwards (C and C++, signed counters)."""
    if source.language not in C_FAMILY:
        return None
    loops = [(node, match) for node in source.of(_FOR) if (match := _UPWARD.fullmatch(source.content, *_header(node)))]
    if not loops:
        return None
    node, match = rng.choice(loops)
    kind, name, first, limit = match.group("type", "name", "first", "limit")
    header = b" (%b %b = (%b) - 1; %b >= (%b); %b--) " % (kind, name, limit, name, first, name)
    return Change(
        f"{source.place(node)}: run the loop over `{name.decode()}` downwards", (Edit(*match.span(), header),)
    )


def _header(loop: "Node") -> tuple[int, int]:
    """From behind the word `for` up to the body."""
    body = loop.child_by_field_name("body")
    return loop.children[0].end_byte, loop.end_byte if body is None else body.start_byte


def _with_ends_of(old: bytes, new: bytes) -> bytes:
    """The new header with the blanks around the old one, so that the layout stays."""
    core = old.strip()
    if not core:
        return new
    before, _, after = old.partition(core)
    return before + new.strip() + after


def _only_loop_in(source: Source, loop: "Node") -> "Node | None":
    body = loop.child_by_field_name("body")
    while body is not None and body.type in source.syntax.blocks | {"block", "expression_statement"}:
        if body.named_child_count != 1:
            return None
        body = body.named_children[0]
    return body if body is not None and body.type in _FOR else None
