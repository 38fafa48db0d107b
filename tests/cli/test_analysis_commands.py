"""compare, analyze, leaderboard and export as a person types them, on hand-made ledgers."""

import json
from pathlib import Path

import pytest
from small_ledgers import Made, write_ledger, write_run
from typer.testing import CliRunner

from autolab.analysis.leaderboard import BEGIN, END
from autolab.cli.main import app
from autolab.errors import AutolabError

TASKS = [f"task{number}" for number in range(6)]


def autolab(*words: object) -> str:
    """What it prints on stdout; its AutolabError is raised."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None:
        raise done.exception
    return done.stdout


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two agents on six tasks, three attempts each: `good` is better by 0.3 everywhere."""
    made = [
        Made(task=task, agent=agent, attempt=attempt, scores=[base / 2, base + attempt / 100], tokens=100, usd=0.01)
        for task in TASKS for agent, base in (("good", 0.6), ("poor", 0.3)) for attempt in (1, 2, 3)
    ]  # fmt: skip
    return write_run(tmp_path / "run", made)


def test_compare_names_the_better_agent_with_an_interval(run: Path) -> None:
    assert "good is better than poor on tasks of this kind (p = 0.031)" in autolab("compare", "good", "poor", "--run", run)
    data = json.loads(autolab("compare", "poor", "good", "--run", run, "--json"))
    assert data["difference"] == pytest.approx(-0.3)
    assert data["new"]["low"] <= -0.3 <= data["new"]["high"]
    assert (data["improvement"], len(data["by_task"]), data["mixed"]) == (0.0, 6, [])


def test_compare_takes_two_runs_of_one_agent_each(tmp_path: Path) -> None:
    before = write_run(tmp_path / "before", [Made(scores=[0.2], attempt=each) for each in (1, 2, 3, 4)])
    after = write_run(tmp_path / "after", [Made(scores=[0.5], attempt=each) for each in (1, 2, 3, 4)])
    assert f"{after} is better than {before} on these tasks" in autolab("compare", after, before)


def test_compare_refuses_what_has_no_answer(run: Path, tmp_path: Path) -> None:
    with pytest.raises(AutolabError, match="there are agents good, poor"):
        autolab("compare", "good", "best", "--run", run)
    with pytest.raises(AutolabError, match="several agents"):
        autolab("compare", run, run)
    with pytest.raises(AutolabError, match="is no folder; give two runs"):
        autolab("compare", "good", "poor")
    failed = write_run(tmp_path / "failed", [Made(task="else", scores=[0.2])])
    other = write_run(tmp_path / "other", [Made(scores=[0.2])])
    with pytest.raises(AutolabError, match="no task with graded trials in common"):
        autolab("compare", failed, other)


@pytest.mark.parametrize("words", [["analyze"], ["leaderboard", "build"], ["compare"]])
def test_two_machines_are_refused_and_marked_if_forced(tmp_path: Path, words: list[str]) -> None:
    here = write_run(tmp_path / "here", [Made(scores=[0.2])])
    there = write_run(tmp_path / "there", [Made(scores=[0.3], where={"machine": {"cpu": "Another"}})])
    with pytest.raises(AutolabError, match=r"do not mix: 2 machines .*--force"):
        autolab(*words, here, there)
    assert "2 machines" in autolab(*words, here, there, "--force")
    assert "2 machines" in json.loads(autolab(*words, here, there, "--force", "--json"))["mixed"][0]


def test_analyze_shows_agents_tasks_figures_and_costs(run: Path) -> None:
    shown = autolab("analyze", run)
    assert shown.count("good") == 1 + 6 + 1 + 1 + 7  # group, tasks, figures, cost, a price for each level
    assert "●" in shown
    assert "█" not in shown.split("agent", 1)[0]
    data = json.loads(autolab("analyze", run, "--json", "--over", "experiments"))
    assert [row["agent"] for row in data["agents"]] == ["good", "poor"]
    good = data["tasks"][0]
    assert (good["first"], good["share"]) == (pytest.approx(0.3), pytest.approx((0.3 / 0.61 + 0.3 / 0.62 + 0.3 / 0.63) / 3))
    assert data["prices"]["poor"]["usd"][0]["each"] == pytest.approx(0.01)
    assert data["figures"][0]["aup"] == 1.0
    with pytest.raises(AutolabError, match="give one of wall_s, experiments"):
        autolab("analyze", run, "--over", "joules")


def test_analyze_of_empty_torn_failed_and_unreadable_ledgers_says_what_they_are(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [Made(task="failed", scores=["build_failed"] * 3), Made(task="one", scores=[0.5])])
    write_ledger(run / "trials" / "empty__climb__1", [])
    write_ledger(run / "trials" / "torn__climb__1", Made(task="torn", scores=[0.4], graded=False).records(), b'{"seq":')
    write_ledger(run / "trials" / "bad__climb__1", [], b'{"seq":0}\n{"seq":1}\n')
    data = json.loads(autolab("analyze", run, "--json"))
    (row,) = data["agents"]
    assert row["trials"] == {"unreadable": 1, "unfinished": 2, "zero": 1, "scored": 1}
    assert row["mean"]["value"] == pytest.approx(0.25)
    assert {each["task"]: each["reward"] for each in data["tasks"]} == {"failed": 0.0, "one": 0.5, "empty": None, "torn": None, "bad": None}
    assert autolab("analyze", run)
    (tmp_path / "none" / "trials").mkdir(parents=True)
    with pytest.raises(AutolabError, match="no trials in"):
        autolab("analyze", tmp_path / "none")


def test_unpriced_money_is_said(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [Made(scores=[0.5], tokens=100)])
    assert "not priced" in autolab("analyze", run)
    assert "not priced" in autolab("leaderboard", "build", run)


def test_a_leaderboard_is_put_between_its_marks_and_again_the_same(run: Path, tmp_path: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(f"before\n{BEGIN}\nan earlier one\n{END}\nafter\n")
    autolab("leaderboard", "build", run, "--splice", document)
    once = document.read_text()
    assert once.startswith(f"before\n{BEGIN}\n\n| group | agent")
    assert once.endswith(f"{END}\nafter\n")
    assert "an earlier one" not in once
    assert "| 1 | good | 0.620 |" in once
    assert "| 2 | poor | 0.320 |" in once
    assert once.count("provisional") == 2
    autolab("leaderboard", "build", run, "--splice", document)
    assert document.read_text() == once
    document.write_text("no marks")
    with pytest.raises(AutolabError, match="no single place for the leaderboard"):
        autolab("leaderboard", "build", run, "--splice", document)
    assert document.read_text() == "no marks"


def test_show_of_a_run_with_several_attempts_has_a_row_for_each_agent(run: Path) -> None:
    assert autolab("show", run).count("poor") == 19
    assert [row["agent"] for row in json.loads(autolab("show", run, "--json"))["agents"]] == ["good", "poor"]


def test_show_of_single_attempts_says_nothing_that_its_table_does_not(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [Made(scores=[0.2]), Made(task="other", scores=[0.4])])
    assert "IQM" not in autolab("show", run)


def test_export_writes_to_stdout_or_a_file(run: Path, tmp_path: Path) -> None:
    shown = autolab("export", run, "--format", "csv")
    autolab("export", run, "--format", "csv", "--out", tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_bytes().decode() == shown.replace("\r\n", "\n").replace("\n", "\r\n")
    assert len(shown.splitlines()) == 1 + 36 * 3
