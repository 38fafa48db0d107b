"""Exports say what the ledger says, and nothing where it says nothing."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_ledgers import Made, seen
from small_tasks import make_quick_task

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError
from autolab.interop.formats import FORMATS, exported
from autolab.interop.tables import COLUMNS, SHOWN
from autolab.ledger.records import State, Veto

MADE = Made(scores=[0.2, "build_failed", 0.9, 0.1], vetoes=(Veto(experiment=3, reason="a trick"),), flags=("odd", "strange"))
Results = st.lists(st.one_of(st.floats(-1, 2), st.sampled_from(["build_failed", "wrong_output"])), max_size=6)


def text(trials: list[Trial], form: str) -> str:
    return "".join(exported(trials, form))


def test_json_lines_have_every_experiment_the_veto_and_the_grade() -> None:
    rows = [json.loads(line) for line in text([seen(MADE)], "jsonl").splitlines()]
    assert [tuple(row) for row in rows] == [COLUMNS] * 5
    assert [row["verdict"] for row in rows] == ["ok", "build_failed", "ok", "ok", "ok"]
    assert [row["vetoed"] for row in rows] == [False, False, True, False, None]
    assert [row["best_so_far"] for row in rows] == [0.2, 0.2, 0.2, 0.2, 0.2]
    assert rows[1]["score"] is None
    assert (rows[4]["kind"], rows[4]["reward"], rows[4]["flags"]) == ("grade", 0.9, ["odd", "strange"])
    assert (rows[0]["tokens"], rows[0]["usd"]) == (None, None)


@given(st.lists(Results, min_size=1, max_size=3))
def test_csv_and_json_lines_hold_the_same(results: list[list[float | str]]) -> None:
    trials = [seen(Made(scores=each, attempt=number)) for number, each in enumerate(results, 1)]
    rows = [json.loads(line) for line in text(trials, "jsonl").splitlines()]
    cells = list(csv.DictReader(io.StringIO(text(trials, "csv"))))
    assert [cell["verdict"] for cell in cells] == [row["verdict"] for row in rows]
    assert [float(cell["score"]) if cell["score"] else None for cell in cells] == [row["score"] for row in rows]
    assert text(trials, "md").count("\n") == 2 + len(rows)


def test_what_an_agent_writes_breaks_no_table_and_is_no_formula() -> None:
    (trial,) = [seen(Made(scores=[0.2]))]
    wild = trial.state.experiments[0].model_copy(update={"hypothesis": "=1+1 | <b>\n\tnext"})
    object.__setattr__(trial.state, "experiments", (wild,))
    assert text([trial], "md").splitlines()[2].replace("\\|", "").count("|") == len(SHOWN) + 1
    assert next(csv.DictReader(io.StringIO(text([trial], "csv"))))["hypothesis"].startswith("'=1+1")
    assert text([trial], "autoresearch").splitlines()[1].count("\t") == 4


def test_results_tsv_keeps_new_bests_and_discards_or_crashes_the_rest() -> None:
    lines = [line.split("\t") for line in text([seen(MADE)], "autoresearch").splitlines()]
    assert lines[0] == ["commit", "val_bpb", "memory_gb", "status", "description"]
    assert [line[3] for line in lines[1:]] == ["keep", "crash", "discard", "discard"]
    assert lines[2][1:3] == ["", ""]
    assert float(lines[1][1]) == pytest.approx(1000 * 100**-0.2, abs=1e-5)
    with pytest.raises(AutolabError, match="of one trial, and these are 2"):
        text([seen(MADE), seen(MADE)], "autoresearch")


def test_a_patch_of_a_real_trial_makes_the_graded_program_of_the_given_one(tmp_path: Path, sandbox: object) -> None:
    make_quick_task(tmp_path / "quick")
    words = ["run", str(tmp_path / "quick"), "-a", "oracle", "--out", str(tmp_path), "--name", "run"]
    subprocess.run([sys.executable, "-m", "autolab.cli.main", *words], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-m", "autolab.cli.main", "export", str(tmp_path / "run"), "--format", "swe-bench"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    (prediction,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert prediction["model_name_or_path"] == "oracle__1"
    place = tmp_path / "apply"
    place.mkdir()
    for file in (tmp_path / "quick" / "environment" / "app").iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    subprocess.run(["git", "apply", "-"], input=prediction["model_patch"].encode(), cwd=place, check=True)
    for file in (tmp_path / "quick" / "solution").glob("*.*"):
        if (place / file.name).exists():
            assert (place / file.name).read_bytes() == file.read_bytes()


def test_a_trial_without_its_repository_has_no_patch(tmp_path: Path) -> None:
    start = State(commit="a" * 40, tree="a" * 40, cause="start")
    with pytest.raises(AutolabError, match="missing, so the patch cannot be made"):
        text([seen(Made(scores=[0.1]), (start,))], "swe-bench")


def test_every_format_exists_and_an_unknown_one_names_them() -> None:
    for name in FORMATS:
        assert iter(exported([seen(Made(scores=[0.1]))], name))
    with pytest.raises(AutolabError, match="no format 'xml'; there are jsonl, csv"):
        exported([], "xml")
