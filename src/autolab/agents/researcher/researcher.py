"""The loop: a strategy says what a round starts from, a model works with the bench's tools until it measures, and again."""

from collections.abc import Sequence
from random import Random
from typing import Self

from autolab.agents.bench import Bench
from autolab.agents.researcher.forms import View
from autolab.agents.researcher.memory import Exchange, Memory, plain
from autolab.agents.researcher.options import Options, read_options
from autolab.agents.researcher.prompts import render
from autolab.agents.researcher.rounds import Rounds
from autolab.agents.settings import Settings
from autolab.agents.telling import best_text, budget_text
from autolab.agents.tools import MalformedCallError, answer, parsed
from autolab.errors import AgentError, ModelError
from autolab.ledger.records import ModelCall
from autolab.models.errors import KeyRefusedError, RequestError, ScriptEndedError
from autolab.models.metered import Metered
from autolab.models.model import Message, Model, Reply, ToolCall
from autolab.models.registry import load_model

FAILURES = 3
"""Exchanges in a row that fail for good, each after the provider's own retries, after which the trial ends."""

NUDGES = 2
"""How often between two experiments a model that wants to stop is asked to go on."""


STEPS = ("run", "restore", "submit", "note")
"""Tools, besides measure, that would do a thing twice if they were called again after a break."""


class Researcher:
    """An agent with a model: `researcher@provider/name?strategy=evolve&nudge=off`; options.py has the options."""

    def __init__(self, options: Options, models: Sequence[Model], name: str = "researcher") -> None:
        self.name = name
        self.models = tuple(options.models)
        self._options = options
        self._asked = tuple(models)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """AgentError for options that are none and models that cannot be asked."""
        options = read_options(settings)
        try:
            return cls(options, [load_model(each) for each in options.models], settings.named("researcher"))
        except ModelError as error:
            raise AgentError(str(error)) from error

    def run(self, bench: Bench) -> None:
        """Works until the budget is spent, the strategy has nothing left to try, or the model stops for good."""
        Sitting(self._options, self._asked, bench).work()


class Sitting:
    """One sitting of a researcher at a bench. All that lasts is in `memory`, saved after every step."""

    def __init__(self, options: Options, models: Sequence[Model], bench: Bench) -> None:
        self._options = options
        self._models = models
        self._bench = bench
        self._form = options.make_form()
        saved = bench.saved()
        self.memory = Memory() if saved is None else Memory.model_validate_json(saved)
        self._rounds = Rounds(options, bench, self.memory)

    def work(self) -> None:
        """One step after another: record, answer, confirm, begin a round, or ask, whichever is due."""
        while True:
            self._record()
            if self.memory.ending:
                self._end()
                return
            if self.memory.calls:
                self._answer_next()
            elif self.memory.waits is not None:
                self._rounds.confirm()
            elif self.memory.proposal is not None:
                self._ask()
            elif not self._rounds.begin():
                self.memory.ending = "nothing is left to try"

    def _end(self) -> None:
        if not self._rounds.done():
            self._bench.note(f"the researcher stops: {self.memory.ending}")

    # An exchange with the model.

    def _view(self) -> View:
        files = {path: content.decode(errors="replace") for path, content in self._rounds.files().items()}
        return View(self._bench, self.memory, self._bench.status(), self._bench.history(), files)

    def _model(self) -> Model:
        """One model a round, drawn by weight."""
        weights = list(self._options.models.values())
        return Random(f"{self._bench.seed}/model/{self.memory.rounds}").choices(self._models, weights)[0]

    def _ask(self) -> None:
        """The reply is saved before it is recorded, and recorded before anything is done: nothing is lost or asked twice."""
        memory, view = self.memory, self._view()
        request = self._form.request(view)
        heard: list[tuple[ModelCall, bytes]] = []
        reply, failure = None, None
        try:
            reply = Metered(self._model(), lambda call, raw: heard.append((call, raw))).ask(request)
        except ModelError as error:
            failure = error
        if reply is not None:
            self._hear(reply, self._form.calls(view, reply))
        call, raw = heard[0]
        memory.exchange = Exchange(call=call, raw=raw.decode(errors="replace"))
        memory.turn += 1
        memory.failed = 0 if failure is None else memory.failed + 1
        if memory.missed >= self._options.misses and not memory.calls:
            memory.ending = f"{memory.missed} replies in a row had nothing in them that could be done"
        if isinstance(failure, ScriptEndedError):
            memory.ending = str(failure)
        self._rounds.save()
        self._record()
        if failure is not None and not memory.ending:
            self._raise(failure)

    def _hear(self, reply: Reply, calls: tuple[ToolCall, ...]) -> None:
        memory = self.memory
        memory.messages = (*memory.messages, plain(reply.message))
        memory.calls = calls
        if not calls:
            memory.missed += 1
            memory.messages = (*memory.messages, Message("user", self._form.nothing()))

    def _record(self) -> None:
        """What was saved and not written down goes into the ledger, once."""
        memory = self.memory
        if memory.exchange is not None:
            if not self._rounds.done():
                self._bench.model_called(memory.exchange.call, memory.exchange.raw.encode())
            memory.steps += 1
            memory.exchange = None

    def _raise(self, failure: ModelError) -> None:
        """What asking again does not mend ends the trial, and so do too many failures in a row."""
        if isinstance(failure, KeyRefusedError | RequestError):
            raise AgentError(str(failure)) from failure
        if self.memory.failed >= FAILURES:
            raise AgentError(f"{FAILURES} exchanges in a row failed, the last: {failure}") from failure

    # What the model wants done.

    def _answer_next(self) -> None:
        memory = self.memory
        call, *rest = memory.calls
        try:
            if call.name == "measure" and not call.malformed:
                asked = parsed("measure", call.arguments)
                self._rounds.measure(asked.hypothesis, asked.expected, self._model().name, len(rest))
                memory.missed = 0
                return
            said, memory.missed = self._answer(call), 0
        except MalformedCallError as malformed:
            memory.missed += 1
            said = f"not done: {malformed}"
        memory.calls = tuple(rest)
        memory.messages = (*memory.messages, _answered(memory.messages, call, said))
        if memory.missed >= self._options.misses:
            memory.ending = f"{memory.missed} calls in a row meant nothing, the last: {said}"
        self._rounds.save()

    def _answer(self, call: ToolCall) -> str:
        if call.malformed:
            raise MalformedCallError(call.malformed)
        if call.name == "stop":
            return self._stop(str(call.arguments.get("reason", "")))
        if call.name in STEPS and self._rounds.done():
            parsed(call.name, call.arguments)
            said = "done; the lab was cut off right after it, and what it printed is lost"
        else:
            said = answer(self._bench, call.name, call.arguments)
        if call.name == "note":
            self.memory.notes = (*self.memory.notes, str(call.arguments["text"])[:2000])
        return said

    def _stop(self, reason: str) -> str:
        """The end, or a nudge: there is budget left, or the call before this one would have raised BudgetSpent."""
        memory, status = self.memory, self._bench.status()
        if self._options.nudge and memory.nudges < NUDGES:
            memory.nudges += 1
            return render("nudge", reason=reason or "no reason given", budget=budget_text(status), best=best_text(status))
        memory.ending = f"the model said so: {reason}"
        return "stopped"


def _answered(messages: Sequence[Message], call: ToolCall, said: str) -> Message:
    """The answer as the model's provider wants it: to a native call by its id, to one in text as a user's words."""
    native = any(each.id == call.id for message in messages for each in message.tool_calls)
    return Message("tool", said, tool_call_id=call.id) if native else Message("user", f"{call.name}: {said}")
