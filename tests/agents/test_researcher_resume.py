"""The researcher on a real task: a scripted model reaches a stated score, and a trial killed at every step ends the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from golf_programs import loop

from autolab.agents.researcher.options import Options
from autolab.agents.researcher.researcher import Researcher
from autolab.lab.bench import LabBench
from autolab.lab.budget import Budget
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import AnyRecord
from autolab.ledger.replay import TrialState
from autolab.models.scripted import Scripted, ScriptedModel
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"name": name, "arguments": arguments}


SCRIPT: list[Scripted] = [
    {"tool_calls": [call("run", command="python3 simulate.py | tail -n 1"), call("note", text="lanes are multiplied one by one")]},
    {"tool_calls": [call("edit", path="dot.asm", old="        push 127 ", new="        push 126 "), call("measure", hypothesis="one less", expected=1.01)]},
    {"error": "overloaded"},
    {"text": "```lab restore 1\n```\n```lab status\n```"},
    {"tool_calls": [call("write", path="dot.asm", content=loop(1)), call("measure", hypothesis="whole words", expected=10)]},
    {"tool_calls": [call("nonsense")]},
    {"text": "```lab write dot.asm\n" + loop(2) + "```\n```lab measure 1.3x\ntwo words a turn\n```"},
    {"tool_calls": [call("write", path="dot.asm", content=loop(2) + "# more\n"), call("measure", hypothesis="no better", expected=1.1)]},
    {"tool_calls": [call("submit", experiment=4), call("stop", reason="done")]},
]  # fmt: skip

SCORE = 0.8910  # ln(7944 / 389) / ln(7944 / 269): 3 + 32 x 12 + 2 instructions, whatever the vectors hold


def plan(folder: Path) -> TrialPlan:
    options = Options({"scripted/script": 1.0}, nudge=False)
    return TrialPlan(
        task=load_task("stack_machine_golf"), agent=Researcher(options, [ScriptedModel(SCRIPT)]), budget=Budget(None, 20),
        folder=folder / "run/trials/golf__researcher__1", run="run", attempt=1, seed=1, cases_seed=1,
    )  # fmt: skip


class Killed(BaseException):
    """Nothing catches it: the lab is gone at once."""


def told(folder: Path) -> list[tuple[object, ...]]:
    """What the ledger says, without times and without the breaks."""
    return [found for line in read_ledger(folder / "run/trials/golf__researcher__1/ledger.jsonl") if (found := _told(line.record))]


def _told(record: AnyRecord) -> tuple[object, ...]:
    match record.type:
        case "trial_resumed":
            return ()
        case "state":
            return record.type, record.tree, record.cause
        case "executed":
            return record.type, record.argv, record.exit_code, record.output
        case "model_call":
            return record.type, record.status, record.text, record.tool_calls  # not its tokens: a cut off command has lost its output
        case "experiment":
            origin, found = record.origin, record.measurement
            return record.type, record.number, record.tree, record.hypothesis, record.expected, origin, found.verdict, found.metric
        case "grade":
            return record.type, record.tree, record.choice, record.reward
        case "submitted":
            return record.type, record.experiment
        case "trial_started" | "trial_ended":
            return (record.type,)
    return record.type, *(record.model_dump(exclude={"elapsed"}).values())


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, deaths: list[str]) -> Iterator[Callable[[AnyRecord], None]]:
    """Kills the lab once after each record, and once before and after each thing that the agent saves."""

    def die(where: str) -> None:
        if where not in deaths:
            deaths.append(where)
            raise Killed(where)

    save = LabBench.save

    def saving(self: LabBench, memory: bytes) -> None:
        die(f"before {memory!r}")
        save(self, memory)
        die(f"after {memory!r}")

    def listen(record: Any) -> None:
        if record.type not in ("trial_resumed", "trial_ended"):
            die(f"record {record.model_dump_json()}")

    with monkeypatch.context() as patch:
        patch.setattr(LabBench, "save", saving)
        yield listen


def test_the_scripted_model_reaches_the_stated_score_and_so_does_a_trial_killed_at_every_step(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run_trial(plan(tmp_path / "whole"), sandbox)
    assert whole.grade is not None
    assert (whole.grade.choice, whole.grade.measurement.score) == ("submitted", pytest.approx(SCORE, abs=1e-4))
    assert [each.measurement.verdict for each in whole.experiments] == ["ok", "wrong_output", "ok", "ok", "ok"]

    deaths: list[str] = []
    state: TrialState | None = None
    with dying(monkeypatch, deaths) as listen:
        while state is None:
            try:
                state = run_trial(plan(tmp_path / "killed"), sandbox, listen)
            except Killed:
                continue
    assert len(deaths) > 60
    assert told(tmp_path / "killed") == told(tmp_path / "whole")
