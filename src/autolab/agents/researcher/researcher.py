"""The loop: a strategy says what a round starts from, a model works with the bench's tools until it measures, and again."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, Self

from autolab.agents.bench import Bench, Outcome, Past
from autolab.agents.researcher.forms import View
from autolab.agents.researcher.memory import Exchange, Memory, plain
from autolab.agents.researcher.options import Options, read_options
from autolab.agents.researcher.prompts import render
from autolab.agents.search.strategy import Proposal, Result
from autolab.agents.settings import Settings
from autolab.agents.telling import best_text, budget_text, outcome_text
from autolab.agents.tools import MalformedCallError, answer, parsed
from autolab.errors import AgentError, AutolabError, ModelError
from autolab.ledger.records import ModelCall, Origin
from autolab.models.errors import KeyRefusedError, RequestError, ScriptEndedError
from autolab.models.metered import Metered
from autolab.models.model import Message, Model, Reply, ToolCall
from autolab.models.registry import load_model

MISSES = 8
"""Replies or calls in a row that mean nothing, after which the trial ends: the model does not understand."""

FAILURES = 3
"""Exchanges in a row that fail for good, each after the provider's own retries, after which the trial ends."""

NUDGES = 2
"""How often between two experiments a model that wants to stop is asked to go on."""


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
        self._stopped = False

    def work(self) -> None:
        """Record what was asked, answer what was wanted, begin a round if none runs, ask again."""
        while not self._stopped:
            self._record()
            if self.memory.calls:
                self._answer_next()
            elif self.memory.proposal is None:
                self._begin_round()
            else:
                self._ask()

    def _save(self) -> None:
        self.memory.experiments = len(self._bench.history())
        self._bench.save(self.memory.model_dump_json().encode())

    def _end(self, why: str) -> None:
        self._bench.note(f"the researcher stops: {why}")
        self._stopped = True

    # A round: from what the strategy proposes to a measure.

    def _begin_round(self) -> None:
        """Lays the proposed program out. The starting program is measured first; a proposal of no steps is only measured."""
        memory, history = self.memory, self._bench.history()
        if memory.rounds == 0 and not history:
            proposal: Proposal | None = Proposal(steps=0)
        elif memory.rounds == 0:  # cut off between the first measure and its saving
            self._told(Proposal(), history[0].outcome, None)
            return
        else:
            proposal = self._propose()
        if proposal is None:
            self._end("nothing is left to try")
            return
        again = len(history) > memory.experiments  # a measure of no steps that was not heard of
        if proposal.parents:
            self._bench.restore(proposal.parents[0])
        elif history:
            for path, content in self._bench.task.baseline_files.items():
                self._bench.write(path, content)
        memory.proposal, memory.messages = proposal, ()
        if proposal.steps:
            memory.rounds += 1
            self._save()
            return
        words = f"experiment {proposal.parents[0]} once more ({proposal.place})" if proposal.parents else "the starting program"
        outcome = history[-1].outcome if again else self._measured(words, None, "")
        self._told(proposal, outcome, None)

    def _propose(self) -> Proposal | None:
        """A strategy is made anew for each round from what it saved, so that a continued trial chooses the same."""
        memory = self.memory
        strategy = self._options.make_strategy(Random(f"{self._bench.seed}/{memory.rounds}/{memory.experiments}"))
        if memory.strategy is not None:
            strategy.load(memory.strategy)
        for number in sorted(set(self._bench.status().vetoed) - set(memory.vetoed)):
            strategy.forget(number)
            memory.vetoed = (*memory.vetoed, number)
        proposal = strategy.ask()
        memory.strategy = strategy.save()
        return proposal

    def _measured(self, hypothesis: str, expected: float | None, operator: str) -> Outcome:
        proposal = self.memory.proposal or Proposal()
        origin = Origin(parents=proposal.parents, operator=operator, place=proposal.place)
        return self._bench.measure(hypothesis, expected, origin, fresh=proposal.place == "confirm")

    def _told(self, proposal: Proposal, outcome: Outcome, expected: float | None, dropped: int = 0) -> None:
        """The strategy hears of the result, which may be about an earlier experiment, and the round ends."""
        memory, history = self.memory, self._bench.history()
        strategy = self._options.make_strategy(Random(f"{self._bench.seed}/told/{outcome.number}"))
        if memory.strategy is not None:
            strategy.load(memory.strategy)
        about = _proposal(history[outcome.of - 1]) if outcome.of else proposal
        if outcome.verdict != "recorded":
            files = None if outcome.of else {path: text.encode() for path, text in self._files().items()}
            fitness = self._fitness(outcome)
            strategy.tell(about, Result(outcome.of or outcome.number, outcome.verdict, fitness, outcome.metric, files))
        memory.strategy = strategy.save()
        memory.last = outcome_text(outcome, expected)
        if dropped:
            memory.last += f"\n{dropped} calls after the measure were not done: a measure ends a step."
        memory.proposal, memory.messages, memory.calls, memory.nudges = None, (), (), 0
        memory.rounds = max(1, memory.rounds)
        self._save()

    def _fitness(self, outcome: Outcome) -> float | None:
        """Higher is better: the score, else the metric with its sign turned if lower is better."""
        if outcome.verdict != "ok" or outcome.metric is None or outcome.score is not None:
            return outcome.score if outcome.verdict == "ok" else None
        return outcome.metric if self._bench.task.optimization.direction == "higher" else -outcome.metric

    # An exchange with the model.

    def _view(self) -> View:
        bench = self._bench
        return View(bench, self.memory, bench.status(), bench.history(), self._files())

    def _files(self) -> dict[str, str]:
        """The editable files as they are; one that is missing or no text is left out."""
        found = {}
        for path in self._bench.task.optimization.editable:
            try:
                found[path] = self._bench.read(path).decode()
            except (AutolabError, OSError, UnicodeDecodeError):
                continue
        return found

    def _ask(self) -> None:
        memory, view = self.memory, self._view()
        heard: list[tuple[ModelCall, bytes]] = []
        reply, failure = None, None
        try:
            reply = Metered(self._model(), lambda call, raw: heard.append((call, raw))).ask(self._form.request(view))
        except ModelError as error:
            failure = error
        calls = () if reply is None else self._form.calls(view, reply)
        memory.turn += 1
        memory.exchange = Exchange(call=heard[0][0], raw=heard[0][1].decode()) if heard else None
        memory.failed = 0 if failure is None else memory.failed + 1
        if reply is not None:
            self._hear(reply, calls)
        self._save()
        self._record()
        if failure is not None:
            self._failed(failure)
        elif memory.missed >= MISSES:
            self._end(f"{MISSES} replies in a row had nothing in them that could be done")

    def _model(self) -> Model:
        """One model a round, drawn by weight."""
        weights = list(self._options.models.values())
        return Random(f"{self._bench.seed}/model/{self.memory.rounds}").choices(self._models, weights)[0]

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
            if self._bench.status().calls < memory.turn:
                self._bench.model_called(memory.exchange.call, memory.exchange.raw.encode())
            memory.exchange = None

    def _failed(self, failure: ModelError) -> None:
        if isinstance(failure, ScriptEndedError):
            self._end(str(failure))
        elif isinstance(failure, KeyRefusedError | RequestError):
            raise AgentError(str(failure)) from failure
        elif self.memory.failed >= FAILURES:
            raise AgentError(f"{FAILURES} exchanges in a row failed, the last: {failure}") from failure

    # What the model wants done.

    def _answer_next(self) -> None:
        memory = self.memory
        call, *rest = memory.calls
        try:
            said = self._answer(call, len(rest))
        except MalformedCallError as malformed:
            memory.missed += 1
            said = f"not done: {malformed}"
        else:
            memory.missed = 0
        if said is None:  # a measure, which ended the round
            return
        memory.calls = tuple(rest)
        memory.messages = (*memory.messages, _answered(memory.messages, call, said))
        self._save()
        if memory.missed >= MISSES:
            self._end(f"{MISSES} calls in a row meant nothing, the last: {said}")

    def _answer(self, call: ToolCall, rest: int) -> str | None:
        """The answer to one call; None where it ended the round."""
        if call.malformed:
            raise MalformedCallError(call.malformed)
        if call.name == "stop":
            return self._stop(str(call.arguments.get("reason", "")))
        if call.name == "measure":
            self._measure(parsed("measure", call.arguments), rest)
            return None
        if call.name == "note":
            self.memory.notes = (*self.memory.notes, parsed("note", call.arguments).text[:2000])
        return answer(self._bench, call.name, call.arguments)

    def _measure(self, asked: Any, rest: int) -> None:
        history = self._bench.history()
        if len(history) > self.memory.experiments:  # made, and cut off before it was saved
            outcome = history[-1].outcome
        else:
            outcome = self._measured(asked.hypothesis, asked.expected, self._model().name)
        self._told(self.memory.proposal or Proposal(), outcome, asked.expected, rest)

    def _stop(self, reason: str) -> str:
        """The end, or a nudge: there is budget left, or the call before this one would have raised BudgetSpent."""
        memory, status = self.memory, self._bench.status()
        if self._options.nudge and memory.nudges < NUDGES:
            memory.nudges += 1
            return render("nudge", reason=reason or "no reason given", budget=budget_text(status), best=best_text(status))
        self._end(f"the model said so: {reason}")
        return "stopped"


def _answered(messages: Sequence[Message], call: ToolCall, said: str) -> Message:
    """The answer as the model's provider wants it: to a native call by its id, to one in text as a user's words."""
    native = any(each.id == call.id for message in messages for each in message.tool_calls)
    return Message("tool", said, tool_call_id=call.id) if native else Message("user", f"{call.name}: {said}")


def _proposal(past: Past) -> Proposal:
    origin = past.origin or Origin()
    return replace(Proposal(), parents=origin.parents, place=origin.place)
