"""A right task passes the check; each seeded defect makes it fail, and says what is wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_tasks import BASELINE_C, FILES, REFERENCE_C, VERIFY_PY, make_small_task

from autolab.authoring.attacks import check_attacks, submission_of
from autolab.authoring.check import check_task
from autolab.authoring.findings import Report
from autolab.authoring.measures import check_measures
from autolab.authoring.words import check_words, editable_said
from autolab.authoring.wrong_outputs import check_wrong_outputs
from autolab.errors import AutolabError
from autolab.judge.judge import Judge
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task

ATTACKS = {
    f"attacks/wrong_{n}/{name}": content
    for n in range(4)
    for name, content in (
        ("attack.toml", 'verdict = "wrong_output"\nwhy = "sums are off"\n'),
        ("app/solve.c", REFERENCE_C.replace("sum += in[i]", f"sum += in[i] + {n + 1}")),
    )
}


def checked(sandbox: Sandbox, folder: Path, files: Mapping[str, str], toml: Mapping[str, str] | None = None) -> Report:
    return check_task(make_small_task(folder / "small", files={**ATTACKS, **files}, toml=toml), sandbox, quick=True)


def parts(sandbox: Sandbox, folder: Path, files: Mapping[str, str]) -> tuple[Report, Judge]:
    """A report to fill and a judge, for one part of the check alone."""
    task = load_task(make_small_task(folder / "small", files={**ATTACKS, **files}))
    return Report(task.name), Judge(task, sandbox, folder / "work", cache=folder / "cache")


def wrong(report: Report) -> set[str]:
    return {finding.check for finding in report.failed()}


def test_a_right_task_passes(sandbox: Sandbox, tmp_path: Path) -> None:
    # the reference takes a millisecond, which is hard to time beside other tests: the factor k leaves room for that
    report = checked(sandbox, tmp_path, {}, {"confirm = 2.0": "confirm = 10"})
    assert not wrong(report), list(report.failed())
    assert {"baseline", "reference", "repeatable", "attack wrong_sum", "wrong outputs, plain"} <= {f.check for f in report.findings}


def test_swapped_anchors(sandbox: Sandbox, tmp_path: Path) -> None:
    swap = {"score = 399_425": "score = 4_126", "score = 4_127": "score = 399_425"}
    report = checked(sandbox, tmp_path, {}, swap)
    assert wrong(report) == {"loads"}
    assert "swapped" in next(report.failed()).text


def test_swapped_programs(sandbox: Sandbox, tmp_path: Path) -> None:
    report, judge = parts(sandbox, tmp_path, {"environment/app/solve.c": REFERENCE_C, "solution/solve.c": BASELINE_C})
    check_measures(judge.task, judge, [1], report)
    assert {"baseline", "reference"} <= wrong(report)


def test_a_checker_that_always_agrees(sandbox: Sandbox, tmp_path: Path) -> None:
    body = VERIFY_PY.replace("    truth = _truth(input)\n    if len", "    return None\n    truth = _truth(input)\n    if len")
    assert body != VERIFY_PY
    report, judge = parts(sandbox, tmp_path, {"tests/verify.py": body})
    check_wrong_outputs(judge.task, sandbox, tmp_path / "wrong", report)
    check_attacks(judge.task, judge, report)
    assert {"wrong outputs, plain", "attack wrong_sum"} <= wrong(report)


def test_an_attack_with_the_wrong_verdict(sandbox: Sandbox, tmp_path: Path) -> None:
    toml = {"attacks/wrong_sum/attack.toml": 'verdict = "ok"\nwhy = "expected wrongly"\nmax_score = 0.1\n'}
    report, judge = parts(sandbox, tmp_path, toml)
    check_attacks(judge.task, judge, report)
    assert wrong(report) == {"attack wrong_sum"}


CHANGED = """verdict = "wrong_output"
why = "the reference with wrong sums"
begin = "reference"
[[change]]
file = "solve.c"
find = "sum += in[i]"
replace = "sum += in[i] + 1"
"""


def test_an_attack_may_be_the_reference_with_a_change(sandbox: Sandbox, tmp_path: Path) -> None:
    report, judge = parts(sandbox, tmp_path, {"attacks/changed/attack.toml": CHANGED})
    (attack,) = [each for each in judge.task.attacks if each.name == "changed"]
    files = submission_of(judge.task, attack).files
    assert files["solve.c"] == judge.task.reference_files["solve.c"].replace(b"sum += in[i]", b"sum += in[i] + 1")
    check_attacks(judge.task, judge, report)
    assert not wrong(report)


@pytest.mark.parametrize("find", ["not there", "in"])
def test_a_change_that_fits_nowhere_or_in_two_places_is_said(sandbox: Sandbox, tmp_path: Path, find: str) -> None:
    _, judge = parts(sandbox, tmp_path, {"attacks/changed/attack.toml": CHANGED.replace("sum += in[i]", find, 1)})
    (attack,) = [each for each in judge.task.attacks if each.name == "changed"]
    with pytest.raises(AutolabError, match="exactly once"):
        submission_of(judge.task, attack)


def test_an_instruction_that_names_a_file_which_is_not_editable(sandbox: Sandbox, tmp_path: Path) -> None:
    text = FILES["instruction.md"]
    assert isinstance(text, str)
    report, judge = parts(sandbox, tmp_path, {"instruction.md": text + "- `main.c`\n"})
    check_words(judge.task, report)
    assert wrong(report) == {"instruction"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no list", None),
        ("\n## Files you may edit\n\n- `a.c`\n- `b/c.h`: text\n\n## More\n\n- `not.c`\n", ("a.c", "b/c.h")),
        ("\n## Files you may edit\nnothing\n", ()),
    ],
)
def test_the_list_of_files_is_read_from_its_own_section(text: str, said: tuple[str, ...] | None) -> None:
    assert editable_said(text) == said
