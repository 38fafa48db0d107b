"""Operators on expressions."""

from random import Random
from typing import TYPE_CHECKING

from autolab.agents.mutate.change import Change
from autolab.agents.mutate.source import Source, shown
from autolab.agents.mutate.syntax import C_FAMILY

if TYPE_CHECKING:
    from tree_sitter import Node

COMMUTATIVE = frozenset({"+", "*", "&", "|", "^", "==", "!=", "&&", "||", "and", "or"})

ALIKE = (
    ("+", "-"), ("*", "/"), ("<", "<="), (">", ">="), ("==", "!="), ("<<", ">>"), ("&&", "||"), ("&", "|", "^"),
    ("+=", "-=", "="), ("*=", "/="), ("<<=", ">>="), ("&=", "|=", "^="), ("and", "or"), ("/", "//"),
)  # fmt: skip
"""Operators that may stand for each other in the same grammatical place."""


def swap_operands(source: Source, rng: Random) -> Change | None:
    """Turns a + b into b + a: rounding and the order of memory accesses change, the value hardly."""
    sites = [
        sides for node in source.of(source.syntax.binary) if (sides := _sides(node)) and sides[1].type in COMMUTATIVE
    ]
    if not sites:
        return None
    left, operator, right = rng.choice(sites)
    edits = (source.replace(left, source.text(right)), source.replace(right, source.text(left)))
    return Change(f"{source.place(left)}: swap the operands of `{operator.type}`", edits)


def replace_operator(source: Source, rng: Random) -> Change | None:
    """Puts another operator of the same kind."""
    roles = source.syntax.binary | source.syntax.assignments
    operators = [op for node in source.of(roles) if (op := node.child_by_field_name("operator")) is not None]
    sites = [
        (op, others)
        for op in operators
        if (others := [o for kin in ALIKE if op.type in kin for o in kin if o != op.type])
    ]
    if not sites:
        return None
    operator, others = rng.choice(sites)
    other = rng.choice(others)
    return Change(
        f"{source.place(operator)}: `{operator.type}` becomes `{other}`", (source.replace(operator, other.encode()),)
    )


def replace_expression(source: Source, rng: Random) -> Change | None:
    """Puts another expression of the same kind out of the same function (out of the file, where it is in none)."""
    expressions = source.of(source.syntax.expressions)
    if not expressions:
        return None
    site = rng.choice(expressions)
    home = source.function_of(site)
    texts = {
        source.text(node) for node in expressions if node.type == site.type and (home is None or _inside(node, home))
    }
    others = sorted(texts - {source.text(site)})
    if not others:
        return None
    other = rng.choice(others)
    description = f"{source.place(site)}: `{shown(source.text(site), 30)}` becomes `{shown(other, 30)}`"
    return Change(description, (source.replace(site, other),))


def unwrap(source: Source, rng: Random) -> Change | None:
    """Drops a cast, or a call around its only argument."""
    sites = [(node, inner) for node in source.of(source.syntax.casts | source.syntax.calls) if (inner := _inner(node))]
    if not sites:
        return None
    node, inner = rng.choice(sites)
    edit = source.replace(node, b"(" + source.text(inner) + b")")
    return Change(f"{source.place(node)}: `{shown(source.text(node))}` loses its wrapper", (edit,))


def keep_operand(source: Source, rng: Random) -> Change | None:
    """Turns a + b into a, or b."""
    sites = [(node, sides) for node in source.of(source.syntax.binary) if (sides := _sides(node))]
    if not sites:
        return None
    node, (left, _, right) = rng.choice(sites)
    kept = rng.choice((left, right))
    description = f"{source.place(node)}: `{shown(source.text(node))}` becomes `{shown(source.text(kept), 20)}`"
    return Change(description, (source.replace(node, source.text(kept)),))


def reciprocal(source: Source, rng: Random) -> Change | None:
    """Turns a / b into a * (1.0 / b), which a compiler can move out of a loop."""
    if source.language not in C_FAMILY:
        return None
    sites = [sides for node in source.of(source.syntax.binary) if (sides := _sides(node)) and sides[1].type == "/"]
    if not sites:
        return None
    _, operator, right = rng.choice(sites)
    edits = (source.replace(operator, b"*"), source.replace(right, b"(1.0 / " + source.text(right) + b")"))
    return Change(f"{source.place(right)}: divide by `{shown(source.text(right), 20)}` through its reciprocal", edits)


def _sides(node: "Node") -> "tuple[Node, Node, Node] | None":
    left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
    return (left, operator, right) if left and operator and right else None


def _inner(node: "Node") -> "Node | None":
    """The value of a cast, the only argument of a call."""
    value = node.child_by_field_name("value")
    if value is not None:
        return value
    arguments = node.child_by_field_name("arguments")
    return arguments.named_children[0] if arguments is not None and arguments.named_child_count == 1 else None


def _inside(node: "Node", outer: "Node") -> bool:
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte
