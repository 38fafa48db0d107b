"""run.json: what a run is to hold."""

import json
from pathlib import Path

import pytest
from small_tasks import make_small_task

from autolab.errors import AutolabError
from autolab.runs.engine import works_of
from autolab.runs.hold import RunHeld, hold, holder
from autolab.runs.manifest import entry_of, plan_of, read_manifest, with_plan, write_manifest
from autolab.runs.plan import RunPlan, expand
from autolab.task.load import load_task


def plan(tmp_path: Path, **changes: object) -> RunPlan:
    folder = tmp_path / "task"
    task = load_task(folder if folder.is_dir() else make_small_task(folder))
    facts = {"tasks": (task,), "agents": ("nop", "climb"), "attempts": 2, "wall_s": None, "experiments": 3, "seed": 1}
    return RunPlan(**{**facts, **changes})  # type: ignore[arg-type]


def store(folder: Path, plan: RunPlan) -> None:
    folder.mkdir(exist_ok=True)
    write_manifest(folder, with_plan(folder, plan, 1))


def test_a_stored_plan_makes_the_same_trials(tmp_path: Path) -> None:
    given = plan(tmp_path, tasks=(plan(tmp_path).tasks[0], load_task("gaussian_blur")), cpu_s=9.5, tokens=1000, usd=0.5)
    store(tmp_path / "run", given)
    (entry,) = read_manifest(tmp_path / "run").plans
    wanted, found = expand(given, tmp_path / "run"), expand(plan_of(entry), tmp_path / "run")
    assert [(each.name, each.budget, each.seed, each.task.digest) for each in wanted] == [
        (each.name, each.budget, each.seed, each.task.digest) for each in found
    ]


def test_the_same_plan_again_changes_nothing_and_another_is_added(tmp_path: Path) -> None:
    run = tmp_path / "run"
    store(run, plan(tmp_path))
    before = (run / "run.json").read_bytes()
    store(run, plan(tmp_path))
    assert (run / "run.json").read_bytes() == before
    store(run, plan(tmp_path, attempts=3))
    store(run, plan(tmp_path, agents=("oracle",), seed=5))
    plans = read_manifest(run).plans
    names = [work.trial.name for work in works_of(plans, run)]
    assert len(plans) == 3
    assert len(set(names)) == len(names) == 2 * 3 + 2


def test_a_plan_that_means_other_conditions_for_the_same_trials_is_refused(tmp_path: Path) -> None:
    store(tmp_path / "run", plan(tmp_path))
    before = (tmp_path / "run" / "run.json").read_bytes()
    changes = [("experiments", 4, "--experiments"), ("wall_s", 9.0, "--wall"), ("seed", 2, "--seed")]
    changes += [("cpu_s", 9.0, "--cpu"), ("tokens", 9, "--tokens"), ("usd", 9.0, "--usd")]
    for field, value, said in changes:
        with pytest.raises(AutolabError, match=f"{said} is not what the run began with"):
            store(tmp_path / "run", plan(tmp_path, **{field: value}))
    assert (tmp_path / "run" / "run.json").read_bytes() == before


def test_a_changed_task_is_refused(tmp_path: Path) -> None:
    entry = entry_of(plan(tmp_path))
    (tmp_path / "task" / "instruction.md").write_text("Something else.\n")
    with pytest.raises(AutolabError, match="is not what the run began with"):
        plan_of(entry)


@pytest.mark.parametrize(
    ("text", "said"),
    [(json.dumps({"version": 2}), "version 2, this autolab reads up to 1"), ("{", "cannot be understood"), ("[]", "cannot be understood")],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(AutolabError, match=rf"run\.json: .*{said}"):
        read_manifest(tmp_path)
    with pytest.raises(AutolabError, match=said):
        with_plan(tmp_path, plan(tmp_path), 1)


def test_two_agents_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("class A:\n    name = 'nop'\n    def run(self, bench): pass\n")
    with pytest.raises(AutolabError, match="a second trial small__nop__1"):
        expand(plan(tmp_path, agents=("nop", f"{tmp_path}/mine.py:A")), tmp_path)


def test_one_lab_at_a_time_holds_a_run(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with hold(tmp_path):
        assert "pid " in (holder(tmp_path) or "")
        with pytest.raises(RunHeld, match=r"in use by pid \d+ on "), hold(tmp_path):
            pass
    assert holder(tmp_path) is None
