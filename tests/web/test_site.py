"""A published site: whole, inert, without this machine's paths; and the built page that goes with it."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from small_ledgers import Made, write_run

from autolab.errors import AutolabError
from autolab.lab.snapshots import Snapshots
from autolab.web.documents import document
from autolab.web.shelf import Shelf, open_shelf
from autolab.web.single import single_page
from autolab.web.site import overview_keys, trial_keys, write_site

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "src" / "autolab" / "web" / "page"
EVIL = "</script><img src=x onerror=alert(1)>"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    run = write_run(tmp_path / "runs" / "first", [Made(scores=(0.2, 0.5)), Made(scores=(0.4,), agent=EVIL.replace("/", "")), Made(agent="nop")])
    Snapshots.open(run / "trials" / "small__climb__1" / "history.git")
    return open_shelf(run.parent)


def test_every_document_of_the_site_is_a_file_that_says_the_same(shelf: Shelf, tmp_path: Path) -> None:
    out = tmp_path / "site"
    count = write_site(shelf, out)
    files = set((out / "data").rglob("*.js"))
    assert len(files) == count
    text = (out / "data" / "run" / "first.js").read_text()
    told = re.fullmatch(r'autolabData\("run/first",(.*)\);\n', text)
    assert told
    rows = {row["trial"]: row["score"] for row in json.loads(told[1])["trials"]}
    assert rows["small__climb__1"] == 0.5
    assert json.loads((out / "data" / "run" / "first.json").read_text()) == json.loads(told[1])


def test_no_path_of_this_machine_is_published(shelf: Shelf, tmp_path: Path) -> None:
    write_site(shelf, tmp_path / "site")
    assert [file for file in (tmp_path / "site").rglob("*.js*") if str(tmp_path) in file.read_text()] == []


def test_a_folder_that_is_no_site_is_left_alone(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(AutolabError, match="is no site of autolab"):
        write_site(shelf, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    write_site(shelf, tmp_path / "site")
    write_site(shelf, tmp_path / "site")


def test_single_file_has_its_data_where_nothing_can_break_out(shelf: Shelf) -> None:
    name = next(folder.name for folder in shelf.trials("first") if "onerror" in folder.name)
    text = single_page(shelf, "first", name)
    block = re.search(r'<script type="application/json" id="autolab-data">(.*?)</script>', text, re.DOTALL)
    assert block
    assert "<" not in block[1]
    assert next(iter(json.loads(block[1]))) == f"trial/first/{name}"
    assert "onerror=alert" not in text.replace(block[0], "").replace((PAGE / "app.js").read_text(), "")


def test_every_key_has_a_document(shelf: Shelf) -> None:
    keys = [*overview_keys(shelf), *(key for folder in shelf.trials("first") for key in trial_keys(shelf, "first", folder.name))]
    assert ("leaderboard", "all", "all", "all", "all", "all", "without") in keys
    assert ("trial", "first", "small__climb__1", "experiment", "2") in keys
    assert all(json.dumps(document(shelf, key), allow_nan=False) for key in keys)


def test_leaderboard_without_flagged_leaves_them_out(tmp_path: Path) -> None:
    run = write_run(tmp_path / "first", [Made(scores=(0.9,), flags=("too good",)), Made(scores=(0.3,), attempt=2)])
    found = [document(open_shelf(run), ("leaderboard", *["all"] * 5, flagged))["agents"][0] for flagged in ("with", "without")]
    assert [each["graded"] for each in found] == [2, 1]
    assert found[0]["mean"]["value"] == pytest.approx(0.6)
    assert found[1]["mean"]["value"] == pytest.approx(0.3)
    assert found[0]["iqm_flagged_zero"] is not None


def test_trial_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    run = write_run(tmp_path / "first", [Made(scores=(0.2,)), Made(scores=(0.3,), agent="other")])
    ledger = run / "trials" / "small__climb__1" / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b"idea 1", b"idea 7"))
    rows = {row["trial"]: row for row in document(open_shelf(run), ("run", "first"))["trials"]}
    assert "was changed after it was written" in rows["small__climb__1"]["problem"]
    assert rows["small__other__1"]["score"] == 0.3


def test_built_page_is_that_of_its_source() -> None:
    now = subprocess.run([ROOT / "scripts" / "page", "sources"], capture_output=True, text=True, check=True).stdout
    assert (PAGE / "sources.sha256").read_text() == now, "web/ was changed: scripts/page build"


def test_built_page_is_small_and_loads_nothing_from_elsewhere() -> None:
    import gzip

    names = ("index.html", "app.js", "app.css", "icon.svg")
    assert sum(len(gzip.compress((PAGE / name).read_bytes())) for name in names) < 120_000
    text = "".join((PAGE / name).read_text() for name in names)
    assert set(re.findall(r"https?://[^\s\"'`)]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink"}
    assert "dangerouslySetInnerHTML={" not in "".join(file.read_text() for file in (ROOT / "web" / "src").rglob("*.tsx"))
