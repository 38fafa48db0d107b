"""A core is given to one timed measurement at a time, across processes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab.errors import AutolabError
from autolab.measure.core import MachineBusy, own_core

HOLD = """
import sys
from pathlib import Path
from autolab.measure.core import own_core
with own_core(20, Path(sys.argv[1])) as core:
    print(core, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holders(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """One process for each core of ours, each holding one."""
    running: list[subprocess.Popen[str]] = []
    try:
        for _ in os.sched_getaffinity(0):
            command = [sys.executable, "-c", HOLD, str(tmp_path)]
            running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        yield running
    finally:
        for process in running:
            process.kill()
            process.communicate()


def test_no_two_processes_hold_a_core_and_a_dead_one_holds_none(
    holders: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    held = [int(process.stdout.readline()) for process in holders if process.stdout]
    assert sorted(held) == sorted(os.sched_getaffinity(0))
    with pytest.raises(MachineBusy, match="in use by timed measurements"), own_core(0.05, tmp_path):
        pass
    holders[0].kill()
    with own_core(20, tmp_path) as core:
        assert core == held[0]


def test_cores_of_one_process_are_exclusive_too_and_come_back(tmp_path: Path) -> None:
    with own_core(0, tmp_path) as first:
        taken = {first}
        for _ in range(len(os.sched_getaffinity(0)) - 1):
            with own_core(0, tmp_path) as other:
                assert other not in taken
    with own_core(0, tmp_path) as again:
        assert again == first


def test_a_failure_within_frees_the_core(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), own_core(0, tmp_path) as first:
        raise ZeroDivisionError
    with own_core(0, tmp_path) as again:
        assert again == first


@pytest.mark.parametrize("kind", ["link", "folder", "FIFO"])
def test_something_else_in_the_locks_place_is_named(tmp_path: Path, kind: str) -> None:
    place = tmp_path / f"autolab-core-{max(os.sched_getaffinity(0))}.lock"
    if kind == "link":
        place.symlink_to(tmp_path / "victim")
    elif kind == "folder":
        place.mkdir()
    else:
        os.mkfifo(place)
    with pytest.raises(AutolabError, match="remove it"), own_core(0, tmp_path):
        pass
    assert not (tmp_path / "victim").exists()
