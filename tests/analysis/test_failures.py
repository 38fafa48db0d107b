"""The failure taxonomy: each label on a ledger made to earn it, with the lines that show it; corrections stay."""

from pathlib import Path

import pytest
from small_searches import Try, lines, measured, records

from autolab.analysis.failures import RULES, Failure, corrected, failures, read_labels, write_label
from autolab.errors import AutolabError
from autolab.ledger.records import Grade, Label, Submitted, Veto

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def names(*results: float | str | Try, closed: str = "wall", more: tuple = ()) -> dict[str, tuple[int, ...]]:
    found = records(*results, closed=closed)
    return {failure.name: failure.evidence for failure in failures(lines([*found, *more]))}


def grade(result: float | str, choice: str, tree: str) -> Grade:
    return Grade.model_validate({"commit": "c", "tree": tree, "choice": choice, "reward": 0.0, "measurement": measured(result)})


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("never_measured", names()),
        ("no_gain", names(0.5, 1.0)),
        ("builds_fail", names(2.0, "build", "build", "build")),
        ("outputs_wrong", names("wrong", "wrong", "wrong", 2.0)),
        ("times_out", names("slow", "slow", "slow")),
        ("repeats_itself", names(*[Try(2.0, tree="same")] * 4)),
        ("stuck", names(2.0, *[1.0] * 12)),
        ("wishful", names(*[Try(0.9, expected=2.0)] * 3)),
        ("stopped_early", names(2.0, closed="finished")),
        ("crashed", names(2.0, closed="crashed")),
        ("chose_worse", names(2.0, 1.5, more=(Submitted(experiment=2, commit="c2"), grade(1.5, "submitted", "t2")))),
        ("did_not_carry_over", names(2.0, more=(grade("wrong", "best", "t1"),))),
        ("did_not_carry_over", names(4.0, more=(grade(1.2, "best", "t1"),))),
        ("vetoed", names(2.0, more=(Veto(experiment=1, reason="no"),))),
        ("held_back", names(2.0, "odd")),
        ("lab_errors", names("lab", 2.0)),
    ],
)  # fmt: skip
def test_a_trial_made_for_it_gets_the_label_with_evidence(name: str, found: dict[str, tuple[int, ...]]) -> None:
    assert found[name]


def test_a_good_trial_gets_none() -> None:
    assert names(1.5, 2.0, "wrong", 3.0, more=(grade(3.0, "best", "t4"),)) == {}


def test_evidence_is_the_lines_that_show_it() -> None:
    """Lines: started, start, then a state and an experiment for each try, so experiment n stands at 2n + 1."""
    assert names(2.0, "build", "build", "build", 3.0)["builds_fail"] == (5, 7, 9)
    assert names(2.0, closed="crashed")["crashed"] == (4,)


def test_a_person_s_word_stands_over_the_automatic_label(tmp_path: Path) -> None:
    found = lines(records(0.5, closed="crashed"))
    automatic = failures(found)
    assert {failure.name for failure in automatic} == {"no_gain", "crashed"}
    write_label(tmp_path, Label(name="crashed", holds=False, reason="the disk was full"), found)
    write_label(tmp_path, Label(name="wishful", evidence=(3,), by="reviewer"), found)
    names = [failure.name for failure in corrected(automatic, read_labels(tmp_path))]
    assert names == ["no_gain", "wishful"]
    write_label(tmp_path, Label(name="crashed", evidence=(4,)), found)
    last = corrected(automatic, read_labels(tmp_path))
    assert last[-1] == Failure("crashed", (4,), "", "a person")


def test_labels_that_are_none_are_refused(tmp_path: Path) -> None:
    found = lines(records(2.0))
    with pytest.raises(AutolabError, match="no label 'lazy'"):
        write_label(tmp_path, Label(name="lazy"), found)
    with pytest.raises(AutolabError, match="no ledger line 99"):
        write_label(tmp_path, Label(name="stuck", evidence=(99,)), found)
    assert read_labels(tmp_path) == ()


def test_every_label_is_defined_in_the_document() -> None:
    text = DOCUMENT.read_text()
    assert [name for name in RULES if f"`{name}`" not in text] == []
