"""The researcher on benches in memory, with a model that follows a script."""

import contextlib
from collections.abc import Mapping, Sequence

import pytest

from autolab.agents.bench import BudgetSpent
from autolab.agents.contract import AgentContract
from autolab.agents.fake import FakeBench
from autolab.agents.registry import load_agent
from autolab.agents.researcher.memory import Memory, recent
from autolab.agents.researcher.options import Options, read_options
from autolab.agents.researcher.prompts import render
from autolab.agents.researcher.researcher import Researcher
from autolab.agents.settings import Settings, parse_spec
from autolab.errors import AgentError
from autolab.models.model import Message, Request, ToolCall
from autolab.models.scripted import Scripted, ScriptedModel


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"name": name, "arguments": arguments}


def calls(*wanted: Mapping[str, object], text: str = "") -> dict[str, object]:
    return {"text": text, "tool_calls": list(wanted)}


def write(content: str) -> dict[str, object]:
    return call("write", path="notes.txt", content=content)


MEASURE = call("measure", hypothesis="fewer bytes", expected=1.5)
STOP = calls(call("stop", reason="done"))


def researcher(replies: Sequence[Scripted], **options: object) -> Researcher:
    return Researcher(Options({"scripted/script": 1.0}, **options), [ScriptedModel(replies)])  # type: ignore[arg-type]


def worked(replies: Sequence[Scripted], experiments: int = 9, **options: object) -> FakeBench:
    bench = FakeBench(experiments=experiments)
    with contextlib.suppress(BudgetSpent):
        researcher(replies, **options).run(bench)
    return bench


class TestResearcher(AgentContract):
    make_agent = staticmethod(  # type: ignore[assignment]
        lambda: researcher([calls(write("x" * (30 - turn)), MEASURE) for turn in range(20)])
    )


class TestShort(AgentContract):
    make_agent = staticmethod(lambda: researcher([f"```\nline {turn}\n```" for turn in range(20)], form="short"))  # type: ignore[assignment]


def test_each_measurement_has_a_hypothesis_an_expectation_and_a_lineage() -> None:
    bench = worked([calls(write("one\n"), MEASURE), calls(write("one two three\n" * 9), MEASURE), calls(write(""), MEASURE)])
    start, *rest = bench.entries
    assert (start.hypothesis, start.expected) == ("the starting program", None)
    assert {(each.hypothesis, each.expected) for each in rest} == {("fewer bytes", 1.5)}
    parents = [each.origin.parents for each in rest if each.origin]
    assert parents == [(1,), (2,), (2,)]  # the second was worse and is discarded
    assert {each.origin.operator for each in rest if each.origin} == {"scripted/script"}


def test_a_discarded_state_is_gone_before_the_next_step() -> None:
    seen: list[str] = []

    def third(request: Request) -> Scripted:
        seen.append(request.messages[1].text)
        return STOP

    worked([calls(write("one\n"), MEASURE), calls(write("much more\n" * 99), MEASURE), third], nudge=False)
    assert "one\n" in seen[0]
    assert "much more" not in seen[0]
    assert "experiment 3: 1," in seen[0] or "experiment 3: 1" in seen[0]


def test_it_sees_budget_summary_and_its_notes_but_no_endless_transcript() -> None:
    requests: list[Request] = []

    def noting(request: Request) -> Scripted:
        requests.append(request)
        turn = len(requests)
        return calls(call("note", text=f"lesson {turn}"), call("read", path="solve.c"), write("x" * (500 - turn)), MEASURE)

    worked([noting] * 200, experiments=150)
    sizes = [sum(len(each.text) for each in request.messages) for request in requests]
    assert len(sizes) == 150
    assert max(sizes[60:]) <= max(sizes[:60]) * 1.1
    last = requests[-1].messages[1].text
    assert "0 experiments left" in last
    assert "lesson 149" in last
    assert "lesson 100" not in last
    assert "left out here" in last


def test_a_malformed_call_is_answered_and_too_many_end_the_trial() -> None:
    answers: list[str] = []

    def wrong(request: Request) -> Scripted:
        answers.append(request.messages[-1].text)
        return calls(call("measure", hypothesis="no expectation"))

    bench = worked([calls(call("fly", far=True)), {"tool_calls": [{"name": "read", "malformed": "arguments are no JSON"}]}, *[wrong] * 20])
    assert "there is no tool 'fly'" in answers[0] or "arguments are no JSON" in answers[0]
    assert "expected: Field required" in answers[1]
    assert len(bench.calls) == 8
    assert "meant nothing" in bench.notes[-1]
    assert len(bench.entries) == 1


