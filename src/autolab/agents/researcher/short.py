"""The form for small models: one line of the program and a few examples; the answered line is written and measured.

A model of some hundred million parameters follows examples in the conversation better than any instruction, and repeats
whatever else it is shown. So there is no history and there are no tools. A reply that cannot be read, or that repeats
the line, is asked for again with another line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from autolab.agents.researcher.forms import View
from autolab.agents.researcher.prompts import render
from autolab.agents.researcher.text_calls import blocks, expected, hypothesis
from autolab.models.model import Message, Reply, Request, ToolCall

LANGUAGES = {"c": "C", "h": "C", "cpp": "C++", "rs": "Rust", "go": "Go", "py": "Python", "asm": "assembly"}
GOALS = {"faster": "It should run faster.", "smaller": "It should get smaller.", "smarter": "Its result should get better."}

EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "C": (
        ("x = a * 2;", "x = a + a;"),
        ("for (int i = 0; i < n; i++) {", "for (int i = 0; i < n; ++i) {"),
        ("double t = s / 4.0;", "double t = s * 0.25;"),
        ("int k = 0;", "unsigned k = 0;"),
        ("for (int j = 0; j < m; j++)", "for (int j = 0; j != m; j++)"),
    ),
    "": (("add 1 2", "add 2 1"), ("load a", "load b"), ("start: push 3", "start: push 4"), ("3 7", "3 8")),
}
"""Conversations about one line, by language; the last for all others."""

MARKS = ("//", "/*", "*", "#")
TOKENS = 64
TEMPERATURE = 0.8
"""A model that says the same again and again finds nothing."""


@dataclass(frozen=True)
class Place:
    """A line of a file; `number` from 0."""

    path: str
    lines: tuple[str, ...]
    number: int

    @property
    def line(self) -> str:
        """The line itself."""
        return self.lines[self.number]

    def replaced(self, new: str) -> str:
        """The file with another line in its place."""
        return "\n".join((*self.lines[: self.number], new, *self.lines[self.number + 1 :])) + "\n"


def place(files: Mapping[str, str], rng: Random) -> Place | None:
    """A line that has something in it and is no comment; None where no file has one."""
    places = [
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.splitlines())
        if any(sign.isalnum() for sign in line) and not line.lstrip().startswith(MARKS)
    ]
    if not places:
        return None
    path, number = rng.choice(places)
    return Place(path, tuple(files[path].splitlines()), number)


class Short:
    """Implements `Form`."""

    def __init__(self, temperature: float | None = None) -> None:
        self._temperature = TEMPERATURE if temperature is None else temperature

    def request(self, view: View) -> Request:
        """The line as the last turn of a conversation about others."""
        found = self._place(view)
        language = LANGUAGES.get(found.path.rpartition(".")[2], "") if found else ""
        system = render("short", language=language, goal=GOALS[view.bench.task.optimization.axis])
        examples = EXAMPLES["C" if language in ("C", "C++", "Rust", "Go") else ""]
        talk = [Message(role, text) for pair in examples for role, text in zip(("user", "assistant"), pair, strict=True)]  # type: ignore[arg-type]
        last = Message("user", found.line.strip() if found else "")
        return Request(
            (Message("system", system.strip()), *talk, last), max_output_tokens=TOKENS, temperature=self._temperature,
            turn=view.memory.turn,
        )  # fmt: skip

    def calls(self, view: View, reply: Reply) -> tuple[ToolCall, ...]:
        """The answered line in place of the one shown, and a measure."""
        found = self._place(view)
        new = rewritten(found.line, reply.text) if found else None
        if found is None or new is None:
            return ()
        said = f"{found.path} line {found.number + 1}: {found.line.strip()} becomes {new.strip()}"
        call = f"short_{view.memory.turn}"
        return (
            ToolCall(f"{call}_write", "write", {"path": found.path, "content": found.replaced(new)}),
            ToolCall(f"{call}_measure", "measure", {"hypothesis": hypothesis(reply.text, said), "expected": expected(reply.text, 1.1)}),
        )

    def nothing(self) -> str:
        """It is not told: the next question is another one."""
        return ""

    def _place(self, view: View) -> Place | None:
        return place(view.files, Random(f"{view.bench.seed}/{view.memory.turn}"))


def rewritten(line: str, text: str) -> str | None:
    """The line that a reply gives in place of this one: the first of its code block, or of all; None if it is the same."""
    bodies = [block.body for block in blocks(text) if block.body.strip()]
    lines = [each for each in (bodies[0] if bodies else text).splitlines() if each.strip()]
    if not lines or lines[0].split() == line.split():
        return None
    margin = line[: len(line) - len(line.lstrip())]
    return margin + lines[0].strip().strip("`")
