"""The live page's server over real HTTP: documents, events, acts, and who may ask."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from small_ledgers import Made, write_run

from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Note, Veto
from autolab.ledger.replay import replay
from autolab.ledger.writer import LedgerWriter
from autolab.web.server import application
from autolab.web.shelf import Shelf

TOKEN = "the page's own"
OPEN = Made(scores=(0.1, "build_failed", 0.3), agent="slow", graded=False)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "runs" / "first", [Made(scores=(0.2, 0.5, "wrong_output")), OPEN])


@pytest.fixture
def address(run: Path) -> Iterator[str]:
    app = application(Shelf(parent=run.parent), TOKEN)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


def ask(address: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def read(address: str) -> Any:
    code, text = ask(address)
    assert code == 200, text
    return json.loads(text)


def test_index_and_run_tell_what_the_ledgers_hold(address: str) -> None:
    (found,) = read(f"{address}/data/index.json")["runs"]
    assert (found["run"], found["begun"], found["over"], found["mean_reward"]) == ("first", 2, 1, 0.5)
    rows = {row["trial"]: row for row in read(f"{address}/data/run/first.json")["trials"]}
    assert rows["small__climb__1"]["score"] == 0.5
    assert rows["small__slow__1"]["score"] is None
    assert rows["small__slow__1"]["best_development_score"] == 0.3
    assert rows["small__slow__1"]["spark"] == [0.1, 0.1, 0.3]


def test_trial_has_every_experiment_by_column(address: str) -> None:
    found = read(f"{address}/data/trial/first/small__slow__1.json")
    assert found["columns"]["verdict"] == ["ok", "build_failed", "ok"]
    assert found["columns"]["score"] == [0.1, None, 0.3]
    assert found["best"] == 3
    assert found["graded"] is None


def test_experiment_is_the_ledgers_own_record(address: str, run: Path) -> None:
    found = read(f"{address}/data/trial/first/small__climb__1/experiment/2.json")
    state = replay(read_ledger(run / "trials" / "small__climb__1" / "ledger.jsonl"))
    assert found == state.experiments[1].model_dump(mode="json")


@pytest.mark.parametrize("key", ["trial/first/none", "run/..%2F..%2Fetc", "run/none", "trial/first/small__climb__1/experiment/9", "x"])
def test_what_is_not_there_is_one_line_with_404(address: str, key: str) -> None:
    code, text = ask(f"{address}/data/{key}.json")
    assert code == 404
    assert "\n" not in json.loads(text)["problem"]


def test_note_and_veto_of_the_page_are_in_the_ledger(address: str, run: Path) -> None:
    said = {"run": "first", "trial": "small__slow__1", "text": "look at the cache", "experiment": 3}
    assert ask(f"{address}/act/note", said, X_Autolab_Token=TOKEN)[0] == 200
    assert ask(f"{address}/act/veto", said, X_Autolab_Token=TOKEN, Origin=address)[0] == 200
    records = [line.record for line in read_ledger(run / "trials" / "small__slow__1" / "ledger.jsonl")]
    assert [each.text for each in records if isinstance(each, Note)] == ["look at the cache"]
    assert [each.experiment for each in records if isinstance(each, Veto)] == [3]
    found = read(f"{address}/data/trial/first/small__slow__1.json")
    assert (found["vetoed"], found["best"]) == ([3], 1)


@pytest.mark.parametrize(
    "headers", [{}, {"X_Autolab_Token": "guessed"}, {"X_Autolab_Token": TOKEN, "Origin": "http://elsewhere.example"}]
)
def test_acts_from_elsewhere_are_refused(address: str, run: Path, headers: dict[str, str]) -> None:
    before = (run / "trials" / "small__slow__1" / "ledger.jsonl").read_bytes()
    assert ask(f"{address}/act/note", {"run": "first", "trial": "small__slow__1", "text": "x"}, **headers)[0] == 403
    assert (run / "trials" / "small__slow__1" / "ledger.jsonl").read_bytes() == before
    assert not (run / "trials" / "small__slow__1" / "mailbox").exists()


def test_only_this_machines_names_are_answered(address: str) -> None:
    assert ask(f"{address}/data/index.json", Host="elsewhere.example")[0] == 400


def test_a_new_line_of_the_ledger_is_an_event(address: str, run: Path) -> None:
    place = run / "trials" / "small__slow__1" / "ledger.jsonl"
    with urllib.request.urlopen(f"{address}/events?trial=first/small__slow__1&since=3", timeout=20) as events:
        first = next_event(events)
        assert first["columns"]["score"] == []
        with LedgerWriter.open(place) as writer:
            writer.append(OPEN.experiment(4, 0.7, writer.found[0].record.provenance))
        while not (told := next_event(events))["columns"]["score"]:
            pass
    assert (told["since"], told["columns"]["score"], told["best"]) == (3, [0.7], 4)


def next_event(events: Any) -> Any:
    for line in events:
        if line.startswith(b"data: "):
            return json.loads(line[6:])
    raise AssertionError("the events ended")


def test_page_carries_the_token_and_a_policy_without_anything_inline(address: str) -> None:
    with urllib.request.urlopen(address, timeout=20) as answer:
        text, policy = answer.read().decode(), answer.headers["Content-Security-Policy"]
    assert "the page&#x27;s own" in text
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
