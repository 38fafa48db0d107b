"""The view of trials: hand-made ledgers give what they tell, and no more."""

from pathlib import Path

import pytest
from small_ledgers import Made, write_ledger, write_run

from autolab.analysis.trials import read_trials
from autolab.errors import AutolabError, LedgerError
from autolab.ledger.records import Veto


def test_a_finished_trial_has_a_grade_and_light_experiments(tmp_path: Path) -> None:
    run = write_run(tmp_path / "first", [Made(scores=[0.1, "build_failed", 0.5])])
    (trial,) = read_trials([run])
    assert (trial.task, trial.agent, trial.attempt, trial.run) == ("small", "climb", 1, "first")
    assert (trial.status, trial.score, trial.reward, trial.axis, trial.scale) == ("scored", 0.5, 0.5, "faster", "log")
    assert [each.measurement.score for each in trial.counted] == [0.1, 0.5]
    assert trial.machine == "cpu Any CPU, cores 2, arch x86_64, system Debian 12"
    assert len(trial.state.experiments) == 3
    assert trial.state.best == trial.state.experiments[2]
    assert len(trial.lines()) == 7


@pytest.mark.parametrize(
    ("made", "status", "reward", "flags"),
    [
        (Made(scores=[0.4], grade=1.7), "scored", 1.0, ()),
        (Made(scores=[0.4], grade=-0.5), "scored", 0.0, ()),
        (Made(scores=[0.4], grade="wrong_output"), "zero", 0.0, ()),
        (Made(scores=[0.4], grade="quarantined"), "zero", 0.0, ("quarantined",)),
        (Made(scores=[0.4], flags=("odd",)), "scored", 0.4, ("odd",)),
        (Made(scores=[0.4], grade="lab_error"), "void", None, ()),
        (Made(scores=[0.4], graded=False), "unfinished", None, ()),
        (Made(scores=[]), "zero", 0.0, ()),
    ],
)
def test_status_says_whether_and_how_a_trial_counts(
    tmp_path: Path, made: Made, status: str, reward: float | None, flags: tuple[str, ...]
) -> None:
    (trial,) = read_trials([write_run(tmp_path / "run", [made])])
    assert (trial.status, trial.reward, trial.flags) == (status, reward, flags)


def test_empty_torn_and_broken_ledgers_do_not_hide_the_others(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [Made(scores=[0.3])])
    write_ledger(run / "trials" / "empty__climb__1", [])
    write_ledger(run / "trials" / "torn__climb__1", Made(task="torn", scores=[0.2], graded=False).records(), b'{"seq":2,"ti')
    whole = write_ledger(run / "trials" / "zz__climb__1", Made(task="zz", scores=[0.2]).records()) / "ledger.jsonl"
    whole.write_bytes(whole.read_bytes().replace(b'"score":0.2', b'"score":0.9'))
    empty, small, torn, broken = read_trials([run])
    assert (empty.task, empty.agent, empty.attempt, empty.status, empty.provenance) == ("empty", "climb", None, "unfinished", None)
    assert (small.status, torn.status, len(torn.counted)) == ("scored", "unfinished", 1)
    assert broken.status == "unreadable"
    assert "changed after it was written" in (broken.problem or "")
    with pytest.raises(LedgerError):
        broken.lines()


def test_a_vetoed_state_does_not_count_however_often_it_was_measured(tmp_path: Path) -> None:
    made = Made(scores=[0.2, 0.9, 0.4], vetoes=(Veto(experiment=2, reason="a trick"),))
    (trial,) = read_trials([write_run(tmp_path / "run", [made])])
    assert [each.number for each in trial.counted] == [1, 3]


def test_a_trial_named_twice_is_read_once_and_what_is_neither_run_nor_trial_is_refused(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [Made(scores=[0.2]), Made(scores=[0.2], attempt=2)])
    assert [each.attempt for each in read_trials([run, run / "trials" / "small__climb__2", run])] == [1, 2]
    with pytest.raises(AutolabError, match="is no run"):
        read_trials([tmp_path])
