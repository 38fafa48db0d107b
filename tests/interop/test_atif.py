"""Trajectories have the form that ATIF 1.8 prescribes, and hold what the ledger holds."""

import json
from typing import Any

import pytest
from small_records import COMMIT, PROVENANCE, experiment, started

from autolab.interop.atif import atif
from autolab.ledger.records import (
    AnyRecord,
    BenchClosed,
    Executed,
    Grade,
    Line,
    Measurement,
    ModelCall,
    Note,
    State,
    Submitted,
    ToolCall,
    Veto,
)

STEP = {
    "step_id", "timestamp", "source", "message", "model_name", "reasoning_effort", "reasoning_content", "tool_calls", "metrics",
    "observation", "is_copied_context", "llm_call_count", "extra",
}  # fmt: skip
AGENT_ONLY = {"model_name", "reasoning_effort", "reasoning_content", "tool_calls", "metrics"}
METRICS = {"prompt_tokens", "completion_tokens", "cached_tokens", "cost_usd", "extra"}
RESULT = {"source_call_id", "content", "subagent_trajectory_ref", "extra"}


def lines(*records: AnyRecord) -> list[Line]:
    return [Line(seq=seq, time=f"2026-01-05T09:30:{seq:02}.000Z", prev="", record=each, hash="") for seq, each in enumerate(records)]


def call(text: str, *wishes: str, **fields: Any) -> ModelCall:
    return ModelCall(
        model="a/b", via="agent", status="ok", seconds=1.0, elapsed=1.0, text=text,
        tool_calls=tuple(ToolCall(name=each) for each in wishes), **fields,
    )  # fmt: skip


def check(trajectory: dict[str, Any]) -> None:
    """The rules of RFC 0001 as far as a trial can break them; every object forbids other fields."""
    assert json.loads(json.dumps(trajectory, allow_nan=False)) == trajectory
    assert set(trajectory) <= {"schema_version", "session_id", "agent", "steps", "final_metrics", "extra"}
    assert {"name", "version"} <= set(trajectory["agent"]) <= {"name", "version", "model_name", "extra"}
    assert [each["step_id"] for each in trajectory["steps"]] == list(range(1, len(trajectory["steps"]) + 1))
    for step in trajectory["steps"]:
        assert {"step_id", "source", "message"} <= set(step) <= STEP
        if step["source"] != "agent":
            assert not set(step) & AGENT_ONLY
        if step.get("llm_call_count") == 0:
            assert not set(step) & {"metrics", "reasoning_content"}
        assert set(step.get("metrics", {})) <= METRICS
        asked = [each["tool_call_id"] for each in step.get("tool_calls", [])]
        answered = [each["source_call_id"] for each in step.get("observation", {"results": []})["results"] if "source_call_id" in each]
        assert set(answered) <= set(asked)
        assert len(set(answered)) == len(answered)
        for each in step.get("tool_calls", []):
            assert set(each) == {"tool_call_id", "function_name", "arguments"}
        for each in step.get("observation", {"results": []})["results"]:
            assert set(each) <= RESULT
        assert None not in step.values()


RUN = Executed(argv=("ls",), exit_code=0, seconds=0.1, elapsed=2.0, output="a.c\n")
GRADE = Grade(commit=COMMIT, tree="a" * 40, choice="best", reward=0.5, measurement=Measurement(verdict="ok", metric=5.0, score=0.5, unit="x", provenance=PROVENANCE))


def test_a_model_s_calls_are_steps_and_what_they_led_to_is_observed_there() -> None:
    found = atif(
        lines(
            started(), State(commit=COMMIT, tree="a" * 40, cause="start"),
            call("look", "run", "measure", input_tokens=9, output_tokens=2, usd=0.5), RUN, experiment(1, 0.5, hypothesis="h"),
            Veto(experiment=1, reason="no"), call("choose", "submit", input_tokens=1), Submitted(experiment=1, commit=COMMIT),
            BenchClosed(reason="finished", elapsed=3.0), GRADE,
        )
    )  # fmt: skip
    check(found)
    assert [each["source"] for each in found["steps"]] == ["system", "agent", "user", "agent", "system", "system"]
    looked = found["steps"][1]
    assert [each["content"] for each in looked["observation"]["results"]] == ["a.c\n", "experiment 1: ok"]
    assert [each["source_call_id"] for each in looked["observation"]["results"]] == [each["tool_call_id"] for each in looked["tool_calls"]]
    assert looked["metrics"] == {"prompt_tokens": 9, "completion_tokens": 2, "cost_usd": 0.5}
    assert found["final_metrics"]["total_prompt_tokens"] == 10
    assert "total_completion_tokens" not in found["final_metrics"], "a part is not known"


def test_an_agent_without_a_model_has_a_step_for_each_thing_it_did() -> None:
    found = atif(lines(started(), experiment(1, 0.5), RUN, Note(author="agent", text="hm"), Note(author="person", text="try")))
    check(found)
    assert [each.get("llm_call_count") for each in found["steps"]] == [None, 0, 0, 0, None]
    assert found["steps"][-1]["source"] == "user"


def test_a_ledger_without_a_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="has not begun"):
        atif([])
