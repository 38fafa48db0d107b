"""Script tasks: what tests/test.sh leaves is the figure, under both of Harbor's rules for the two files."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.judge.judge import Judge
from autolab.judge.submission import from_files
from autolab.lab.trial import run_trial
from autolab.ledger.records import Measurement
from autolab.measure.reward import RewardMissing, read_reward
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task
from autolab.task.task import Task

TOML = """
[task]
name = "autolab/words"

[verifier]
timeout_sec = 5

[optimization]
axis = "smarter"
metric = "share of right words"
direction = "higher"
scale = "linear"
editable = ["answer.txt"]

[optimization.instrument]
kind = "script"
precedence = "PRECEDENCE"

[optimization.baseline]
score = 0.25
method = "one word of four"

[optimization.reference]
score = 1
method = "all of them"
"""

SCRIPT = """
right=$(grep -cxFf /tests/truth.txt answer.txt)
echo "$right right"
echo "{\\"reward\\": 0.$((right * 25)), \\"right\\": $right}" > /logs/verifier/reward.json
[ "$right" = 4 ] && echo '{"reward": 1, "right": 4}' > /logs/verifier/reward.json
echo 0.5 > /logs/verifier/reward.txt
exit 7
"""

WORDS = "north\neast\nsouth\nwest\n"


def make(folder: Path, precedence: str = "json", script: str = SCRIPT) -> Task:
    files = {
        "task.toml": TOML.replace("PRECEDENCE", precedence),
        "instruction.md": "Write the four points of the compass.\n\n## Files you may edit\n\n- `answer.txt`\n",
        "environment/app/answer.txt": "north\nup\n",
        "tests/test.sh": script,
        "tests/truth.txt": WORDS,
        "solution/answer.txt": WORDS,
    }
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return load_task(folder)


def measured(task: Task, sandbox: Sandbox, work: Path, answer: str) -> Measurement:
    with Judge(task, sandbox, work, work / "kept") as judge:
        return judge.measure(from_files(task, {"answer.txt": answer.encode()}), 1)


def test_reward_json_counts_first_where_the_task_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    task = make(tmp_path / "task")
    half = measured(task, sandbox, tmp_path, "north\neast\n")
    assert (half.verdict, half.metric, half.score) == ("ok", 0.5, pytest.approx(1 / 3))
    assert half.flags
    assert "2 right" in half.run_output
    assert measured(task, sandbox, tmp_path, WORDS).score == 1
    assert measured(task, sandbox, tmp_path, "north\n").score == 0


def test_reward_txt_counts_first_where_the_task_says_so(sandbox: Sandbox, tmp_path: Path) -> None:
    only_json = SCRIPT.replace("echo 0.5 > /logs/verifier/reward.txt\n", "[ $right = 3 ] && echo 0.5 > /logs/verifier/reward.txt\n")
    task = make(tmp_path / "task", "txt", only_json)
    assert measured(task, sandbox, tmp_path, "north\neast\nwest\n").metric == 0.5
    assert measured(task, sandbox, tmp_path, WORDS).metric == 1


@pytest.mark.parametrize(
    ("script", "verdict", "reason"),
    [
        ("true\n", "invalid", "neither reward.json nor reward.txt"),
        ("[ $(grep -c . answer.txt) = 3 ] || echo 1 > /logs/verifier/reward.txt\n", "invalid", "neither"),
        ("[ $(grep -c . answer.txt) = 3 ] && sleep 60; echo 0.$(grep -c . answer.txt) > /logs/verifier/reward.txt\n", "timed_out", "5 s"),
        ("ln -s /etc/passwd /logs/verifier/reward.txt\n", "invalid", "neither"),
    ],
)
def test_what_leaves_no_reward_is_no_figure(sandbox: Sandbox, tmp_path: Path, script: str, verdict: str, reason: str) -> None:
    found = measured(make(tmp_path / "task", script=script), sandbox, tmp_path, "a\nb\nc\n")
    assert (found.verdict, found.metric, found.score) == (verdict, None, None)
    assert reason in (found.reason or "")


def test_a_whole_trial_on_a_script_task(sandbox: Sandbox, tmp_path: Path) -> None:
    from small_bench import Acts

    from autolab.lab.budget import Budget
    from autolab.lab.trial import TrialPlan

    task = make(tmp_path / "task")
    agent = Acts(lambda bench: (bench.write("answer.txt", WORDS.encode()), bench.measure("all four")))
    plan = TrialPlan(task, agent, Budget(60, None), tmp_path / "trial", "run", 1, 1, 1)
    state = run_trial(plan, sandbox)
    assert state.grade is not None
    assert (state.grade.reward, state.grade.measurement.metric) == (1.0, 1.0)


@given(st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5)))
def test_any_json_object_gives_a_finite_reward_or_a_reason(value: dict[str, object]) -> None:
    try:
        found = read_reward(json.dumps(value).encode(), None, "json", "reward")
    except RewardMissing:
        return
    assert 0 <= found.value < float("inf")


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "1e999", "", "one", "1 2", "true"])
def test_a_text_that_is_no_finite_number_is_no_reward(text: str) -> None:
    with pytest.raises(RewardMissing):
        read_reward(None, text.encode(), "txt", "reward")


def test_the_other_file_counts_where_the_first_is_no_reward() -> None:
    assert read_reward(b'{"reward": null}', b"0.5\n", "json", "reward").value == 0.5
    assert read_reward(b'{"reward": true}', b"half", "txt", "reward").value == 1.0
    assert read_reward(b'{"accuracy": 0.75}', None, "json", "reward").value == 0.75
