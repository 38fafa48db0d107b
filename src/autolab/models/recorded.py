"""Recording what a model answers, and giving it again later: tests of an agent with real answers, without a key."""

import json
from collections import defaultdict, deque
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autolab.models.errors import ModelError
from autolab.models.model import Model, Reply, Request, ToolCall, Usage


class Recording:
    """Asks another model, and adds each answer to a file: a JSON object a line, with `model`, `asked` and `reply`."""

    def __init__(self, model: Model, file: Path) -> None:
        self._model = model
        self._file = file

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    def ask(self, request: Request) -> Reply:
        """The model's answer, once it is in the file."""
        reply = self._model.ask(request)
        kept = {"model": self.name, "asked": _asked(request), "reply": _kept(reply)}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept) + "\n")
        return reply


class Replayed:
    """Gives the recorded answer to the same question; of several to one question, one after the other."""

    def __init__(self, name: str, answers: list[tuple[Any, Reply]]) -> None:
        self.name = name
        self._answers: defaultdict[str, deque[Reply]] = defaultdict(deque)
        for asked, reply in answers:
            self._answers[_key(asked)].append(reply)

    def ask(self, request: Request) -> Reply:
        """The recorded answer. ModelError for a question that was not asked then."""
        waiting = self._answers[_key(_asked(request))]
        if not waiting:
            last = request.messages[-1].text[:80] if request.messages else ""
            raise ModelError(f"{self.name}: no answer was recorded to this request, which ends {last!r}; record it again")
        return waiting.popleft()


def replay(name: str) -> Replayed:
    """The model `replay/FILE`. ModelError says what is wrong with the file."""
    path = Path(name).expanduser()
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return Replayed(f"replay/{name}", [(line["asked"], _reply(line["reply"])) for line in lines])
    except OSError as error:
        raise ModelError(f"replay/{name}: the recording cannot be read ({error.strerror}); give the path of its file") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"replay/{name}: not a recording ({error!r}); make one with autolab.models.recorded.Recording") from error


def _asked(request: Request) -> Any:
    """What makes two requests the same: all but `turn`, and the provider's own form of messages."""
    asked = asdict(request)
    asked.pop("turn")
    for message in asked["messages"]:
        message.pop("native")
    return asked


def _key(asked: Any) -> str:
    return json.dumps(asked, sort_keys=True)


def _kept(reply: Reply) -> Any:
    kept = asdict(reply)
    kept["request"], kept["response"] = reply.request.decode(errors="replace"), reply.response.decode(errors="replace")
    return kept


def _reply(kept: Any) -> Reply:
    calls = tuple(ToolCall(**call) for call in kept["tool_calls"])
    raw = {name: kept[name].encode() for name in ("request", "response")}
    return Reply(**{**kept, **raw, "tool_calls": calls, "usage": Usage(**kept["usage"])})
