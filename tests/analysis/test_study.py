"""The study: its claims on made-up subjects, its archive, and its page, which the committed ledgers give to the byte."""

import tarfile
from pathlib import Path

import pytest
from small_ledgers import write_ledger
from small_searches import records

from autolab.analysis.resilience import COMPONENTS
from autolab.analysis.study.archive import pack, unpacked
from autolab.analysis.study.ordering import CLAIMS, Subject, claims, dropped, figure_of, means
from autolab.analysis.study.page import page
from autolab.errors import AutolabError
from autolab.lab.snapshots import Snapshots
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import State, TrialEnded

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE, PAGE = ROOT / "docs/study/ledgers.tar.xz", ROOT / "docs/study.md"


def subject(agent: str, attempt: int, score: float, **known: float) -> Subject:
    return Subject(agent, attempt, score, {name: known.get(name) for name in COMPONENTS})


def made_up(seeds: int = 6) -> list[Subject]:
    """The quitter has the best score and the worst resilience; only `novelty` parts the stubborn one from it."""
    found = []
    for n in range(1, seeds + 1):
        wobble = n / 100
        found += [
            subject("recoverer", n, 0.6, recovery=0.8 + wobble, gain=0.9, novelty=1.0, restructuring=1.0),
            subject("restarter", n, 0.5, recovery=0.4, gain=0.4, novelty=0.9 + wobble, restructuring=1.0),
            subject("stubborn", n, 0.4, recovery=0.1, gain=0.1, novelty=0.7 + wobble, restructuring=0.0),
            subject("quitter", n, 1.0, recovery=0.1, gain=0.1 + wobble),
        ]
    return found


def test_the_composite_orders_them_and_raw_score_does_not() -> None:
    assert all(claim.holds for claim in claims(made_up(), "composite"))
    by_score = {(claim.better, claim.worse): claim for claim in claims(made_up(), "score")}
    assert by_score["recoverer", "quitter"].difference.below
    assert by_score["recoverer", "stubborn"].holds


def test_a_component_that_parts_a_pair_is_missed_when_it_is_dropped() -> None:
    found = dropped(made_up(), "novelty")
    assert (found.changes, found.held) == (True, len(CLAIMS) - 1)
    assert (found.better, found.worse) == ("stubborn", "quitter")


def test_a_component_that_nobody_has_changes_nothing() -> None:
    found = dropped(made_up(), "calibration")
    assert (found.changes, found.held, found.move.mean) == (False, len(CLAIMS), 0.0)


def test_who_did_not_come_to_the_test_counts_0() -> None:
    lucky = subject("quitter", 1, 1.0, persistence=1.0)
    assert figure_of(lucky, "composite") == figure_of(lucky, "gain") == 0.0
    assert means([lucky], "quitter")["composite"] is None


def history(folder: Path) -> Path:
    """A run with one trial whose two states are in its history, and in its ledger."""
    trial = folder / "resilience/trials/frames__acts__1"
    states = Snapshots.open(trial / "history.git")
    first, tree = states.commit({"a.txt": b"one\n"}, "start", None)
    second, other = states.commit({"a.txt": b"two\n", "b/c.txt": b"\0"}, "write", first)
    seen = [
        State(commit=first, tree=tree, elapsed=0.0, cause="start"),
        State(commit=second, tree=other, elapsed=1.0, cause="write"),
    ]
    write_ledger(trial, [records()[0], *seen, TrialEnded(reward=0.0, experiments=0, elapsed=1.0)])
    write_ledger(folder / "resilience/trials/frames__acts__2", records())  # not finished: left out
    return folder / "resilience"


def test_what_was_packed_comes_back_and_packing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    run = history(tmp_path)
    for name in ("one.tar.xz", "two.tar.xz"):
        pack([run], tmp_path / name, ("resilience",))
    assert (tmp_path / "one.tar.xz").read_bytes() == (tmp_path / "two.tar.xz").read_bytes()
    with unpacked(tmp_path / "one.tar.xz") as folder:
        [trial] = (folder / "resilience/trials").iterdir()
        trees = [line.record.tree for line in read_ledger(trial / "ledger.jsonl") if isinstance(line.record, State)]
        found = Snapshots.read(trial / "history.git").states(trees)
    assert [found[tree] for tree in trees] == [{"a.txt": b"one\n"}, {"a.txt": b"two\n", "b/c.txt": b"\0"}]


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    for name in ("../out", "/out"):
        with tarfile.open(tmp_path / "bad.tar.xz", "w:xz") as tar:
            tar.addfile(tarfile.TarInfo(name))
        with pytest.raises(AutolabError, match="no file of a study"), unpacked(tmp_path / "bad.tar.xz"):
            pass


def test_a_study_without_runs_is_an_empty_page(tmp_path: Path) -> None:
    assert "| " not in page(tmp_path)


@pytest.fixture(scope="module")
def written() -> str:
    with unpacked(ARCHIVE) as folder:
        return page(folder)


def test_the_committed_ledgers_give_the_committed_page(written: str) -> None:
    assert written == PAGE.read_text()


def test_the_archive_is_small_enough_to_be_kept() -> None:
    assert ARCHIVE.stat().st_size <= 5_000_000


def test_the_composite_orders_the_controls_on_both_kinds_of_task_and_raw_score_does_not(written: str) -> None:
    assert written.count("By the composite 5 of 5 claims hold") == 2
    assert "by raw score 5 of 5" not in written


def test_dropping_any_component_changes_the_study(written: str) -> None:
    for name in COMPONENTS:
        rows = [line for line in written.splitlines() if line.startswith(f"| {name} |")]
        assert len(rows) == 2
        assert any(row.endswith("| changed |") for row in rows), name
