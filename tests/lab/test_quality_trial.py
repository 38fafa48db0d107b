"""A trial on a research task: the agent reads the breakdown, and what misled it shows as a gap."""

import subprocess
import sys
from pathlib import Path

from small_bench import Acts, make_plan
from small_quality_task import REFERENCE_PY, VERIFY_PY, make_quality_task

from autolab.agents.bench import Bench
from autolab.lab.operations import operate
from autolab.lab.trial import run_trial
from autolab.sandbox.box import Sandbox

# in development most points of the second group are labelled as the third
MISLABELLED = VERIFY_PY.replace(
    "    return known.round(6), labels,", "    if size == 'dev':\n        truth = np.where((truth == 1) & (random.random(len(truth)) < 0.8), 2, truth)\n    return known.round(6), labels,"
)
SUITS_THE_LABELS = REFERENCE_PY.replace("solve(given", "third(given").replace(
    "if __name__", "def third(known, asked):\n    return [2 if label == 1 else label for label in solve(known, asked)]\n\n\nif __name__"
)


def test_the_agent_is_told_the_categories_and_a_gap_shows_what_the_split_hid(sandbox: Sandbox, tmp_path: Path) -> None:
    assert MISLABELLED != VERIFY_PY
    told = {}

    def act(bench: Bench) -> None:
        bench.write("solve.py", REFERENCE_PY.encode())
        told["honest"] = bench.measure("the nearest mean")
        bench.write("solve.py", SUITS_THE_LABELS.encode())
        told["misled"] = bench.measure("what looks like group 1 is group 2")
        told["shown"] = operate(bench, ["show", "1"])  # type: ignore[arg-type]

    make_quality_task(tmp_path / "task", files={"tests/verify.py": MISLABELLED})
    plan = make_plan(tmp_path, Acts(act))
    state = run_trial(plan, sandbox)
    honest, misled = told["honest"], told["misled"]
    assert set(honest.breakdown) == {"group 0", "group 1", "group 2"}
    assert misled.score > honest.score
    text, data = told["shown"]
    assert "group 0" in text
    assert data["breakdown"] == honest.breakdown
    assert state.grade is not None
    assert state.grade.tree == state.experiments[1].tree
    assert state.gap is not None
    assert state.gap > 0.1
    done = subprocess.run(
        [sys.executable, "-m", "autolab.cli.main", "show", str(plan.folder)], capture_output=True, text=True, check=True
    )
    assert f"gap         {state.gap:+.3f}" in done.stdout
    assert "standard deviation over 3 seeds" in done.stdout
