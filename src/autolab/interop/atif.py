"""A trial as a trajectory in ATIF 1.8, the interchange format for agents' runs (Harbor's RFC 0001).

One step of the agent for each exchange with its model; what it did next, commands, measurements, submissions, notes, are
that step's observations, tied to the tool calls that asked for them. An agent without a model has a step for each thing
it did. People's acts are steps of the user, the lab's own (opening, breaks, closing, grade) steps of the system. What ATIF
has no field for stands in `extra`. Figures that are not known are left out, never 0.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError
from autolab.ledger.records import (
    AnyRecord,
    BenchClosed,
    Executed,
    Experiment,
    Grade,
    Line,
    Measurement,
    ModelCall,
    Note,
    StopAsked,
    Submitted,
    TrialEnded,
    TrialResumed,
    TrialStarted,
    Veto,
)

VERSION = "ATIF-v1.8"

Step = dict[str, Any]


def trajectory(trials: Sequence[Trial]) -> Iterator[str]:
    """The trajectory of one trial as JSON text. AutolabError for more than one, or one that has not begun."""
    if len(trials) != 1:
        raise AutolabError(f"an ATIF trajectory is of one trial, and these are {len(trials)}; give a trial's folder")
    if trials[0].problem is not None or trials[0].state.started is None:
        raise AutolabError(f"{trials[0].folder}: {trials[0].problem or 'the trial has not begun'}; give one that has")
    yield json.dumps(atif(trials[0].lines()), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def atif(lines: Iterable[Line]) -> dict[str, Any]:
    """The trajectory of a trial, begun or ended. ValueError where the ledger has no first record."""
    told = list(lines)
    if not told or not isinstance(told[0].record, TrialStarted):
        raise ValueError("the trial has not begun")
    started, writer = told[0].record, _Writer()
    for line in told:
        writer.take(line)
    calls = [line.record for line in told if isinstance(line.record, ModelCall)]
    return {
        "schema_version": VERSION,
        "session_id": f"{started.run}/{started.trial}",
        "agent": _known(
            name=started.agent, version=started.provenance.autolab, model_name=started.model or next((each.model for each in calls), None)
        ),
        "steps": writer.steps,
        "final_metrics": _known(
            total_prompt_tokens=_sum([each.input_tokens for each in calls]),
            total_completion_tokens=_sum([each.output_tokens for each in calls]),
            total_cached_tokens=_sum([each.cached_tokens for each in calls]),
            total_cost_usd=_sum([each.usd for each in calls]),
            total_steps=len(writer.steps),
            extra=_ending([line.record for line in told]),
        ),
        "extra": {
            "task": started.provenance.task, "task_digest": started.provenance.task_digest, "attempt": started.attempt,
            "seed": started.seed, "budget": started.budget, "feedback": started.feedback,
        },
    }  # fmt: skip


class _Writer:
    """Steps so far; `_agent` is the agent's last one, which what it does next belongs to."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._agent: Step | None = None
        self._open: list[dict[str, Any]] = []  # its tool calls that have no observation yet

    def take(self, line: Line) -> None:
        """One more record. States and the trial's end are no steps."""
        match record := line.record:
            case ModelCall():
                self._asked(line, record)
            case Executed() | Experiment() | Submitted():
                self._did(line, *_deed(record))
            case Note() if record.author == "agent":
                self._did(line, *_deed(record))
            case Note() | Veto() | StopAsked():
                self._step(line, "system" if isinstance(record, Note) and record.author == "lab" else "user", _act(record))
            case TrialStarted() | TrialResumed() | BenchClosed() | Grade():
                self._step(line, "system", _stage(record), extra=_stage_extra(record))
            case _:
                pass

    def _step(self, line: Line, source: str, message: str, **fields: Any) -> Step:
        step = _known(step_id=len(self.steps) + 1, timestamp=line.time, source=source, message=message, **fields)
        self.steps.append(step)
        return step

    def _asked(self, line: Line, call: ModelCall) -> None:
        self._open = [
            {"tool_call_id": f"call_{line.seq}_{place}", "function_name": wish.name, "arguments": wish.arguments}
            for place, wish in enumerate(call.tool_calls)
        ]
        metrics = _known(
            prompt_tokens=call.input_tokens, completion_tokens=call.output_tokens, cached_tokens=call.cached_tokens, cost_usd=call.usd
        )
        self._agent = self._step(
            line, "agent", call.text, model_name=call.model, reasoning_content=call.reasoning or None,
            tool_calls=list(self._open) or None, metrics=metrics or None,
            extra=_known(
                status=call.status, error=call.error or None, via=call.via, seconds=call.seconds, waited_s=call.waited_s,
                elapsed=call.elapsed, exchange=call.exchange or None,
            ),
        )  # fmt: skip

    def _did(self, line: Line, name: str, arguments: dict[str, Any], content: str, extra: dict[str, Any]) -> None:
        """An observation of the agent's last step, or a step of its own where no model was asked."""
        if self._agent is None:
            call = {"tool_call_id": f"call_{line.seq}_0", "function_name": name, "arguments": arguments}
            result = {"source_call_id": call["tool_call_id"], "content": content, "extra": extra}
            self._step(line, "agent", "", llm_call_count=0, tool_calls=[call], observation={"results": [result]})
            return
        wish = next((each for each in self._open if each["function_name"] == name), None)
        if wish is not None:
            self._open.remove(wish)
        result = _known(source_call_id=wish["tool_call_id"] if wish else None, content=content, extra=extra)
        self._agent.setdefault("observation", {"results": []})["results"].append(result)


