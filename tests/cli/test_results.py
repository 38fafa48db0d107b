"""The table of agents under the table of trials."""

from pathlib import Path

import pytest
from small_records import experiment, started

from autolab.cli.results import by_agent, print_results
from autolab.ledger.records import Grade
from autolab.ledger.replay import TrialState
from autolab.runs.store import StoredTrial


def trial(task: str, agent: str, attempt: int, score: float | None, *, graded: bool = True) -> StoredTrial:
    begun = started().model_copy(update={"agent": agent, "attempt": attempt})
    measured = experiment(1, score, "ok" if score is not None else "wrong_output").measurement
    reward = min(1.0, max(0.0, score or 0.0))
    grade = Grade(commit="c" * 40, tree="a" * 40, choice="best", reward=reward, measurement=measured)
    return StoredTrial(Path(f"{task}__{agent}__{attempt}"), TrialState(started=begun, grade=grade if graded else None))


def test_the_mean_is_over_tasks_however_many_attempts_each_has() -> None:
    found = by_agent([trial("a", "climb", n, 1.0) for n in (1, 2, 3)] + [trial("b", "climb", 1, 0.0)])
    assert [(each["score"], each["tasks"], each["trials"]) for each in found] == [(0.5, 2, 4)]


def test_the_interval_holds_the_mean_and_grows_with_the_spread() -> None:
    near, far = (by_agent([trial("a", "x", n, 0.5 + step * n) for n in range(-2, 3)])[0] for step in (0.01, 0.1))
    assert near["low"] < near["score"] < near["high"]
    assert far["high"] - far["low"] == pytest.approx(10 * (near["high"] - near["low"]))


def test_equal_attempts_have_an_interval_of_no_width() -> None:
    found = by_agent([trial("a", "x", n, 0.25) for n in (1, 2)])[0]
    assert (found["low"], found["high"]) == (0.25, 0.25)


def test_a_graded_failure_counts_zero_and_an_ungraded_trial_not_at_all() -> None:
    done = [trial("a", "x", 1, 0.8), trial("a", "x", 2, None), trial("a", "x", 3, 0.9, graded=False)]
    assert by_agent(done)[0] == {**by_agent(done)[0], "score": 0.4, "trials": 2}


def test_one_attempt_has_no_interval_and_alone_no_table() -> None:
    once = [trial("a", "x", 1, 0.8), trial("a", "y", 1, 0.5)]
    assert by_agent(once) == []
    found = {each["agent"]: each for each in by_agent([*once, trial("a", "y", 2, 0.6)])}
    assert (found["x"]["low"], found["x"]["high"]) == (None, None)


def test_better_agents_stand_higher(capsys: pytest.CaptureFixture[str]) -> None:
    print_results(Path("run"), [trial("a", agent, n, score) for agent, score in (("bad", 0.1), ("good", 0.7)) for n in (1, 2)])
    said = capsys.readouterr().out
    assert said.rindex("good") < said.rindex("bad")
    assert "0.700 to 0.700" in said
