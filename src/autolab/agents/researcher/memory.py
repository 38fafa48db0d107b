"""What the researcher saves after every step, so that a killed trial goes on at the step and not at the round."""

import json
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from autolab.agents.bench import Outcome
from autolab.agents.search.strategy import Proposal
from autolab.ledger.records import ModelCall
from autolab.models.model import Message, ToolCall


class Exchange(BaseModel):
    """A model's answer on its way into the ledger: saved first, so that it is neither lost nor written down twice."""

    call: ModelCall
    raw: str


class Memory(BaseModel):
    """The researcher's whole state."""

    model_config = ConfigDict(validate_assignment=True)

    turn: int = 0  # exchanges with models so far
    exchange: Exchange | None = None
    steps: int = 0  # see `Status.steps`, without the exchange above: what the ledger has beyond was done just before a break
    experiments: int = 0
    strategy: bytes | None = None  # what the strategy saved
    best: float | None = None  # the best fitness that the strategy was told
    vetoed: tuple[int, ...] = ()  # experiments that the strategy was told to forget
    starts: int = 0  # measurements of the starting program
    rounds: int = 0  # begun
    proposal: Proposal | None = None  # what the running round starts from
    mending: int | None = None  # the failed experiment that the model is to mend in this round
    mends: int = 0  # how often it was asked to, in this round
    waits: Outcome | None = None  # a new best that waits for its confirmation
    messages: tuple[Message, ...] = ()  # of the running round
    calls: tuple[ToolCall, ...] = ()  # wishes of the last reply that are not answered yet
    notes: tuple[str, ...] = ()  # the model's own, newest last
    last: str = ""  # what the last measurement brought
    missed: int = 0  # replies or calls in a row that meant nothing
    failed: int = 0  # exchanges in a row that failed
    ending: str = ""  # why the work ends, once it does
    nudges: int = 0  # since the last experiment


def plain(message: Message) -> Message:
    """The message as JSON can hold it: a provider's own form that is no JSON is left out."""
    try:
        json.dumps(message.native)
    except (TypeError, ValueError):
        return Message(message.role, message.text, message.tool_calls, message.tool_call_id)
    return message


def recent(messages: Sequence[Message], most: int) -> tuple[Message, ...]:
    """The last messages of a round within so many characters, and always the last reply with its answers.

    A reply and the answers to its calls stay together: providers refuse an answer without its call.
    """
    groups: list[list[Message]] = []
    for message in messages:
        if message.role == "assistant" or not groups:
            groups.append([])
        groups[-1].append(message)
    kept: list[list[Message]] = []
    for group in reversed(groups):
        most -= sum(len(each.text) + sum(len(str(call.arguments)) for call in each.tool_calls) for each in group)
        if kept and most < 0:
            break
        kept.insert(0, group)
    return tuple(message for group in kept for message in group)
