"""One string names a model; what names none is one line."""

import json
from pathlib import Path

import pytest

from autolab.models.errors import ModelError, ProviderError, ScriptEndedError
from autolab.models.model import Message, Request, Usage
from autolab.models.registry import load_model
from autolab.models.scripted import ScriptedModel

ASK = Request((Message("user", "go"),))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("gpt", "write provider/name"), ("/x", "write provider/name"), ("openai/", "write provider/name"),
        ("opnai/x", "did you mean 'openai'"), ("scripted/nowhere.json", "cannot be read"), ("replay/nowhere", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_model_is_one_line(spec: str, words: str) -> None:
    with pytest.raises(ModelError, match=words) as caught:
        load_model(spec)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("{", "not JSON"), ("3", "no list of replies"), ("[3]", "reply 0: is 3"), ('["a", {"txt": "b"}]', "reply 1: unknown field 'txt'"),
        ('[{"tool_calls": [{}]}]', "objects with a name"), ('[{"usage": {"tokens": 1}}]', "usage has other fields"),
        ('[{"tool_calls": [{"name": "a", "args": {}}]}]', "a tool call has other fields"),
    ],
)  # fmt: skip
def test_a_script_s_fault_is_named(tmp_path: Path, script: str, words: str) -> None:
    file = tmp_path / "script.json"
    file.write_text(script)
    with pytest.raises(ModelError, match=words):
        load_model(f"scripted/{file}")


def test_a_script_is_said_word_for_word_and_ends(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    call = {"name": "run", "arguments": {"a": 1}}
    file.write_text(json.dumps({"replies": ["first", {"text": "second", "tool_calls": [call], "usage": {"input_tokens": 7}}]}))
    model = load_model(f"scripted/{file}")
    assert model.ask(ASK).text == "first"
    second = model.ask(ASK)
    assert (second.text, second.stop, second.usage.input_tokens) == ("second", "tools", 7)
    assert [(each.name, each.arguments) for each in second.tool_calls] == [("run", {"a": 1})]
    with pytest.raises(ScriptEndedError, match="2 replies"):
        model.ask(ASK)


def test_a_fresh_model_goes_on_at_the_turn_that_it_is_asked() -> None:
    replies = ["a", "b", "c"]
    assert ScriptedModel(replies).ask(Request(ASK.messages, turn=2)).text == "c"
    assert [ScriptedModel(replies).ask(Request(ASK.messages, turn=turn)).text for turn in (0, 1)] == ["a", "b"]


def test_usage_is_counted_given_or_left_out() -> None:
    counted, given, left_out = (ScriptedModel([reply]).ask(ASK).usage for reply in ("a", {"usage": {"output_tokens": 9}}, {"usage": None}))
    assert counted.input_tokens == given.input_tokens is not None
    assert given.output_tokens == 9
    assert left_out == Usage()


def test_a_scripted_error_is_a_provider_s() -> None:
    with pytest.raises(ProviderError, match="out of order"):
        ScriptedModel([{"error": "out of order"}]).ask(ASK)
