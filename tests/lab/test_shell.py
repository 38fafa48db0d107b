"""A person's shell in a bench, at a terminal that a test plays."""

import os
import pty
import threading
from pathlib import Path

from small_tasks import make_quick_task

from autolab.lab.budget import Budget
from autolab.lab.by_hand import Opening, open_by_hand, working
from autolab.lab.feedback import parse_feedback
from autolab.lab.shell import shell
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Executed, Note, State
from autolab.sandbox.box import BoxResult, Sandbox
from autolab.task.load import load_task


def typed(folder: Path, sandbox: Sandbox, *keys: bytes) -> tuple[BoxResult, str]:
    """What becomes of a shell, and what its screen showed, when a person types these keys at a terminal.

    The first are typed at the first prompt, each of the others when the screen shows the ones before.
    """
    person, terminal = pty.openpty()
    shown = bytearray()

    def watch() -> None:
        left, awaited = list(keys), b"$ "
        while True:
            try:
                shown.extend(os.read(person, 65536))
            except OSError:  # the terminal is closed
                return
            if left and awaited in shown:
                awaited = b"^C" if left[0] == b"\x03" else left[0].strip()
                os.write(person, left.pop(0))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        with working(folder, sandbox) as bench:
            done = shell(bench, terminal, terminal)
    finally:
        os.close(terminal)
        watching.join()
        os.close(person)
    return done, shown.decode(errors="replace")


def opened(tmp_path: Path, sandbox: Sandbox, wall_s: float = 600, feedback: str = "true") -> Path:
    task = load_task(make_quick_task(tmp_path / "task"))
    return open_by_hand(tmp_path / "run", Opening(task, Budget(wall_s, None), 1, parse_feedback(feedback)), sandbox)


def test_a_person_edits_and_calls_lab_in_the_shell_and_the_ledger_has_it(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = opened(tmp_path, sandbox)
    keys = b"tty; echo '/* mine */' >> solve.c\nlab note 'by a person'\ncat /proc/net/dev | grep -c eth\nexit 3\n"
    done, screen = typed(folder, sandbox, keys)
    assert done.exit_code == 3
    assert "/dev/pts/0" in screen
    records = [line.record for line in read_ledger(folder / "ledger.jsonl")]
    assert [each.text for each in records if isinstance(each, Note)] == ["by a person"]
    assert [each.cause for each in records if isinstance(each, State)] == ["start", "exec"]
    assert [each.exit_code for each in records if isinstance(each, Executed)] == [3]


def test_ctrl_c_ends_what_runs_in_the_shell_and_not_the_lab(sandbox: Sandbox, tmp_path: Path) -> None:
    done, screen = typed(opened(tmp_path, sandbox), sandbox, b"sleep 60\n", b"\x03", b"exit 4\n")
    assert done.exit_code == 4, screen


def test_the_budget_s_end_ends_the_shell(sandbox: Sandbox, tmp_path: Path) -> None:
    done, _ = typed(opened(tmp_path, sandbox, wall_s=3), sandbox, b"sleep 60\n")
    assert done.limit == "wall"


def test_a_bench_whose_feedback_is_not_true_gives_no_shell(sandbox: Sandbox, tmp_path: Path) -> None:
    done, screen = typed(opened(tmp_path, sandbox, feedback="withheld"), sandbox, b"")
    assert (done.exit_code, screen) == (126, "")
    assert b"feedback is withheld" in done.stderr
