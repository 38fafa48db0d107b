"""A right task passes the check; each seeded defect makes it fail, and says what is wrong."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_go_task import make_go_task
from small_quality_task import make_quality_task
from small_records import experiment
from small_tasks import BASELINE_C, FILES, REFERENCE_C, VERIFY_PY, make_small_task, make_timed_task

from autolab.authoring.attacks import check_attacks, submission_of
from autolab.authoring.check import check_task
from autolab.authoring.findings import Report
from autolab.authoring.measures import _noise, _repeats, check_measures
from autolab.authoring.tolerances import MOST_TOLERANCE, score_tolerance
from autolab.authoring.words import check_words, editable_said
from autolab.authoring.wrong_outputs import check_wrong_outputs
from autolab.errors import AutolabError
from autolab.judge.judge import Judge
from autolab.ledger.records import Pair
from autolab.measure.noise import noise_of, noise_of_counts
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
    assert {"baseline", "reference", "baseline repeatable", "reference repeatable", "attack wrong_sum", "wrong outputs, plain"} <= {f.check for f in report.findings}


def test_a_timed_task_states_what_it_can_tell(sandbox: Sandbox, tmp_path: Path) -> None:
    task, report = load_task(make_timed_task(tmp_path / "timed")), Report("timed")
    with Judge(task, sandbox, tmp_path / "work", cache=tmp_path / "cache") as judge:
        check_measures(task, judge, [1], report)
    said = {finding.check: finding for finding in report.findings}
    assert said["baseline repeatable"].ok
    assert said["reference anchor"].ok, said["reference anchor"]
    limit = report.figures["detection limit"]
    assert limit["pairs"] == 3
    assert 0 < limit["score"] < limit["gain"]  # the scale goes to more than e times as fast
    assert said["detection limit"].ok == (limit["score"] <= 0.1)
    assert f"{limit['gain']:.1%} at 3 pairs" in said["detection limit"].text


def test_a_host_that_is_too_noisy_for_a_timed_scale_is_a_finding(tmp_path: Path) -> None:
    task, report = load_task(make_timed_task(tmp_path / "timed")), Report("timed")
    times = [(0.1, 0.15), (0.2, 0.1), (0.1, 0.1), (0.12, 0.2)]
    pairs = [Pair(seed=n, candidate_s=a, baseline_s=b) for n, (a, b) in enumerate(times)]
    _noise(task, noise_of(pairs, 0.001), [], report)
    assert wrong(report) == {"detection limit"}
    assert score_tolerance(task, noise_of(pairs, 0.001), []) > MOST_TOLERANCE


def test_a_go_task_repeats_within_its_tolerance(sandbox: Sandbox, tmp_path: Path) -> None:
    task, report = load_task(make_go_task(tmp_path / "go")), Report("go")
    with Judge(task, sandbox, tmp_path / "work", cache=tmp_path / "cache") as judge:
        check_measures(task, judge, [1], report)
    said = {finding.check: finding for finding in report.findings}
    assert "at most 3.00% apart is allowed" in said["baseline repeatable"].text
    assert "smallest real change is 3.00%" in said["smallest change"].text
    assert not wrong(report), list(report.failed())


def test_counts_that_do_not_repeat_are_a_finding(tmp_path: Path) -> None:
    task, report = load_task(make_go_task(tmp_path / "go")), Report("go")
    first = experiment(1, 0.0, metric=100.0).measurement.model_copy(update={"counted": 100.0})
    for counted in (102.9, 103.1, None):
        _repeats(task, f"{counted}", first, first.model_copy(update={"counted": counted}), report)
    assert wrong(report) == {"103.1 repeatable", "None repeatable"}
    _noise(task, noise_of_counts([100.0, 104.0], 0.03), [], report)
    assert "smallest change" in wrong(report)


def test_a_research_task_passes(sandbox: Sandbox, tmp_path: Path) -> None:
    report = check_task(make_quality_task(tmp_path / "quality"), sandbox, quick=True)
    assert not wrong(report), list(report.failed())
    assert {"reference spread", "reference repeatable", "wrong outputs, points", "attack overrun"} <= {f.check for f in report.findings}


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
