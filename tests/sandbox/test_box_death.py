"""When the lab ends, however it ends, nothing of its boxes is left."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autolab.sandbox import cgroup_search, gate
from autolab.sandbox.box import BoxSpec, Limits
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.sandbox.contract_tools import QUIET_S, STUBBORN, BoxTools

BOX = BoxTools()
BoxTools.make_sandbox = staticmethod(default_sandbox)

LAB = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored where the tests run under nohup
from autolab.sandbox.box import BoxSpec, Mount
from autolab.sandbox.bubblewrap import default_sandbox
mount = Mount(default_sandbox().make_folder(Path(sys.argv[1]), "data"), "/data", writable=True)
code = sys.argv[2] + "time.sleep(60)"
default_sandbox().run(BoxSpec(argv=("/usr/bin/python3", "-c", code), mounts=(mount,)))
"""


def lab(folder: Path, code: str = STUBBORN) -> "subprocess.Popen[bytes]":
    """A lab of its own, in a process group as a terminal would start it, whose box is at work."""
    process = subprocess.Popen([sys.executable, "-c", LAB, str(folder), code], stderr=subprocess.PIPE, process_group=0)
    beat = folder / "data" / "beat"
    deadline = time.monotonic() + 30
    while not (beat.exists() and beat.stat().st_size):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def assert_falls_quiet(folder: Path) -> None:
    """The kernel ends a dead lab's boxes in a few milliseconds, more where the machine is busy."""
    beat = folder / "data" / "beat"
    deadline = time.monotonic() + 10
    before = -1
    while before != (before := beat.stat().st_size):
        assert time.monotonic() < deadline, "somebody still writes"
        time.sleep(QUIET_S)


def groups_of(pid: int) -> list[Path]:
    hierarchy = cgroup_search.find()
    parents = set(hierarchy.parents.values()) if hierarchy else set()
    return [path for parent in parents for path in parent.iterdir() if path.name.startswith(f"{pid}-")]


def test_kill_9_of_the_lab_kills_everything_and_the_next_lab_cleans_up(tmp_path: Path) -> None:
    process = lab(tmp_path)
    process.kill()
    process.communicate()
    assert_falls_quiet(tmp_path)
    start = "from autolab.sandbox.bubblewrap import default_sandbox; default_sandbox().in_force()"
    subprocess.run([sys.executable, "-c", start], check=True)
    assert groups_of(process.pid) == []


def test_a_box_that_turned_its_pid_1_round_dies_with_the_lab_too(tmp_path: Path) -> None:
    clear = "import ctypes\nctypes.CDLL(None).prctl(1, 0, 0, 0, 0)\n"
    process = lab(tmp_path, clear + STUBBORN)
    process.kill()
    process.communicate()
    assert_falls_quiet(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_labs_group_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = lab(tmp_path)
    os.killpg(process.pid, number)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode in {-number, 1, 130}
    assert_falls_quiet(tmp_path)
    if number == signal.SIGINT:
        assert b"KeyboardInterrupt" in stderr, "the lab, not its box, is what is interrupted"
        assert groups_of(process.pid) == []


def test_a_box_is_no_part_of_the_labs_process_group(tmp_path: Path) -> None:
    # so that a lab which handles Ctrl-C may let the running measure end
    ignoring = "import signal; signal.signal(signal.SIGINT, lambda *_: print('seen', flush=True))\n"
    code = ignoring + LAB.replace('"time.sleep(60)"', '"time.sleep(1); print(7)"').replace(
        "default_sandbox().run(", "result = default_sandbox().run("
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code + "print(result.describe(), result.stdout)", str(tmp_path), "import time\nopen('/data/beat', 'w').write('x')\n"],
        stdout=subprocess.PIPE, process_group=0,
    )  # fmt: skip
    while not (tmp_path / "data" / "beat").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate()[0] == b"seen\nexit code 0 b'7\\n'\n"


def test_boxes_of_threads_that_ended_are_gone(tmp_path: Path) -> None:
    seen: list[bytes] = []
    for _ in range(3):
        thread = threading.Thread(target=lambda: seen.append(BOX.shell("echo done").stdout))
        thread.start()
        thread.join()
    assert seen == [b"done\n"] * 3
    assert groups_of(os.getpid()) == []


def processes_with(word: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def test_a_lab_killed_at_any_moment_of_a_start_leaves_nothing_that_runs() -> None:
    start = (
        "import sys; from autolab.sandbox.box import BoxSpec, Limits; from autolab.sandbox.bubblewrap import default_sandbox\n"
        "default_sandbox().in_force(); print('up', flush=True)\n"
        "while True: default_sandbox().run(BoxSpec(argv=('/bin/sleep', sys.argv[1]), limits=Limits(wall_s=0.01)))\n"
    )
    for attempt in range(10):
        word = f"{os.getpid()}.{attempt}"
        with subprocess.Popen([sys.executable, "-c", start, word], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"up\n"
            time.sleep(0.003 * attempt)
            process.kill()
        deadline = time.monotonic() + 10
        while processes_with(word) and time.monotonic() < deadline:
            time.sleep(0.01)
        left = processes_with(word)
        assert left == [], [(Path(f"/proc/{pid}/cmdline").read_bytes(), Path(f"/proc/{pid}/status").read_text()) for pid in left]


def test_a_box_stopped_at_any_moment_of_its_start_leaves_nothing() -> None:
    for attempt in range(20):
        argv = ("/bin/sleep", f"{os.getpid()}.5")
        assert BOX.sandbox.run(BoxSpec(argv=argv, limits=Limits(wall_s=0.001 * attempt))).limit == "wall"
        with BOX.sandbox.open(BoxSpec(argv=argv)):
            pass
    assert processes_with(f"{os.getpid()}.5") == []
    assert groups_of(os.getpid()) == []


def test_an_interrupt_during_a_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    word = f"{os.getpid()}.6"
    original = gate.Report.look
    for with_pid_1 in (False, True):  # before bubblewrap has made the box's pid 1, and after

        def look(report: gate.Report, with_pid_1: bool = with_pid_1) -> dict[str, int]:
            known = original(report)
            if not with_pid_1 or "child-pid" in known:
                monkeypatch.undo()
                raise KeyboardInterrupt
            return known

        monkeypatch.setattr(gate.Report, "look", look)
        with pytest.raises(KeyboardInterrupt):
            BOX.sandbox.run(BoxSpec(argv=("/bin/sleep", word)))
        assert processes_with(word) == []
        assert groups_of(os.getpid()) == []
