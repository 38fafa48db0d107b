"""Plans, names and what is on disk."""

from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import make_small_task

from autolab.errors import AgentError, AutolabError
from autolab.lab.trial import run_trial
from autolab.runs.engine import RunFailed, run_trials
from autolab.runs.plan import RunPlan, distinct, expand, trial_seed
from autolab.runs.regrade import differs, stored_grade
from autolab.runs.store import read_run, read_trial
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task


def plan(tmp_path: Path, **changes: object) -> RunPlan:
    folder = tmp_path / "task"
    task = load_task(folder if folder.is_dir() else make_small_task(folder))
    facts = {"tasks": (task,), "agents": ("nop", "climb"), "attempts": 2, "wall_s": None, "experiments": 3, "seed": 1}
    return RunPlan(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_plan_makes_every_combination_once_attempts_first(tmp_path: Path) -> None:
    trials = expand(plan(tmp_path), tmp_path / "run")
    assert [trial.name for trial in trials] == ["small__nop__1", "small__climb__1", "small__nop__2", "small__climb__2"]
    assert {trial.budget.wall_s for trial in trials} == {600}


def test_agents_share_a_trial_s_seed_and_attempts_do_not(tmp_path: Path) -> None:
    trials = expand(plan(tmp_path), tmp_path / "run")
    assert trials[0].seed == trials[1].seed == trial_seed(1, "small", 1)
    assert len({trial.seed for trial in trials}) == 2


def test_the_same_plan_has_the_same_name_and_another_has_another(tmp_path: Path) -> None:
    name = plan(tmp_path).name()
    assert plan(tmp_path).name() == name
    others = [plan(tmp_path, seed=2), plan(tmp_path, wall_s=9.0), plan(tmp_path, agents=("nop",)), plan(tmp_path, attempts=1)]
    others += [plan(tmp_path, cpu_s=9.0), plan(tmp_path, tokens=9), plan(tmp_path, usd=9.0)]
    assert name not in {other.name() for other in others}


def test_nonsense_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="nob"):
        expand(plan(tmp_path, agents=("nob",)), tmp_path)
    with pytest.raises(AutolabError, match="no agent given"):
        distinct([" ", ""], "agent")
    with pytest.raises(AutolabError, match="is no run"):
        read_run(tmp_path)


def test_one_trial_s_failure_does_not_stop_the_others(sandbox: Sandbox, tmp_path: Path) -> None:
    trials = expand(plan(tmp_path, agents=("nop",)), tmp_path / "run")
    trials[0].folder.mkdir(parents=True)
    (trials[0].folder / "ledger.jsonl").write_text("nonsense\nnonsense\n")
    with pytest.raises(RunFailed, match="small__nop__1"):
        run_trials(trials, sandbox, lambda plan, record: None)
    first, second = read_run(tmp_path / "run")
    assert first.problem is not None
    assert second.state.ended is not None


def test_a_stored_grade_can_be_repeated_and_a_difference_is_told(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = make_plan(tmp_path, Acts(lambda bench: None))
    run_trial(trial, sandbox)
    monkeypatch.setattr("autolab.runs.regrade.load_task", lambda name: load_task(tmp_path / "task"))
    stored = stored_grade(trial.folder)
    assert stored.submission.files == trial.task.baseline_files
    found = stored.grade.measurement
    assert differs(found, found) is None
    changed = found.model_copy(update={"counted": (found.counted or 0) + 1})
    assert "counted" in (differs(found, changed) or "")
    assert read_trial(trial.folder).problem is None
