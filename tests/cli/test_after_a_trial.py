"""label, backfill, report and ablate as a person types them, on real trials of a small count task."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autolab.analysis.backfill import read_backfill, timeline
from autolab.analysis.resilience import COMPONENTS
from autolab.cli.main import app
from autolab.errors import AutolabError
from autolab.ledger.reader import read_ledger

COVER = Path(__file__).resolve().parents[2] / "benchmarks/study/cover"

AGENT = '''
class Quiet:
    """Passes through three better states, and asks for one of them only."""

    name = "quiet"

    def run(self, bench):
        sets = bench.read("chosen.txt").split(b"\\n")
        bench.measure("as it came")
        for gone in (20, 25):
            bench.write("chosen.txt", b"\\n".join(sets[:-gone]))
        bench.write("chosen.txt", b"\\n".join(s for s in sets if s != b"0"))
        bench.measure("do without the first", 1.02)
        bench.write("chosen.txt", b"\\n".join(s for s in sets if s not in (b"0", b"30")))
        bench.measure("do without another")
'''


def autolab(*words: object, code: int = 0) -> str:
    """What it prints on stdout; its AutolabError is raised."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory, sandbox: object) -> Path:
    folder = tmp_path_factory.mktemp("after")
    shutil.copytree(COVER, folder / "cover")
    (folder / "quiet.py").write_text(AGENT)
    autolab(
        "run", folder / "cover", "-a", f"{folder}/quiet.py:Quiet", "--name", "r", "--out", folder / "runs", "--json"
    )
    return folder / "runs/r/trials/cover__quiet__1"


def test_backfill_measures_each_unmeasured_state_once_and_marks_it(trial: Path) -> None:
    before = (trial / "ledger.jsonl").read_bytes()
    done = json.loads(autolab("backfill", trial, "--json"))
    first = done["backfilled"]
    assert len(first) == 2
    assert [each["backfilled"] for each in done["curve"]] == [
        True
    ]  # twenty sets cover it: nothing measured was as good
    assert json.loads(autolab("backfill", trial, "--json"))["backfilled"] == first  # nothing is measured again
    assert (trial / "ledger.jsonl").read_bytes() == before
    seen = timeline(read_ledger(trial / "ledger.jsonl"), read_backfill(trial))
    assert [each.backfilled for each in seen] == [False, True, True, False, False]
    assert [each.elapsed for each in seen] == sorted(each.elapsed for each in seen)


def test_backfill_goes_on_where_it_was_cut_off(trial: Path) -> None:
    whole = json.loads(autolab("backfill", trial, "--json"))["backfilled"]
    path = trial / "backfill.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0] + b'{"seq":1,"ti')
    again = json.loads(autolab("backfill", trial, "--json"))["backfilled"]
    assert [each["seq"] for each in again] == [each["seq"] for each in whole]
    assert [each["measurement"]["metric"] for each in again] == [each["measurement"]["metric"] for each in whole]


def test_a_report_takes_back_kept_changes_and_holds(trial: Path) -> None:
    autolab("backfill", trial, "--json")
    for form in ([], ["--html"]):
        path = Path(json.loads(autolab("report", trial, *form, "--json"))["files"][0])
        assert "every number is what the ledgers give" in autolab("report", trial, "--verify", *form)
        path.write_text(path.read_text().replace("do without", "do with"))
        data = json.loads(autolab("report", trial, "--verify", "--json", *form, code=1))
        assert not data["holds"]
    rows = [line for line in (trial / "report.md").read_text().splitlines() if "reverted.jsonl#" in line]
    assert len(rows) == 2
    assert all("| ok |" in row for row in rows)


def test_label_shows_evidence_and_takes_a_correction(trial: Path) -> None:
    shown = json.loads(autolab("label", trial, "--json"))["labels"]
    assert [each["name"] for each in shown] == ["stopped_early"]
    autolab("label", trial, "stopped_early", "--wrong", "--reason", "nothing was left to do", "--by", "reviewer")
    assert json.loads(autolab("label", trial, "--json"))["labels"] == []
    with pytest.raises(AutolabError, match="give numbers of ledger lines"):
        autolab("label", trial, "stuck", "--evidence", "x")


def test_resilience_shows_every_component_beside_the_composite(trial: Path) -> None:
    text = autolab("resilience", trial)
    assert all(name in text for name in ("resilience", *COMPONENTS))
    [found] = json.loads(autolab("resilience", trial.parents[1], "--json"))["trials"]
    assert tuple(found["resilience"]["components"]) == COMPONENTS
    assert sum(found["time"]["seconds"].values()) == pytest.approx(found["time"]["elapsed"])
    empty = trial.parents[2] / "empty"
    (empty / "trials").mkdir(parents=True)
    with pytest.raises(AutolabError, match="no trials in"):
        autolab("resilience", empty)


def test_a_changed_task_is_not_measured_beside_the_old_figures(trial: Path) -> None:
    task = trial.parents[3] / "cover"
    instruction = task / "tests/verify.py"
    text = instruction.read_text()
    (trial / "backfill.jsonl").unlink(missing_ok=True)
    instruction.write_text(text + "\n# changed\n")
    try:
        with pytest.raises(AutolabError, match="bring back that version of the task"):
            autolab("backfill", trial)
    finally:
        instruction.write_text(text)


def test_ablate_runs_every_mode_and_gives_the_difference(tmp_path: Path, sandbox: object) -> None:
    words = [
        "ablate",
        "climb",
        COVER,
        "--experiments",
        3,
        "--attempts",
        2,
        "--modes",
        "true,withheld",
        "--out",
        tmp_path,
        "--name",
        "a",
        "--json",
    ]
    found = json.loads(autolab(*words))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-true", "a-withheld"]
    [effect, total] = found["effects"]
    assert (effect["task"], effect["mode"], effect["difference"]["pairs"]) == ("cover", "withheld", 2)
    assert total["task"] is None
    assert json.loads(autolab(*words)) == found  # the same command again shows what is done
    with pytest.raises(AutolabError, match="give true and at least one other"):
        autolab("ablate", "climb", COVER, "--modes", "withheld,shuffled", "--out", tmp_path)
