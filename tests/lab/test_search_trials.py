"""Search agents in the real laboratory: the cascade's stages, lineage in ledger and repository, vetoes, feedback modes."""

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import BASELINE_C, REFERENCE_C, WRONG_C, make_quick_task, make_small_task

from autolab.agents.bench import Bench, BudgetSpent
from autolab.agents.registry import load_agent
from autolab.agents.search.cascade import Cascade
from autolab.lab.feedback import parse_feedback
from autolab.lab.mailbox import Mailbox
from autolab.lab.snapshots import Snapshots
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Executed, Note, Veto
from autolab.ledger.replay import TrialState, replay
from autolab.sandbox.box import Sandbox

SPINS = BASELINE_C.replace("out[i] = sum;", "while (i == 2) { volatile int stay = 1; (void)stay; }")
CRASHES = BASELINE_C.replace("out[i] = sum;", "*(volatile uint32_t *)8 = sum;")
UNKNOWN = BASELINE_C.replace("out[i] = sum;", "out[i] = total(sum);\n#error stop")
EVOLVED = 8
BROKEN = BASELINE_C.replace("out[i] = sum;", "out[i] = = sum;")


def stages_of(sandbox: Sandbox, tmp_path: Path, feedback: str) -> dict[str, str | None]:
    make_small_task(tmp_path / "task", toml={"timeout_sec = 10\n": "timeout_sec = 1\n"})
    found: dict[str, str | None] = {}

    def act(bench: Bench) -> None:
        cascade = Cascade(bench, bench.task.baseline_files)
        programs = {"right": REFERENCE_C, "wrong": WRONG_C, "crashes": CRASHES, "unknown": UNKNOWN, "broken": BROKEN, "spins": SPINS}
        for name, text in programs.items():
            bench.write("solve.c", text.encode())
            failed = cascade.failure({"solve.c": text.encode()})
            found[name] = None if failed is None else f"{failed.verdict}: {failed.stage}"
        raise KeyboardInterrupt  # a trial that is stopped is not graded: that would take seconds

    plan = make_plan(tmp_path, Acts(act))
    with pytest.raises(KeyboardInterrupt):
        run_trial(replace(plan, feedback=parse_feedback(feedback)), sandbox)
    return found


def test_the_cascade_stops_what_does_not_parse_build_or_run(sandbox: Sandbox, tmp_path: Path) -> None:
    assert stages_of(sandbox, tmp_path, "true") == {
        "right": None,
        "wrong": None,  # only a measure tells whether an output is right
        "crashes": "wrong_output: does not end well on a small case",
        "unknown": "build_failed: does not build (exit code 1)",
        "broken": "build_failed: solve.c does not parse",
        "spins": "wrong_output: does not end well on a small case",
    }


def test_where_nothing_is_executed_only_parsing_is_left(sandbox: Sandbox, tmp_path: Path) -> None:
    found = stages_of(sandbox, tmp_path, "withheld")
    assert found.pop("broken") == "build_failed: solve.c does not parse"
    assert set(found.values()) == {None}


def searched(sandbox: Sandbox, tmp_path: Path, agent: str, experiments: int, feedback: str = "true") -> TrialState:
    """The state of a trial whose agent has used its budget; it is not graded."""
    make_quick_task(tmp_path / "task")

    def act(bench: Bench) -> None:
        with contextlib.suppress(BudgetSpent):
            load_agent(agent).run(bench)
        raise KeyboardInterrupt

    plan = make_plan(tmp_path, Acts(act), experiments=experiments)
    with pytest.raises(KeyboardInterrupt):
        run_trial(replace(plan, feedback=parse_feedback(feedback)), sandbox)
    return replay(read_ledger(plan.folder / "ledger.jsonl"))


@pytest.fixture(scope="module")
def evolved(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrialState, Path]:
    place = tmp_path_factory.mktemp("evolved")
    return searched(sandbox, place, "evolve", EVOLVED), place / "run/trials/small__acts__1"


def test_evolve_spends_no_experiment_on_what_does_not_build(evolved: tuple[TrialState, Path]) -> None:
    state, folder = evolved
    records = [line.record for line in read_ledger(folder / "ledger.jsonl")]
    builds = [each for each in records if isinstance(each, Executed) and each.argv == ("/bin/sh", "build.sh")]
    stopped = [each.text for each in records if isinstance(each, Note) and each.text.startswith("not measured, does not build")]
    assert len(state.experiments) == EVOLVED
    assert all(each.measurement.verdict != "build_failed" for each in state.experiments)
    assert len(stopped) == sum(each.exit_code != 0 for each in builds) > 0


def test_the_repository_has_the_lineage_that_the_ledger_names(evolved: tuple[TrialState, Path]) -> None:
    state, folder = evolved
    history = Snapshots.open(folder / "history.git")
    for each in state.experiments[1:]:
        assert each.origin is not None
        first = state.experiments[each.origin.parents[0] - 1]
        assert each.parent is not None
        assert history.files(each.parent) == history.files(first.commit)
        assert each.origin.place in {"island 1", "island 2"}


class Stopped:
    """A bench whose lab is stopped by a person before its second measure."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __getattr__(self, name: str) -> object:
        if name == "measure" and self._bench.status().experiments == 1:
            raise KeyboardInterrupt
        return getattr(self._bench, name)


def test_a_search_that_was_stopped_goes_on_where_it_was(sandbox: Sandbox, tmp_path: Path) -> None:
    make_quick_task(tmp_path / "task")
    with pytest.raises(KeyboardInterrupt):
        run_trial(make_plan(tmp_path, Acts(lambda bench: load_agent("tree").run(Stopped(bench))), experiments=3), sandbox)
    state = searched(sandbox, tmp_path, "tree", 3)
    assert state.resumed == 1
    assert [each.number for each in state.experiments] == [1, 2, 3]
    assert len({each.tree for each in state.experiments}) == 3
    assert all(each.origin is not None and each.origin.parents for each in state.experiments[1:])


@pytest.mark.parametrize("feedback", ["withheld", "shuffled"])
def test_evolve_works_under_every_feedback_and_executes_nothing_there(sandbox: Sandbox, tmp_path: Path, feedback: str) -> None:
    state = searched(sandbox, tmp_path, "evolve", 2, feedback)
    assert len(state.experiments) == 2
    assert state.cpu_s == pytest.approx(sum(each.cpu_s or 0.0 for each in state.experiments)), "no command has run"


def test_status_names_what_was_vetoed_and_every_measure_of_the_same_state(sandbox: Sandbox, tmp_path: Path) -> None:
    make_quick_task(tmp_path / "task")
    told: list[tuple[int, ...]] = []

    def act(bench: Bench) -> None:
        bench.measure("the start")
        told.append(bench.status().vetoed)
        Mailbox(tmp_path / "run/trials/small__acts__1").post(Veto(experiment=1, reason="no"))
        bench.measure("the start again")
        told.append(bench.status().vetoed)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert told == [(), (1, 2)]


def test_an_example_is_an_input_that_no_measure_has(sandbox: Sandbox, tmp_path: Path) -> None:
    make_quick_task(tmp_path / "task")
    examples: list[bytes | None] = []

    def act(bench: Bench) -> None:
        examples.extend(bench.example() for _ in range(2))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert examples[0] == examples[1]
    assert examples[0] is not None
    assert len(examples[0]) == 16, "of the family tiny: a length and three numbers"
