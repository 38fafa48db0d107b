"""Harbor's own validator on trajectories that were exported from real trials. Slow: scripts/agents runs it.

Harbor needs Python 3.12; HARBOR_PYTHON names the Python of an environment with it, which scripts/agents makes.
"""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from small_bench import make_plan
from small_tasks import REFERENCE_C

from autolab.agents.registry import load_agent
from autolab.interop.atif import atif
from autolab.lab.budget import Budget
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.sandbox.box import Sandbox

SCRIPT = [
    {
        "text": "A look, then a running sum.",
        "tool_calls": [
            {"name": "run", "arguments": {"command": "ls"}},
            {"name": "write", "arguments": {"path": "solve.c", "content": REFERENCE_C}},
            {"name": "measure", "arguments": {"hypothesis": "a running sum", "expected": 90}},
        ],
    },
    {"error": "overloaded"},
    {"tool_calls": [{"name": "submit", "arguments": {"experiment": 2}}, {"name": "stop", "arguments": {"reason": "done"}}]},
]


def says(path: Path) -> "subprocess.CompletedProcess[str]":
    python = os.environ.get("HARBOR_PYTHON")
    if not python:
        pytest.skip("HARBOR_PYTHON is not set: no Python >= 3.12 was found for harbor; run scripts/agents where there is one")
    return subprocess.run([python, "-W", "ignore", "-m", "harbor.utils.trajectory_validator", str(path)], capture_output=True, text=True)


@pytest.mark.parametrize("agent", ["researcher", "climb"])
def test_harbor_s_validator_takes_an_exported_trial_and_refuses_a_broken_one(agent: str, tmp_path: Path, sandbox: Sandbox) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    spec = f"researcher@scripted/{script}?nudge=off" if agent == "researcher" else agent
    plan = replace(make_plan(tmp_path, load_agent(spec)), budget=Budget(None, 3))
    state = run_trial(plan, sandbox)
    assert state.grade is not None
    assert len(state.experiments) >= 2
    whole = atif(read_ledger(plan.folder / "ledger.jsonl"))
    file = tmp_path / "trajectory.json"
    file.write_text(json.dumps(whole))
    done = says(file)
    assert done.returncode == 0, done.stderr
    whole["steps"][0]["step_id"] = 7
    file.write_text(json.dumps(whole))
    assert says(file).returncode == 1
