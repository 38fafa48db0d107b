"""Where a program stands in the space that evolution keeps diverse. Knows lines and bytes, no language and no task."""

import base64
import zlib
from collections.abc import Mapping
from difflib import SequenceMatcher

from autolab.agents.search.strategy import Files

MOST = 16
"""Changed lines beyond which programs are not told apart by their number."""

SAME_SIZE = 0.02
"""Within two per cent of the start's bytes a program counts as of the same size."""


def cell_of(start: Files, files: Files) -> str:
    """`changes/size`: lines that differ from the start, MOST at most, and -, = or + in bytes."""
    changed = sum(_changed(start.get(path, b""), files.get(path, b"")) for path in {**start, **files})
    before, now = (sum(map(len, each.values())) for each in (start, files))
    size = "=" if abs(now - before) <= SAME_SIZE * before else "+" if now > before else "-"
    return f"{min(changed, MOST)}/{size}"


def to_text(files: Files) -> dict[str, str]:
    """Files as JSON can hold them."""
    return {path: base64.b64encode(zlib.compress(content)).decode() for path, content in files.items()}


def from_text(kept: Mapping[str, str]) -> Files:
    """The inverse of `to_text`."""
    return {path: zlib.decompress(base64.b64decode(text)) for path, text in kept.items()}


def _changed(before: bytes, now: bytes) -> int:
    if before == now:
        return 0
    matcher = SequenceMatcher(None, before.splitlines(), now.splitlines(), autojunk=False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
