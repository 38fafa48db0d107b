"""Operators on whole statements."""

from random import Random
from typing import TYPE_CHECKING

from autolab.agents.mutate.change import Change, Edit
from autolab.agents.mutate.source import Source, shown

if TYPE_CHECKING:
    from tree_sitter import Node


def delete(source: Source, rng: Random) -> Change | None:
    """Removes one statement."""
    statements = source.statements()
    if not statements:
        return None
    victim = rng.choice(statements)
    rest = b"pass" if source.language == "python" and _only_child(victim) else b""
    edit = source.replace(victim, rest)
    return Change(f"{source.place(victim)}: delete `{shown(source.text(victim))}`", (edit,))


def swap(source: Source, rng: Random) -> Change | None:
    """Exchanges two neighbouring statements."""
    pairs = [(a, b) for a in source.statements() if (b := a.next_named_sibling) and "comment" not in b.type]
    if not pairs:
        return None
    first, second = rng.choice(pairs)
    edits = (source.replace(first, source.text(second)), source.replace(second, source.text(first)))
    return Change(f"{source.place(first)}: swap `{shown(source.text(first))}` with the next statement", edits)


def duplicate(source: Source, rng: Random) -> Change | None:
    """Repeats one statement."""
    statements = source.statements()
    if not statements:
        return None
    node = rng.choice(statements)
    text = source.text(node)
    edit = Edit(node.end_byte, node.end_byte, b"\n" + source.indent(node) + text)
    return Change(f"{source.place(node)}: duplicate `{shown(text)}`", (edit,))


def hoist(source: Source, rng: Random) -> Change | None:
    """Moves a statement out of the enclosing loop, before it."""
    places = [(node, loop) for node in source.statements() if (loop := _loop_of(source, node)) is not None]
    if not places:
        return None
    node, loop = rng.choice(places)
    text = source.text(node)
    moved = Edit(loop.start_byte, loop.start_byte, text + b"\n" + source.indent(loop))
    edits = (moved, source.replace(node, b"pass" if source.language == "python" and _only_child(node) else b""))
    return Change(f"{source.place(node)}: move `{shown(text)}` out of the enclosing loop", edits)


def _loop_of(source: Source, node: "Node") -> "Node | None":
    """The loop whose own body the statement stands in."""
    loop = source.enclosing(node, source.syntax.loops)
    return loop if loop is not None and loop.start_byte < node.start_byte else None


def _only_child(node: "Node") -> bool:
    return node.parent is not None and node.parent.named_child_count == 1
