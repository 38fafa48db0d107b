"""What an operator proposes (`Change`), and what becomes of it (`Mutation`)."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autolab.agents.mutate.source import Source


@dataclass(frozen=True)
class Edit:
    """Bytes `start` to `end` of the source become `text`."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True)
class Change:
    """Edits that belong together, and one line saying what they do. Edits do not overlap."""

    description: str
    edits: tuple[Edit, ...]

    def apply(self, content: bytes) -> bytes:
        """The content with all edits done."""
        for edit in sorted(self.edits, key=lambda edit: (edit.start, edit.end), reverse=True):
            content = content[: edit.start] + edit.text + content[edit.end :]
        return content


@dataclass(frozen=True)
class Operator:
    """One kind of change.

    `propose` gives None where the source has no place for it; it may be tried again, since the generator picks the
    place. `weight` is the share of proposals before anything is known about success.
    """

    name: str
    weight: float
    languages: frozenset[str]
    propose: "Callable[[Source, Random], Change | None]"


@dataclass(frozen=True)
class Mutation:
    """A mutant: its whole content, which operator made it, and the line that becomes the experiment's hypothesis."""

    operator: str
    description: str
    content: bytes
