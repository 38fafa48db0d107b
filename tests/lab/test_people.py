"""What people do to a running trial: notes, vetoes and the wish that it end, each in the ledger exactly once."""

from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import REFERENCE_C

from autolab.agents.bench import Bench
from autolab.errors import AgentError
from autolab.lab.journal import Journal
from autolab.lab.mailbox import Mailbox
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Note, StopAsked, Veto
from autolab.sandbox.box import Sandbox


def box_of(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "run" / "trials" / "small__acts__1")


def test_a_vetoed_experiment_stays_but_is_no_best_and_not_graded_and_the_agent_is_told_why(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    told: list[object] = []

    def act(bench: Bench) -> None:
        bench.measure("the start")
        bench.write("solve.c", REFERENCE_C.encode())
        bench.measure("too good to be true")
        bench.submit(2)
        told.append(bench.status().best_experiment)
        box_of(tmp_path).post(Veto(experiment=2, reason="it reads ahead"))
        status = bench.status()
        told.extend([status.best_experiment, status.notes])
        bench.measure("the same state once more")
        told.append(bench.status().best_experiment)
        with pytest.raises(AgentError, match="experiment 3 was vetoed: it reads ahead"):
            bench.submit(3)

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert told == [2, 1, ("experiment 2 was vetoed by a person and does not count: it reads ahead",), 1]
    assert [each.number for each in state.experiments] == [1, 2, 3]
    assert state.grade is not None
    assert (state.grade.choice, state.grade.commit) == ("best", state.experiments[0].commit)


def test_where_nothing_counts_the_last_state_that_is_not_vetoed_is_graded(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        bench.write("solve.c", REFERENCE_C.encode())
        bench.measure("a running sum")
        box_of(tmp_path).post(Veto(experiment=1, reason="no"))

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert state.start is not None
    assert state.grade is not None
    assert (state.grade.choice, state.grade.commit) == ("last", state.start.commit)


def test_a_stopped_trial_ends_at_the_next_call_and_is_graded_on_what_it_reached(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        bench.write("solve.c", REFERENCE_C.encode())
        bench.measure("a running sum")
        box_of(tmp_path).post(StopAsked(reason="enough"))
        bench.measure("not made")

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert len(state.experiments) == 1
    assert state.closed is not None
    assert state.closed.reason == "stopped"
    assert state.grade is not None
    assert state.grade.commit == state.experiments[0].commit


def test_what_is_no_act_hurts_nothing_and_is_told_in_the_ledger(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        box = tmp_path / "run/trials/small__acts__1/mailbox"
        box.mkdir()
        for name, text in (("1", "{"), ("2", "[]"), ("3", '{"type":"grade"}'), ("4", '{"type":"veto","experiment":7,"reason":""}')):
            (box / f"{name}.json").write_text(text)
        (box / ".5").write_text("half writ")
        assert bench.status().notes == ()
        assert [path.name for path in box.iterdir()] == [".5"]

    state = run_trial(make_plan(tmp_path, Acts(act)), sandbox)
    assert [note.author for note in state.notes] == ["lab"] * 4
    assert "no experiment 7" in state.notes[-1].text


def test_an_act_is_taken_in_once_even_if_its_file_was_not_removed(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    mailbox.post(Note(author="person", text="look at the tail"))
    (letter,) = (tmp_path / "mailbox").iterdir()
    content = letter.read_bytes()
    for _ in range(3):  # the lab was killed after the record, before the file was removed
        journal = Journal(tmp_path / "ledger.jsonl")
        letter.write_bytes(content)
        mailbox.take_in(journal)
        journal.close()
    assert [line.record.type for line in read_ledger(tmp_path / "ledger.jsonl")] == ["note"]


def test_without_a_lab_the_sender_takes_it_in_and_with_one_the_lab_does(tmp_path: Path) -> None:
    mailbox, ledger = Mailbox(tmp_path), tmp_path / "ledger.jsonl"
    note = Note(author="person", text="hello")
    assert mailbox.deliver(note) == "waiting"
    assert not ledger.exists(), "a trial that has not begun stays one"
    Journal(ledger).close()
    assert mailbox.deliver(note) == "taken"
    assert len(read_ledger(ledger)) == 2
    holding = Journal(ledger)
    assert mailbox.deliver(note) == "waiting"
    assert len(read_ledger(ledger)) == 2
    mailbox.take_in(holding)
    holding.close()
    assert len(read_ledger(ledger)) == 3
