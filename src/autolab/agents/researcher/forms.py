"""How a model is talked to: with native tools, or with tools in plain text. short.py has the form for small models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from autolab.agents.bench import Bench, Past, Status
from autolab.agents.researcher.memory import Memory, recent
from autolab.agents.researcher.prompts import render
from autolab.agents.researcher.text_calls import text_calls
from autolab.agents.search.strategy import Proposal
from autolab.agents.telling import best_text, budget_text, capped, figures, summary
from autolab.agents.tools import TOOLS
from autolab.models.model import Message, Reply, Request, Tool, ToolCall

ROUND_CHARS = 24_000
"""Most characters of a round's earlier messages in a request: with the rest about ten thousand tokens."""

FILES_CHARS = 8_000
"""Editable files that are no longer than this together are shown at each step."""

DIFF_CHARS = 3_000
SUMMARY_LINES = 20
NOTES = 12

STOP = Tool(
    "stop",
    "Ends the work for good. Only when nothing is left to try.",
    {"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"], "additionalProperties": False},
)


@dataclass(frozen=True)
class View:
    """What a request is made of."""

    bench: Bench
    memory: Memory
    status: Status
    history: Sequence[Past]
    files: Mapping[str, str]  # the editable ones as they are now


class Form(Protocol):
    """Makes requests, and reads what the model wants off its replies."""

    def request(self, view: View) -> Request:
        """What the model is asked next."""

    def calls(self, view: View, reply: Reply) -> tuple[ToolCall, ...]:
        """What it wants done; empty where nothing can be made of the reply."""

    def nothing(self) -> str:
        """What a model is told whose reply had nothing in it."""


class Tools:
    """The whole bench as tools: `native`, or described in the prompt and called by fenced blocks."""

    def __init__(self, *, native: bool, names: Sequence[str], rule: str, temperature: float | None = None) -> None:
        self._native = native
        self._names = tuple(names)
        self._rule = rule
        self._temperature = temperature

    def request(self, view: View) -> Request:
        """System prompt, the state of things, and the running round."""
        spec, task = view.bench.task.optimization, view.bench.task
        system = render(
            "system", instruction=task.instruction.strip(), editable=spec.editable, unit=task.unit, direction=spec.direction,
            rule=self._rule, text_tools=[] if self._native else self._described(),
        )  # fmt: skip
        messages = (Message("system", system), Message("user", step(view)), *recent(view.memory.messages, ROUND_CHARS))
        tools = (*(Tool(name, TOOLS[name].about, TOOLS[name].schema) for name in self._names), STOP) if self._native else ()
        return Request(messages, tools, temperature=self._temperature, turn=view.memory.turn)

    def calls(self, view: View, reply: Reply) -> tuple[ToolCall, ...]:
        """The reply's tool calls, or the blocks in its text: a model with tools may write blocks all the same."""
        del self
        return reply.tool_calls or text_calls(reply.text, view.memory.turn, {"stop": "reason"})

    def nothing(self) -> str:
        """How a call looks."""
        return render("nothing", text_tools=not self._native, names=(*self._names, "stop"))

    def _described(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for name in self._names:
            tool = TOOLS[name]
            body = "the old and the new text, as above" if name == "edit" else tool.main
            words = [] if name == "edit" else [each for each in tool.arguments.model_fields if each != tool.main]
            found.append({"name": name, "words": ["path"] if name == "edit" else words, "body": body, "about": tool.about})
        return [*found, {"name": "stop", "words": [], "body": "reason", "about": STOP.description}]


def step(view: View) -> str:
    """The state of things in one message: bounded, whatever the trial's length."""
    memory, proposal = view.memory, view.memory.proposal or Proposal()
    shown = [number for number in proposal.parents[1:] if number <= len(view.history)]
    small = sum(map(len, view.files.values())) <= FILES_CHARS
    return render(
        "step", budget=budget_text(view.status), best=best_text(view.status), summary=summary(view.history, SUMMARY_LINES),
        told=view.status.notes[-NOTES:], notes=memory.notes[-NOTES:], last=memory.last,
        assignment=assignment(proposal, view.history, memory.mending),
        inspirations=[
            {
                "number": number, "figures": figures(view.history[number - 1].outcome),
                "diff": capped(view.bench.diff(number), DIFF_CHARS),
            }
            for number in shown
        ],
        files=[{"path": path, "text": text.rstrip("\n")} for path, text in view.files.items()] if small else [],
    )  # fmt: skip


def assignment(proposal: Proposal, history: Sequence[Past], mending: int | None = None) -> str:
    """What this round is about."""
    if mending is not None:
        found = figures(history[mending - 1].outcome)
        return f"experiment {mending}, which lies in /app, does not work: {found}. Mend it and keep its idea, or restore another."
    if not proposal.parents:
        return "improve the starting program, which lies in /app."
    parent = proposal.parents[0]
    return f"improve experiment {parent}, which lies in /app: {figures(history[parent - 1].outcome)}."
