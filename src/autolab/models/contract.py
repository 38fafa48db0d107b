"""What every model must do, as tests that anyone can run on one's own:

from autolab.models.contract import ModelContract

class TestMyModel(ModelContract):
make_model = MyModel
"""

from collections.abc import Callable

from autolab.models.model import Message, Model, Reply, Request, Tool, Usage

QUESTION = Request((Message("system", "Answer in one word."), Message("user", "Which colour has snow?")))
ADD = Tool("add", "Adds two numbers.", {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}})


class ModelContract:
    """Asks a model a few short questions. What it answers is its own affair."""

    make_model: Callable[[], Model]

    def made(self) -> Model:
        """A fresh model."""
        return type(self).make_model()

    def test_is_named_by_provider_and_name(self) -> None:
        """Ledgers and price tables know it by that, and it stays."""
        provider, slash, name = self.made().name.partition("/")
        assert (bool(provider), slash, bool(name)) == (True, "/", True)
        assert self.made().name == self.made().name

    def test_answers(self) -> None:
        """There is something in a reply."""
        reply = self.made().ask(QUESTION)
        assert reply.text or reply.reasoning or reply.tool_calls

    def test_counts_are_counts_or_not_known(self) -> None:
        """A missing count is None; the cached tokens are part of the input."""
        usage = self.made().ask(QUESTION).usage
        for field in Usage.__dataclass_fields__:
            count = getattr(usage, field)
            assert count is None or count >= 0, f"{field} is {count}"
        if usage.input_tokens is not None:
            assert (usage.cached_tokens or 0) + (usage.cache_write_tokens or 0) <= usage.input_tokens

    def test_keeps_the_raw_exchange_and_the_times(self) -> None:
        """What was sent and what came, as bytes; no time is negative."""
        reply = self.made().ask(QUESTION)
        assert isinstance(reply.request, bytes)
        assert isinstance(reply.response, bytes)
        assert reply.request, "the raw request is empty"
        assert reply.response, "the raw response is empty"
        assert min(reply.seconds, reply.waited_s) >= 0

    def test_goes_on_from_its_own_reply(self) -> None:
        """A reply's message may stand in the next request, with answers to the tools that it asked for."""
        model = self.made()
        asked = Request((Message("user", "Add 1 and 2 with the tool."),), (ADD,))
        first = model.ask(asked)
        answers = tuple(Message("tool", "3", tool_call_id=call.id) for call in first.tool_calls) or (Message("user", "Go on."),)
        assert isinstance(model.ask(Request((*asked.messages, first.message, *answers), (ADD,))), Reply)

    def test_tool_calls_can_be_told_apart(self) -> None:
        """Each has a name and an id of its own; arguments that cannot be read are said to be malformed, and empty."""
        calls = self.made().ask(Request((Message("user", "Add 1 and 2 with the tool."),), (ADD,))).tool_calls
        assert len({call.id for call in calls}) == len(calls)
        for call in calls:
            assert call.id
            assert call.name
            assert not (call.malformed and call.arguments)
