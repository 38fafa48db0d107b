"""The table of agents under the table of trials."""

from pathlib import Path

import pytest
from small_records import experiment, started

from autolab.cli.results import print_results, run_data
from autolab.ledger.records import Grade
from autolab.ledger.replay import TrialState
from autolab.runs.store import StoredTrial


def trial(task: str, agent: str, attempt: int, score: float | None, *, graded: bool = True) -> StoredTrial:
    begun = started().model_copy(update={"agent": agent, "attempt": attempt})
    measured = experiment(1, score, "ok" if score is not None else "wrong_output").measurement
    reward = min(1.0, max(0.0, score or 0.0))
    grade = Grade(commit="c" * 40, tree="a" * 40, choice="best", reward=reward, measurement=measured)
    return StoredTrial(Path(f"{task}__{agent}__{attempt}"), TrialState(started=begun, grade=grade if graded else None))


def test_a_graded_failure_counts_zero_and_an_ungraded_trial_not_at_all() -> None:
    done = [trial("a", "x", 1, 0.8), trial("a", "x", 2, None), trial("a", "x", 3, 0.9, graded=False)]
    (agent,) = run_data(Path("run"), done)["agents"]
    assert (agent["mean"]["value"], agent["attempts"]) == (0.4, 2)


def test_one_attempt_at_one_task_has_no_interval_and_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    once = [trial("a", "x", 1, 0.8), trial("a", "y", 1, 0.5)]
    print_results(Path("run"), once)
    alone = capsys.readouterr().out
    print_results(Path("run"), [*once, trial("a", "y", 2, 0.6)])
    assert "IQM" not in alone
    assert "IQM" in capsys.readouterr().out


def test_better_agents_stand_higher(capsys: pytest.CaptureFixture[str]) -> None:
    print_results(Path("run"), [trial("a", agent, n, score) for agent, score in (("bad", 0.1), ("good", 0.7)) for n in (1, 2)])
    said = capsys.readouterr().out
    assert said.rindex("good") < said.rindex("bad")
    assert "0.700 to 0.700" in said
