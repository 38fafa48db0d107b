"""What a report is made of: sections of paragraphs, tables and figures, in which every number is a fact with its source."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OF_NUMBERS = frozenset("0123456789+-.,ex")


@dataclass(frozen=True)
class Line:
    """A line of a ledger: its file, relative to the report, and its `seq`."""

    file: str
    seq: int


@dataclass(frozen=True)
class Fact:
    """A number as it is shown, under a key that is its own in the document, with the lines that it is computed from."""

    key: str
    text: str  # digits and a few signs
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        """Nothing but a number is a fact: so no text of an agent gets into a document as one."""
        assert set(self.text) <= _OF_NUMBERS, self.text


class Own(str):
    """Words of the project's own. Any other text in a document came from an agent or a person, and is made inert."""

    __slots__ = ()


Cell = str | Fact


@dataclass(frozen=True)
class Paragraph:
    """Words and facts in a row."""

    parts: tuple[Cell, ...]
    kind: str = "paragraph"


@dataclass(frozen=True)
class Items:
    """A list, each item like a paragraph."""

    items: tuple[tuple[Cell, ...], ...]
    kind: str = "items"


@dataclass(frozen=True)
class Table:
    """Rows of cells under the project's own column names."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "table"


@dataclass(frozen=True)
class Figure:
    """An SVG made by figures.py, in which all text is escaped."""

    name: str
    svg: str
    caption: Own
    kind: str = "figure"


@dataclass(frozen=True)
class Commands:
    """Command lines, to be typed."""

    lines: tuple[str, ...]
    kind: str = "commands"


Block = Paragraph | Items | Table | Figure | Commands


@dataclass(frozen=True)
class Section:
    """A heading of the project's own, and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A report. `title` names the trial or run and is inert text."""

    title: str
    sections: tuple[Section, ...]

    def facts(self) -> Iterator[Fact]:
        """Every fact, in the order of the document."""
        for block in self._blocks():
            for cell in _cells(block):
                if isinstance(cell, Fact):
                    yield cell

    def figures(self) -> Iterator[Figure]:
        """Every figure."""
        return (block for block in self._blocks() if isinstance(block, Figure))

    def sources(self) -> tuple[Line, ...]:
        """The ledger lines that facts come from, each once, in order."""
        return tuple(
            sorted({line for fact in self.facts() for line in fact.lines}, key=lambda line: (line.file, line.seq))
        )

    def _blocks(self) -> Iterator[Block]:
        return (block for section in self.sections for block in section.blocks)


def _cells(block: Block) -> Sequence[Cell]:
    match block:
        case Paragraph(parts):
            return parts
        case Items(items):
            return [cell for item in items for cell in item]
        case Table(_, rows):
            return [cell for row in rows for cell in row]
        case _:
            return ()


def plain(text: str, most: int = 400) -> str:
    """Text of an agent in one line: no control or formatting characters, no more than `most` characters."""
    words = " ".join(text.split())
    shown = "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in words)
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."
