"""How far apart two program states are in structure, 0 to 1.

The pq-gram distance approximates the tree edit distance in time n log n (N. Augsten, M. Boehlen, J. Gamper,
"Approximate Matching of Hierarchical Data Using pq-Grams", VLDB 2005). A pq-gram is a node with p - 1 ancestors and a
window of q neighbouring children; the distance is 1 - 2 |A and B| / (|A| + |B|) over the two bags of pq-grams.

Trees are tree-sitter's. Names, numbers and strings count by their kind alone, so that renaming and tuning are no change
of structure; comments and brackets do not count. Text is a tree of two levels: its lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

P, Q = 3, 2
"""Ancestors with the node itself, and width of the window of children. Of the small values these part the pairs labelled
by hand best (tests/analysis/test_structure.py): refinements lie at 0.21 at most, restructures at 0.32 at least."""

RESTRUCTURE = 0.25
"""From this distance on a step is a restructure, below it a refinement."""

_PUNCTUATION = frozenset(["(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "->"])
_EMPTY = "*"
_ABOVE = (_EMPTY,) * (P - 1)

Grams = Counter[tuple[str, ...]]


def distance(a: Mapping[str, bytes], b: Mapping[str, bytes]) -> float:
    """Between two states, each a mapping of paths to contents. 0: the same structure; 1: nothing in common."""
    return between(grams(a), grams(b))


def between(a: Grams, b: Grams) -> float:
    """The distance of two bags; 0 for two empty ones."""
    size = a.total() + b.total()
    return 1.0 - 2.0 * (a & b).total() / size if size else 0.0


def grams(files: Mapping[str, bytes]) -> Grams:
    """The bag of pq-grams of a state's files."""
    from autolab.agents.mutate.syntax import TEXT, language_of

    found: Grams = Counter()
    for path, content in files.items():
        language = language_of(path)
        found.update(_of_text(path, content) if language == TEXT else _of_code(path, content, language))
    return found


def _of_text(path: str, content: bytes) -> Iterator[tuple[str, ...]]:
    lines = [" ".join(line.split()) for line in content.decode(errors="replace").splitlines()]
    yield from _windows((*_ABOVE, path), [line for line in lines if line])


def _of_code(path: str, content: bytes, language: str) -> Iterator[tuple[str, ...]]:
    from autolab.agents.mutate.syntax import parser

    stack: list[tuple[Node, tuple[str, ...]]] = [(parser(language).parse(content).root_node, (*_ABOVE, path))]
    while stack:  # no recursion: sources may nest without limit
        node, above = stack.pop()
        stem = (*above[1:], _label(node))
        children = [child for child in node.children if _counts(child)]
        yield from _windows(stem, [_label(child) for child in children])
        stack.extend((child, stem) for child in children)


def _windows(stem: tuple[str, ...], children: list[str]) -> Iterator[tuple[str, ...]]:
    """A leaf has one window of nothing; children are framed by q - 1 times nothing on either side."""
    if not children:
        yield (*stem, *[_EMPTY] * Q)
        return
    row = [_EMPTY] * (Q - 1) + children + [_EMPTY] * (Q - 1)
    for start in range(len(children) + Q - 1):
        yield (*stem, *row[start : start + Q])


def _counts(node: "Node") -> bool:
    return "comment" not in node.type and node.type not in _PUNCTUATION


def _label(node: "Node") -> str:
    if node.type in {"primitive_type", "sized_type_specifier"} and node.text is not None:
        return node.text.decode(errors="replace")  # double and float are not the same shape of data
    return node.type
