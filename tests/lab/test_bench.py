"""What an agent can do in a bench, by method and by the `lab` command."""

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_tasks import BASELINE_C, REFERENCE_C

from autolab.agents.bench import Bench, BudgetSpent
from autolab.errors import AgentError
from autolab.lab.snapshots import Snapshots
from autolab.lab.trial import run_trial
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import State
from autolab.ledger.replay import TrialState, replay
from autolab.sandbox.box import Sandbox
from autolab.sandbox.untrusted import Untrusted

InBench = Callable[[Callable[[Bench], None]], TrialState]


@pytest.fixture
def in_bench(sandbox: Sandbox, tmp_path: Path) -> InBench:
    """Runs a function in a bench; what fails in it fails the test."""

    def run(act: Callable[[Bench], None]) -> TrialState:
        failures: list[BaseException] = []

        def acted(bench: Bench) -> None:
            try:
                act(bench)
            except Exception as failure:  # noqa: BLE001 - raised again below
                failures.append(failure)
            raise KeyboardInterrupt  # a trial that is stopped is not graded: that would take seconds

        with pytest.raises(KeyboardInterrupt):
            run_trial(make_plan(tmp_path, Acts(acted)), sandbox)
        if failures:
            raise failures[0]
        return replay(read_ledger(tmp_path / "run/trials/small__acts__1/ledger.jsonl"))

    return run


def test_a_command_works_in_the_working_copy_and_its_changes_are_committed(in_bench: InBench, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        done = bench.exec(("/bin/sh", "-c", "pwd; echo '/* by exec */' >> solve.c; echo note > other.txt"))
        assert (done.exit_code, done.stdout) == (0, b"/app\n")
        assert bench.read("solve.c").endswith(b"/* by exec */\n")
        assert bench.read("other.txt") == b"note\n"

    in_bench(act)
    folder = tmp_path / "run/trials/small__acts__1"
    states = [line.record for line in read_ledger(folder / "ledger.jsonl") if isinstance(line.record, State)]
    assert [state.cause for state in states] == ["start", "exec"]
    files = Snapshots.open(folder / "history.git").files(states[1].commit)
    assert list(files) == ["solve.c"]
    assert files["solve.c"].endswith(b"/* by exec */\n")


def test_a_bench_sees_neither_the_judge_s_files_nor_the_network(in_bench: InBench) -> None:
    def act(bench: Bench) -> None:
        done = bench.exec(("/bin/sh", "-c", "ls -d /tests /solution /home /root /work; ls -A /app; env; cat /proc/net/dev"))
        assert done.stderr.count(b"No such file") == 5
        assert b"secret" not in done.stdout
        assert b"eth" not in done.stdout

    os.environ["SOME_API_KEY"] = "secret"
    try:
        in_bench(act)
    finally:
        del os.environ["SOME_API_KEY"]


def test_paths_that_lead_out_of_the_working_copy_are_refused(in_bench: InBench) -> None:
    def act(bench: Bench) -> None:
        bench.exec(("/bin/sh", "-c", "ln -s /etc/passwd link; ln -s / folder; mkfifo fifo"))
        for path in ("link", "folder/etc/passwd", "fifo", "../ledger.jsonl", "/etc/passwd"):
            with pytest.raises(Untrusted):
                bench.read(path)
        for path in ("folder/tmp/x", "../x"):
            with pytest.raises(Untrusted):
                bench.write(path, b"x")
        bench.write("link", b"x")  # the link is replaced, what it points to is not

    in_bench(act)
    assert not Path("/tmp/x").exists()


def test_restore_brings_an_experiment_s_files_back(in_bench: InBench) -> None:
    def act(bench: Bench) -> None:
        bench.measure("the start")
        bench.write("solve.c", REFERENCE_C.encode())
        bench.restore(1)
        assert bench.read("solve.c") == BASELINE_C.encode()
        with pytest.raises(AgentError, match="no experiment 7"):
            bench.restore(7)

    in_bench(act)


def test_the_lab_command_measures_and_tells_from_inside(in_bench: InBench) -> None:
    def act(bench: Bench) -> None:
        bench.write("solve.c", REFERENCE_C.encode())
        script = """
            lab measure -m 'a running sum' --expect 50x || exit 1
            lab status --json > status; lab history; lab show 1; lab profile > profile; lab diff 1
            lab note 'from inside'; lab submit 1; lab restore 1
            lab show 99; echo "code $?"; lab nonsense; echo "code $?"
        """
        done = bench.exec(("/bin/sh", "-c", script))
        said = (done.stdout + done.stderr).decode()
        assert "score 1.0" in said, said
        assert json.loads(bench.read("status"))["best_experiment"] == 1
        assert b"sums" in bench.read("profile")
        assert "+    uint32_t sum = 0;" in said
        assert "code 1" in said
        assert "code 2" in said
        assert bench.status().experiments == 1

    state = in_bench(act)
    assert state.experiments[0].expected == 50
    assert [note.text for note in state.notes] == ["from inside"]
    assert state.submitted is not None


def test_a_command_ends_with_its_time_and_with_the_wall_budget(sandbox: Sandbox, tmp_path: Path) -> None:
    def act(bench: Bench) -> None:
        assert bench.exec(("/usr/bin/sleep", "60"), timeout=0.3).limit == "wall"
        assert bench.exec(("/usr/bin/sleep", "60")).limit == "wall"
        with pytest.raises(BudgetSpent):
            bench.read("solve.c")
        bench.status()

    state = run_trial(make_plan(tmp_path, Acts(act), wall_s=1.5), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, state.closed.detail) == ("wall", "")


def test_the_lab_s_socket_survives_any_request(in_bench: InBench) -> None:
    requests = [b"", b"\n", b"nonsense\n", b"[]\n", b'{"words": 3}\n', b'{"words": [1]}\n', b"[" * 5000 + b"\n"]
    code = f"""
import socket
for request in {requests!r}:
    with socket.socket(socket.AF_UNIX) as lab:
        lab.connect("/lab/socket")
        lab.sendall(request)
        lab.shutdown(socket.SHUT_WR)
        print(lab.recv(1000).decode(), end="")
"""

    def act(bench: Bench) -> None:
        bench.write("ask.py", code.encode())
        done = bench.exec(("/bin/sh", "-c", "/usr/bin/python3 ask.py && lab status"))
        *replies, status = done.stdout.decode().splitlines()[: len(requests) + 1]
        assert all('"code": 1' in reply for reply in replies), done.stdout
        assert "left" in status

    in_bench(act)


def test_a_command_stands_still_while_its_program_is_timed(in_bench: InBench) -> None:
    """The beats have a gap as long as the timing, and the budget does not count it."""

    def act(bench: Bench) -> None:
        bench.write("solve.c", REFERENCE_C.encode())
        beats = "(while :; do date +%s.%N >> beats; sleep 0.01; done) & lab measure -m 'a running sum'"
        assert bench.exec(("/bin/sh", "-c", beats)).ok
        times = [float(line) for line in bench.read("beats").split()]
        gaps.append(max(after - before for before, after in itertools.pairwise(times)))

    gaps: list[float] = []
    made = in_bench(act).experiments[0]
    assert made.measurement.confirmed
    assert gaps[0] >= made.measurement.phases["pair"]
    assert made.seconds < sum(made.measurement.phases.values())