def _deed(record: Executed | Experiment | Submitted | Note) -> tuple[str, dict[str, Any], str, dict[str, Any]]:
    """Tool, arguments, what came of it in words, and as data."""
    match record:
        case Executed():
            data = _known(exit_code=record.exit_code, seconds=record.seconds, cpu_s=record.cpu_s, elapsed=record.elapsed)
            return "run", {"command": list(record.argv)}, record.output, data
        case Experiment():
            asked = _known(hypothesis=record.hypothesis, expected=record.expected)
            data = _known(
                experiment=record.number, commit=record.commit, parent=record.parent, best=record.best, seconds=record.seconds,
                elapsed=record.elapsed, origin=record.origin.model_dump() if record.origin else None, spent=record.spent or None,
                **_figures(record.measurement),
            )  # fmt: skip
            return "measure", asked, f"experiment {record.number}: {_words(record.measurement)}", data
        case Submitted():
            return "submit", {"experiment": record.experiment}, f"experiment {record.experiment} will be graded", {"commit": record.commit}
        case Note():
            return "note", {"text": record.text}, "noted", {}


def _figures(found: Measurement) -> dict[str, Any]:
    return _known(
        verdict=found.verdict, reason=found.reason, metric=found.metric, unit=found.unit, score=found.score,
        anchors=found.anchors.model_dump() if found.anchors else None, flags=list(found.flags) or None,
    )  # fmt: skip


def _words(found: Measurement) -> str:
    if found.metric is None:
        return f"{found.verdict}{f' ({found.reason})' if found.reason else ''}"
    return f"{found.verdict}, {found.metric:g} {found.unit}{f', score {found.score:.4f}' if found.score is not None else ''}"


def _act(record: Note | Veto | StopAsked) -> str:
    match record:
        case Note():
            return record.text
        case Veto():
            return f"experiment {record.experiment} must not count: {record.reason}"
        case StopAsked():
            return f"stop{f': {record.reason}' if record.reason else ''}"


def _stage(record: TrialStarted | TrialResumed | BenchClosed | Grade) -> str:
    match record:
        case TrialStarted():
            return f"{record.agent} begins to work on {record.provenance.task}"
        case TrialResumed():
            return "the lab came back after a break"
        case BenchClosed():
            return f"the bench is closed: {record.reason}{f' ({record.detail})' if record.detail else ''}"
        case Grade():
            return f"grade of the {record.choice} state on hidden inputs: {_words(record.measurement)}"


def _stage_extra(record: TrialStarted | TrialResumed | BenchClosed | Grade) -> dict[str, Any] | None:
    match record:
        case Grade():
            return {"reward": record.reward, "commit": record.commit, **_figures(record.measurement)}
        case TrialResumed():
            return {"spent": record.spent}
    return None


def _ending(records: list[AnyRecord]) -> dict[str, Any] | None:
    ended = next((each for each in records if isinstance(each, TrialEnded)), None)
    return None if ended is None else {"reward": ended.reward, "experiments": ended.experiments, "elapsed": ended.elapsed}


def _known(**fields: Any) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def _sum(values: list[Any]) -> Any:
    """The sum, None where there is nothing to add or a part is not known."""
    return sum(values) if values and None not in values else None
