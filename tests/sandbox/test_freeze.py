"""A frozen box does nothing, goes on afterwards, and dies with the lab like any other."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autolab.sandbox import tree
from autolab.sandbox.box import BoxResult, BoxSpec, Limits, Mount, Sandbox
from autolab.sandbox.freeze import Freezer

# a shell's child, one that left its session, an orphan of pid 1's, and one that starts new processes without end
BUSY = """
beat() { while :; do echo >> "beat.$1"; done; }
beat child &
setsid sh -c 'while :; do echo >> beat.session; done' &
(beat orphan &)
while :; do (echo >> beat.forks); done
"""
NAMES = ("child", "session", "orphan", "forks")


def in_thread(sandbox: Sandbox, freezer: Freezer, folder: Path, script: str, wall_s: float = 60) -> Callable[[], BoxResult]:
    """Starts a box in /data; the answer waits for its end."""
    found: list[BoxResult] = []
    spec = BoxSpec(
        argv=("/bin/sh", "-c", script), mounts=(Mount(folder, "/data", writable=True),), cwd="/data", limits=Limits(wall_s=wall_s)
    )
    thread = threading.Thread(target=lambda: found.append(sandbox.run(spec, freezer)))
    thread.start()

    def ended() -> BoxResult:
        thread.join()
        return found[0]

    return ended


def sizes(folder: Path) -> list[int]:
    places = [folder / f"beat.{name}" for name in NAMES]
    return [place.stat().st_size if place.exists() else 0 for place in places]


def until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def data(sandbox: Sandbox, tmp_path: Path) -> Path:
    return sandbox.make_folder(tmp_path, "data")


def test_every_process_of_a_frozen_box_stands_still_and_goes_on(sandbox: Sandbox, data: Path) -> None:
    freezer = Freezer()
    ended = in_thread(sandbox, freezer, data, BUSY + "\n", wall_s=20)
    try:
        until(lambda: all(sizes(data)))
        for _ in range(5):
            with freezer.frozen():
                before = sizes(data)
                time.sleep(0.1)
                assert sizes(data) == before
            until(lambda then=before: all(now > was for now, was in zip(sizes(data), then, strict=True)))
    finally:
        (data / "beat.child").unlink()
        for pid in _box_processes():
            with contextlib.suppress(ProcessLookupError):  # those that fork without end come and go
                os.kill(pid, signal.SIGKILL)
        ended()


def test_a_process_that_the_box_stopped_itself_stays_stopped(sandbox: Sandbox, data: Path) -> None:
    freezer = Freezer()
    script = 'sh -c \'kill -STOP $$; echo >> went\' & other=$!; echo > ready; while [ ! -e end ]; do sleep 0.02; done; cat "/proc/$other/stat"'
    ended = in_thread(sandbox, freezer, data, script)
    until((data / "ready").exists)
    until(lambda: "T" in [tree.state(pid) for pid in _box_processes()])
    with freezer.frozen():
        pass
    (data / "end").touch()
    done = ended()
    assert (done.exit_code, b") T " in done.stdout, (data / "went").exists()) == (0, True, False)


def test_frozen_time_does_not_count_for_the_wall_limit(sandbox: Sandbox, data: Path) -> None:
    freezer = Freezer()
    ended = in_thread(sandbox, freezer, data, "echo > ready; while [ ! -e end ]; do sleep 0.02; done", wall_s=3)
    until((data / "ready").exists)
    with freezer.frozen():
        time.sleep(3.2)
        (data / "end").touch()
    assert ended().ok


def test_freezing_no_box_or_one_that_ended_does_nothing(sandbox: Sandbox, data: Path) -> None:
    freezer = Freezer()
    with freezer.frozen():
        pass
    assert in_thread(sandbox, freezer, data, "exit 3")().exit_code == 3
    with freezer.frozen():
        pass


LAB = """
import sys, threading, time
from pathlib import Path
from autolab.sandbox.box import BoxSpec, Mount
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.sandbox.freeze import Freezer
sandbox, freezer, folder = default_sandbox(), Freezer(), Path(sys.argv[1])
spec = BoxSpec(argv=("/bin/sh", "-c", sys.argv[2]), mounts=(Mount(folder, "/data", writable=True),), cwd="/data")
threading.Thread(target=sandbox.run, args=(spec, freezer), daemon=True).start()
while not (folder / "beat.forks").exists():
    time.sleep(0.01)
with freezer.frozen():
    print("frozen", flush=True)
    time.sleep(60)
"""


def test_kill_9_of_a_lab_whose_box_is_frozen_leaves_nothing_behind(sandbox: Sandbox, data: Path) -> None:
    lab = subprocess.Popen([sys.executable, "-c", LAB, str(data), BUSY], stdout=subprocess.PIPE)
    assert lab.stdout is not None
    assert lab.stdout.readline() == b"frozen\n"
    handles = [os.pidfd_open(pid) for pid in tree.descendants(lab.pid)]
    assert len(handles) >= 6
    lab.kill()
    with lab:
        pass
    for handle in handles:
        assert select.select([handle], [], [], 10)[0], "a process of the box is left"
        os.close(handle)


def _box_processes() -> list[int]:
    """All below the pid 1 of boxes that this process runs."""
    return [pid for launcher in tree.children(os.getpid()) for init in tree.children(launcher) for pid in tree.descendants(init)]
