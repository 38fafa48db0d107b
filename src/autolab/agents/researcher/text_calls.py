"""Tool calls in plain text, for models without tools: fenced blocks whose first line names the tool.

    ```lab edit solve.c
    <<<<<<< old
    a piece that stands in the file exactly once
    =======
    what replaces it
    >>>>>>> new
    ```

After `lab` comes the tool, then its short arguments in their order (`lab measure 1.5`, `lab restore 3`, `lab read solve.c
10 40`). The body is the one long argument: the content of `write`, the command of `run`, the hypothesis of `measure`, the
text of `note`. A fence may have more than three backticks, so that a body can hold three.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autolab.agents.tools import TOOLS
from autolab.models.model import ToolCall

_FENCE = re.compile(r"^ {0,3}(`{3,})[ \t]*([^`\n]*)$")
_EDIT = re.compile(r"^<<<<<<<[^\n]*\n(.*?)^=======[^\n]*\n(.*?)^>>>>>>>", re.DOTALL | re.MULTILINE)
_HYPOTHESIS = re.compile(r"^\W*hypothesis\W*[:=-]\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_EXPECTED = re.compile(r"expect\w*\D{0,20}?(\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A fenced block: what stands behind the opening fence, and the body with its last newline."""

    head: str
    body: str


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a text. One that is not closed ends with the text."""
    fence, head = "", ""
    body: list[str] = []
    for line in text.splitlines():
        found = _FENCE.match(line)
        if not fence and found:
            fence, head, body = found[1], found[2].strip(), []
        elif fence and found and not found[2] and len(found[1]) >= len(fence):
            yield Block(head, "".join(body))
            fence = ""
        elif fence:
            body.append(line + "\n")
    if fence:
        yield Block(head, "".join(body))


def text_calls(text: str, turn: int, extra: Mapping[str, str] | None = None) -> tuple[ToolCall, ...]:
    """The calls in a reply's text, in order; `extra`: further tools by name, with the argument that the body gives."""
    heads = [(block, block.head.split()) for block in blocks(text)]
    return tuple(
        _call(f"text_{turn}_{place}", words[1:], block.body, extra or {})
        for place, (block, words) in enumerate(each for each in heads if each[1][:1] == ["lab"])
    )


def _call(name_of_call: str, words: Sequence[str], body: str, extra: Mapping[str, str]) -> ToolCall:
    if not words:
        return ToolCall(name_of_call, "lab", malformed="a block says lab and no tool; write for instance: ```lab status")
    name, *rest = words
    if name in extra:
        return ToolCall(name_of_call, name, {extra[name]: body.strip() or " ".join(rest)})
    if name not in TOOLS:
        return ToolCall(name_of_call, name)  # whoever answers it says what tools there are
    if name == "edit":
        return _edit(name_of_call, rest, body)
    tool = TOOLS[name]
    short = [field for field in tool.arguments.model_fields if field != tool.main]
    if len(rest) > len(short):
        return ToolCall(name_of_call, name, malformed=f"lab {name}: {len(rest)} words where there are {len(short)} ({', '.join(short)})")
    arguments: dict[str, Any] = dict(zip(short, rest, strict=False))
    if "expected" in arguments:
        arguments["expected"] = arguments["expected"].lower().removesuffix("x")
    if tool.main:
        arguments[tool.main] = body if tool.main == "content" else body.strip()
    return ToolCall(name_of_call, name, arguments)


def _edit(name_of_call: str, words: Sequence[str], body: str) -> ToolCall:
    found = _EDIT.search(body)
    if found is None or len(words) != 1:
        return ToolCall(name_of_call, "edit", malformed="lab edit PATH wants a body of <<<<<<< old, =======, >>>>>>> new, each on its own line")
    return ToolCall(name_of_call, "edit", {"path": words[0], "old": found[1].rstrip("\n"), "new": found[2].rstrip("\n")})


def hypothesis(text: str, otherwise: str) -> str:
    """What a reply says it tries, in a line `hypothesis: ...`; else `otherwise`."""
    found = _HYPOTHESIS.search(text)
    return found[1].strip() if found else otherwise


def expected(text: str, otherwise: float) -> float:
    """The factor that a reply says it expects, else `otherwise`."""
    found = _EXPECTED.search(text)
    value = float(found[1]) if found else otherwise
    return value if 0 < value < 1e9 else otherwise