def test_a_reply_without_a_call_is_told_what_one_looks_like() -> None:
    answers: list[str] = []

    def reply(request: Request) -> Scripted:
        answers.append(request.messages[-1].text)
        return "I would tile the loop."

    bench = worked([reply] * 20, form="text")
    assert "```lab TOOL" in answers[1]
    assert len(bench.calls) == 8


@pytest.mark.parametrize(("nudge", "replies"), [(True, 3), (False, 1)])
def test_stopping_early_is_nudged_unless_that_is_switched_off(nudge: bool, replies: int) -> None:
    bench = worked([STOP] * 9, nudge=nudge)
    assert len(bench.calls) == replies
    assert "the model said so: done" in bench.notes[-1]


def test_calls_after_a_measure_are_not_done_and_the_model_is_told() -> None:
    seen: list[str] = []

    def second(request: Request) -> Scripted:
        seen.append(request.messages[1].text)
        return STOP

    bench = worked([calls(MEASURE, call("submit", experiment=1)), second], nudge=False)
    assert bench.submitted is None
    assert "1 calls after the measure were not done" in seen[0]


def test_text_blocks_do_the_same_as_native_calls() -> None:
    text = "Fewer bytes.\n```lab write notes.txt\none\n```\n```lab measure 1.5x\nfewer bytes\n```\n"
    for form in ("text", "tools"):
        bench = worked([text, "```lab submit 2\n```", "```lab stop\ndone\n```"], form=form, nudge=False)
        assert bench.entries[1].files["notes.txt"] == b"one\n"
        assert (bench.entries[1].hypothesis, bench.entries[1].expected) == ("fewer bytes", 1.5)
        assert bench.submitted == 2


def test_a_short_question_that_cannot_be_read_is_asked_again_with_another_line() -> None:
    shown: list[str] = []

    def repeating(request: Request) -> Scripted:
        shown.append(request.messages[-1].text)
        return shown[-1] if len(shown) % 2 else ""

    bench = worked([repeating] * 20, form="short")
    assert len(shown) == 8
    assert len(set(shown)) > 3
    assert "nothing in them" in bench.notes[-1]


@pytest.mark.parametrize("reply", ["x", "  x\n\nand so on", "Here it is:\n```c\nx\ny\n```\nhypothesis: shorter", "`x`"])
def test_a_short_answer_is_taken_as_a_line_however_it_is_wrapped(reply: str) -> None:
    bench = worked([reply], form="short", experiments=2)
    changed = [path for path in bench.task.baseline_files if bench.entries[1].files[path] != bench.task.baseline_files[path]]
    now, before = (files[changed[0]].splitlines() for files in (bench.entries[1].files, bench.task.baseline_files))
    assert [line.strip() for line, old in zip(now, before, strict=True) if line != old] == [b"x"]
    assert ("shorter" in bench.entries[1].hypothesis) == ("hypothesis" in reply)


def test_failed_exchanges_end_the_trial_in_one_line_and_are_all_recorded() -> None:
    bench = FakeBench()
    with pytest.raises(AgentError, match=r"3 exchanges in a row failed, the last: .*overloaded"):
        researcher([{"error": "overloaded"}] * 9).run(bench)
    assert [each.status for each in bench.calls] == ["error"] * 3


def test_one_failed_exchange_is_asked_again() -> None:
    bench = worked([{"error": "overloaded"}, calls(write("one"), MEASURE), STOP], nudge=False)
    assert [each.status for each in bench.calls] == ["error", "ok", "ok"]
    assert len(bench.entries) == 2


def test_a_vetoed_experiment_is_no_start_any_more() -> None:
    bench = FakeBench()

    def vetoing(request: Request) -> Scripted:
        bench.vetoed.add(2)
        return calls(write("two"), MEASURE)

    researcher([calls(write("one"), MEASURE), vetoing, calls(write("three"), MEASURE), STOP], nudge=False).run(bench)
    assert [each.origin.parents for each in bench.entries[1:] if each.origin][:2] == [(1,), (2,)]
    assert bench.entries[3].origin is not None
    assert 2 not in bench.entries[3].origin.parents


def test_models_share_the_rounds_by_weight_and_each_round_keeps_its_own() -> None:
    options = read_options(parse_spec("researcher@a/x?models=b/y:3")[1])
    assert dict(options.models) == {"a/x": 1.0, "b/y": 3.0}
    replies = [calls(write("x" * (300 - turn)), MEASURE) for turn in range(99)]
    models = [ScriptedModel(replies, name) for name in ("one", "two")]
    bench = FakeBench(experiments=60)
    with contextlib.suppress(BudgetSpent):
        Researcher(options, models).run(bench)
    made = [each.model for each in bench.calls]
    assert 30 < made.count("scripted/two") < 58


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        ("researcher", "give the model"),
        ("researcher@scripted/nothing.json", "cannot be read"),
        ("researcher@scripted/x?strategy=luck", "strategy='luck': there are keep, evolve, tree"),
        ("researcher@scripted/x?speed=9", "unknown option 'speed'"),
        ("researcher@scripted/x?strategy=tree&keep=sigma", "takes strict or confirmed"),
        ("researcher@scripted/x?temperature=hot", "give a number"),
        ("researcher@scripted/x?models=gpt", "is no provider/name"),
    ],
)
def test_wrong_settings_are_one_line(spec: str, wrong: str) -> None:
    with pytest.raises(AgentError, match=wrong) as error:
        load_agent(spec)
    assert "\n" not in str(error.value)


