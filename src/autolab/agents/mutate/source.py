"""A parsed source file, as operators see it."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from autolab.agents.mutate.change import Edit
from autolab.agents.mutate.syntax import SYNTAX, TEXT, Syntax, parser

if TYPE_CHECKING:
    from tree_sitter import Node


def count_errors(content: bytes, language: str) -> int:
    """Nodes that the grammar could not read, or made up. Text has none."""
    if language == TEXT:
        return 0
    root = parser(language).parse(content).root_node
    return sum(node.is_error or node.is_missing for node in walk(root)) if root.has_error else 0


def walk(root: "Node") -> "Iterator[Node]":
    """All nodes in the order of the text, parents first. No recursion: sources may nest without limit."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


class Source:
    """Content with its nodes. For language `text` there are no nodes, only lines."""

    def __init__(self, content: bytes, language: str) -> None:
        self.content = content
        self.language = language

    @property
    def syntax(self) -> Syntax:
        """Node types of the language, by role."""
        return SYNTAX[self.language]

    @cached_property
    def nodes(self) -> "tuple[Node, ...]":
        """All nodes in the order of the text."""
        return tuple(walk(parser(self.language).parse(self.content).root_node))

    @cached_property
    def errors(self) -> int:
        """Syntax errors of the source itself: a mutant may have as many."""
        return count_errors(self.content, self.language)

    def of(self, types: frozenset[str]) -> "list[Node]":
        """Named nodes of these types."""
        return [node for node in self.nodes if node.type in types and node.is_named]

    def statements(self) -> "list[Node]":
        """Everything that stands directly in a block, comments apart."""
        blocks = self.of(self.syntax.blocks)
        return [child for block in blocks for child in block.named_children if "comment" not in child.type]

    def text(self, node: "Node") -> bytes:
        """A node's bytes."""
        return self.content[node.start_byte : node.end_byte]

    def replace(self, node: "Node", text: bytes) -> Edit:
        """Puts other bytes in a node's place."""
        return Edit(node.start_byte, node.end_byte, text)

    def place(self, node: "Node") -> str:
        """`line 12`, for descriptions."""
        return f"line {node.start_point[0] + 1}"

    def indent(self, node: "Node") -> bytes:
        """What stands before a node on its line if that is blank, else nothing."""
        start = self.content.rfind(b"\n", 0, node.start_byte) + 1
        before = self.content[start : node.start_byte]
        return before if not before.strip() else b""

    def function_of(self, node: "Node") -> "Node | None":
        """The function that a node stands in."""
        return self.enclosing(node, self.syntax.functions)

    def enclosing(self, node: "Node", types: frozenset[str]) -> "Node | None":
        """The nearest ancestor of one of these types."""
        above = node.parent
        while above is not None and above.type not in types:
            above = above.parent
        return above


def shown(text: bytes, width: int = 40) -> str:
    """Source text in one short line, for descriptions."""
    line = " ".join(text.decode("utf-8", "replace").split())
    return line if len(line) <= width else line[: width - 3] + "..."
