"""What a newer AutoLab wrote is refused by its number, and nothing of it is changed."""

import hashlib
from pathlib import Path

import pytest
from small_tasks import make_points_task
from typer.testing import CliRunner

from autolab.cli.main import app
from autolab.errors import AutolabError


@pytest.fixture
def run(tmp_path: Path, sandbox: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_points_task(tmp_path / "points")
    monkeypatch.chdir(tmp_path)
    assert autolab(*RUN) is None
    return tmp_path / "runs" / "all"


RUN = ("run", "./points", "-a", "nop", "--name", "all")
TRIAL = "runs/all/trials/points__nop__1"


def autolab(*words: str) -> str | None:
    """What it refuses with, None if it does not."""
    done = CliRunner().invoke(app, words)
    if done.exception is None:
        return None
    assert isinstance(done.exception, AutolabError), repr(done.exception)
    return str(done.exception)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_of_a_newer_version(run: Path) -> None:
    manifest = run / "run.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))
    before = content(run)
    for words in (RUN, ("resume", "runs/all"), ("run", "./points", "-a", "oracle", "--name", "all")):
        assert "run.json: version 2, this autolab reads up to 1" in (autolab(*words) or "")
    assert content(run) == before


def test_a_ledger_of_a_newer_version(run: Path) -> None:
    ledger = run / "trials/points__nop__1/ledger.jsonl"
    first, *_ = ledger.read_bytes().splitlines()
    text = first.replace(b'"version":1', b'"version":2').partition(b',"hash":')[0]
    ledger.write_bytes(text + b',"hash":"' + hashlib.sha256(text).hexdigest().encode() + b'"}\n')
    before = content(run)
    people = (("note", TRIAL, "hello"), ("veto", TRIAL, "1", "--reason", "no"), ("stop", TRIAL))
    for words in (RUN, ("resume", "runs/all"), ("show", TRIAL), *people):
        assert "ledger version 2, this autolab reads up to 1" in (autolab(*words) or ""), words
    assert content(run) == before