def test_its_name_is_what_a_person_typed() -> None:
    settings = Settings("scripted/x", {"nudge": "off", "form": "text"})
    assert settings.named("researcher") == "researcher@scripted/x?form=text&nudge=off"


def test_a_prompt_without_a_value_fails_and_names_it() -> None:
    with pytest.raises(AgentError, match=r"prompt nudge: 'reason' is undefined"):
        render("nudge", budget="", best="")


def test_a_program_that_failed_is_mended_once_and_then_left() -> None:
    bench = FakeBench(lambda files: "build_failed" if b"broken" in files["notes.txt"] else 1.0)
    seen: list[str] = []

    def reply(request: Request) -> Scripted:
        seen.append(request.messages[1].text)
        return calls(write("broken" * len(seen)), MEASURE) if len(seen) < 3 else STOP

    researcher([reply] * 9, nudge=False).run(bench)
    assert "improve experiment 1" in seen[0]
    assert "experiment 2, which lies in /app, does not work: build_failed (said the judge). Mend it" in seen[1]
    assert "improve experiment 1" in seen[2]
    assert "broken" not in seen[2].partition("notes.txt as it is now")[2]
    assert [each.origin.parents for each in bench.entries if each.origin] == [(), (1,), (2,)]


def test_the_rule_confirmed_measures_a_new_best_again_on_fresh_inputs_and_keeps_it_only_then() -> None:
    figures = iter([9.0, 5.0, 99.0, 6.0, 6.5])  # the start; a gain that is none; a gain that holds
    bench = FakeBench(lambda files: next(figures))
    seen: list[str] = []

    def reply(request: Request) -> Scripted:
        seen.append(request.messages[1].text)
        return calls(write("x" * len(seen)), MEASURE) if len(seen) < 3 else STOP

    researcher([reply] * 9, keep="confirmed", nudge=False).run(bench)
    assert [each.fresh for each in bench.entries] == [False, False, True, False, True]
    assert ["improve experiment 1" in seen[1], "improve experiment 4" in seen[2]] == [True, True]
    assert "On fresh inputs: 99 bytes" in seen[1]


def test_the_rule_sigma_measures_the_start_three_times() -> None:
    bench = worked([STOP], keep="sigma", nudge=False)
    assert [each.hypothesis for each in bench.entries] == ["the starting program"] * 3


@pytest.mark.parametrize("strategy", ["evolve", "tree"])
def test_a_search_strategy_chooses_the_parents(strategy: str) -> None:
    bench = worked([calls(write("x" * (40 - turn % 7)), MEASURE) for turn in range(30)], experiments=25, strategy=strategy)
    parents = [each.origin.parents for each in bench.entries if each.origin][1:]
    places = {each.origin.place for each in bench.entries if each.origin}
    assert len({each[0] for each in parents if each}) > 3
    assert places & {"island 1", "depth 1"}


def test_other_parents_are_shown_to_take_ideas_from() -> None:
    seen: list[str] = []

    def reply(request: Request) -> Scripted:
        seen.append(request.messages[1].text)
        return calls(write("x\n" * len(seen)), MEASURE)

    worked([reply] * 30, experiments=25, strategy="evolve")
    assert any("For comparison, experiment" in each and "+x" in each for each in seen)


def test_answers_are_never_parted_from_their_calls() -> None:
    said = Message("assistant", "x" * 50, (ToolCall("1", "read"),))
    messages = [said, Message("tool", "y" * 50, tool_call_id="1")] * 9
    for most in range(0, 1000, 30):
        kept = recent(messages, most)
        assert kept[0].role == "assistant"
        assert len(kept) >= 2
        assert len(kept) % 2 == 0
        assert len(kept) == 2 or sum(len(each.text) for each in kept) <= most


def test_memory_survives_the_way_through_json() -> None:
    memory = Memory(turn=3, messages=(Message("assistant", "a", (ToolCall("1", "x", {"y": [1, None]}),), native={"z": 1}),), strategy=b'{"a":1}')
    assert Memory.model_validate_json(memory.model_dump_json()) == memory
