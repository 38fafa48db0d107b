"""Rows by agent, and what must not be averaged."""

from pathlib import Path
from typing import Any

import pytest
from small_ledgers import Made, write_ledger, write_run

from autolab.analysis.mixing import mixed, refuse_mixed
from autolab.analysis.summary import by_agent, places
from autolab.analysis.table import Rewards
from autolab.analysis.trials import read_trials
from autolab.errors import AutolabError


def test_a_row_counts_every_trial_and_averages_the_graded_ones(tmp_path: Path) -> None:
    made = [
        Made(scores=[0.4], attempt=1), Made(scores=[0.8], attempt=2, flags=("odd",)), Made(grade="wrong_output", attempt=3),
        Made(grade="lab_error", attempt=4), Made(scores=[0.9], graded=False, attempt=5),
    ]  # fmt: skip
    (row,) = by_agent(read_trials([write_run(tmp_path / "run", made)]), resamples=500)
    assert row.trials == {"scored": 2, "zero": 1, "void": 1, "unfinished": 1}
    assert (row.place, row.tasks, row.attempts, row.graded) == (1, 1, 3, 3)
    assert row.mean.value == pytest.approx(0.4)
    assert (row.flagged, row.mean_flagged_zero) == (1, pytest.approx(0.4 / 3))
    assert row.mean.same is not None
    assert row.mean.same.low < 0.4 < row.mean.same.high
    assert row.mean.new is None
    assert row.cost.trials == 5


def test_no_trial_no_row_and_an_agent_without_a_grade_has_no_place(tmp_path: Path) -> None:
    assert by_agent(()) == ()
    run = write_run(tmp_path / "run", [Made(scores=[0.4], graded=False), Made(scores=[0.4], agent="nop")])
    nop, climb = by_agent(read_trials([run]))
    assert (nop.agent, nop.place, climb.agent, climb.place, climb.iqm.value) == ("nop", 1, "climb", None, None)
    assert climb.missing == ("small",)


def test_agents_that_the_data_do_not_separate_share_a_place() -> None:
    def agent(shift: float) -> Rewards:
        return Rewards({f"t{i:02}": tuple(0.1 + i / 40 + shift + k / 100 for k in range(3)) for i in range(12)})

    near = Rewards({task: tuple(x + (0.004 if int(task[1:]) % 2 else -0.004) for x in v) for task, v in agent(0.3).by_task.items()})
    assert places({"low": agent(0.0), "high": agent(0.3), "near": near}) == {"low": 3, "high": 1, "near": 1}
    assert places({"none": Rewards({}), "one": agent(0.0)}) == {"one": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"where": {"task_digest": "another"}}, "small: 2 digests"),
        ({"where": {"autolab": "0.2.0"}}, "2 versions of autolab"),
        ({"where": {"machine": {"cpu": "Another", "cores": "2"}}}, "2 machines"),
        ({"where": {"fingerprint": "e" * 16}}, "2 fingerprints"),
        ({"wall_s": 60.0}, "small: 2 budgets"),
        ({"feedback": "withheld"}, "2 feedback modes"),
    ],
)
def test_what_differs_is_refused_by_name_or_marked(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    run = write_run(tmp_path / "run", [Made(scores=[0.4]), Made(scores=[0.4], attempt=2, **change)])
    trials = read_trials([run])
    with pytest.raises(AutolabError, match=said):
        refuse_mixed(trials, force=False)
    assert any(said in mark for mark in refuse_mixed(trials, force=True))
    assert refuse_mixed(trials[:1], force=False) == ()
    assert mixed(trials, but=("digests", "versions of autolab", "machines", "fingerprints", "budgets", "feedback modes")) == ()


def test_different_tasks_may_have_different_digests_and_budgets_and_a_kernel_may_be_updated(tmp_path: Path) -> None:
    machine = {"cpu": "Any CPU", "cores": "2", "arch": "x86_64", "system": "Debian 12", "kernel": "6.2"}
    run = write_run(tmp_path / "run", [Made(scores=[0.4]), Made(task="other", scores=[0.4], wall_s=5.0, where={"machine": machine})])
    assert mixed(read_trials([run])) == ()


def test_a_trial_that_was_continued_on_another_machine_is_mixed_in_itself(tmp_path: Path) -> None:
    made = Made(scores=[0.2])
    begun, measured, *end = made.records()
    elsewhere = Made(scores=[0.2], where={"machine": {"cpu": "Another"}}).records()[-2]
    run = write_run(tmp_path / "run", [made])
    write_ledger(run / "trials" / made.name, [begun, measured, end[0], elsewhere, end[2]])
    assert mixed(read_trials([run])) == ("2 machines (cpu Another | cpu Any CPU, cores 2, arch x86_64, system Debian 12)",)
