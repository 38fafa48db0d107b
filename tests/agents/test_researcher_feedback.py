"""The researcher under the feedback modes: its requests and its strategy have what the mode tells, and no more."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from golf_programs import loop

from autolab.agents.bench import Bench, BudgetSpent
from autolab.agents.researcher.options import Options
from autolab.agents.researcher.researcher import Researcher
from autolab.lab.budget import Budget
from autolab.lab.feedback import parse_feedback, told
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.replay import replay
from autolab.models.model import Request
from autolab.models.scripted import Scripted, ScriptedModel
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task

SEED = 1
PROGRAMS = [loop(1), loop(2), loop(4)]  # each better than the one before


class Ungraded:
    """A researcher whose trial is stopped where its budget ends: no test here needs the grade."""

    name = "researcher"

    def __init__(self, model: ScriptedModel) -> None:
        self._agent = Researcher(Options({"scripted/script": 1.0}, nudge=False), [model])

    def run(self, bench: Bench) -> None:
        with contextlib.suppress(BudgetSpent):
            self._agent.run(bench)
        raise KeyboardInterrupt


@pytest.mark.parametrize("mode", ["withheld", "shuffled", "delayed:1"])
def test_a_researcher_hears_what_its_feedback_tells_and_no_more(mode: str, sandbox: Sandbox, tmp_path: Path) -> None:
    asked: list[str] = []

    def answers(*calls: dict[str, object]) -> Callable[[Request], Scripted]:
        def answer(request: Request) -> Scripted:
            asked.append("\n".join(message.text for message in request.messages))
            return {"tool_calls": list(calls)}

        return answer

    def measures(program: str) -> Callable[[Request], Scripted]:
        write = {"name": "write", "arguments": {"path": "dot.asm", "content": program}}
        return answers(write, {"name": "measure", "arguments": {"hypothesis": "more words a turn", "expected": 2}})

    model = ScriptedModel([answers({"name": "run", "arguments": {"command": "python3 simulate.py"}}), *map(measures, PROGRAMS), answers()])
    plan = TrialPlan(
        task=load_task("stack_machine_golf"), agent=Ungraded(model), budget=Budget(None, 5), folder=tmp_path / "trial", run="run",
        attempt=1, seed=SEED, cases_seed=1, feedback=parse_feedback(mode),
    )  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        run_trial(plan, sandbox)
    done = replay(read_ledger(plan.folder / "ledger.jsonl")).experiments
    metrics = [each.measurement.metric for each in done]
    assert [each.measurement.verdict for each in done] == ["ok"] * 4
    assert len(set(metrics)) == 4
    assert f"not executed: feedback is {mode}" in asked[1]
    for after, request in enumerate(asked[1:], 1):  # how many experiments there were when it was asked
        heard = {told(plan.feedback, done, number, SEED).metric for number in range(1, after + 1)}
        shown = {metric for metric in metrics[1:] if re.search(rf"\b{metric:.0f}\b", request.replace(",", ""))}
        assert shown <= heard, request
        assert heard - {None, metrics[0]} <= shown, request
