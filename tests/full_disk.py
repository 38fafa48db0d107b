"""Runs a trial on a disk with so many KiB left, makes room, and runs the same command again.

    unshare --mount python tests/full_disk.py FOLDER KIB...    as root: each is a small file system of its own, gone with the namespace
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from chaos import TOLD
from small_tasks import make_points_task

from autolab.ledger.reader import read_ledger
from autolab.runs.store import read_run

EXPERIMENTS = 3
TRIALS = 2
_SIZE_KIB = 8192


def full_disk(folder: Path, kib: int, jobs: int) -> bool:
    """Whether the disk was full before the run's end. AssertionError: it did not pause, or something was lost."""
    disk = folder / f"disk{kib}"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE_KIB}k,mode=755", "none", disk], check=True)
    ballast = disk / "ballast"
    _fill(ballast, kib << 10)
    options = f"--attempts {TRIALS} --experiments {EXPERIMENTS} --jobs {jobs} --name all"
    words = ["run", str(folder / "points"), "-a", "climb", *options.split(), "--out", str(disk)]
    command = [sys.executable, "-m", "autolab.cli.main", *words]
    first = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    told = {(name, int(number)) for name, number in TOLD.findall(first.stderr)}
    paused = first.returncode != 0
    if paused:
        assert first.returncode in (1, 2), first.stderr
        assert "Traceback" not in first.stderr, first.stderr
        last = [line for line in first.stderr.splitlines() if line][-1]
        assert last.startswith("autolab: "), first.stderr
        assert last.endswith("make room, then run the same command again"), first.stderr
        assert first.stderr.count("autolab: ") <= 2, "the trials of the run, and why it pauses"
        for name, number in told:
            assert number in _experiments(disk / "all" / "trials" / name)
        for name, word in (("all", "show"), ("all/trials/points__climb__1", "show")):
            shown = subprocess.run([*command[:3], word, str(disk / name)], cwd=folder, capture_output=True, text=True)
            assert "Traceback" not in shown.stderr, shown.stderr
    ballast.unlink()
    again = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    trials = read_run(disk / "all")
    assert len(trials) == TRIALS
    for trial in trials:
        kinds = Counter(line.record.type for line in read_ledger(trial.folder / "ledger.jsonl"))
        assert (kinds["trial_started"], kinds["grade"], kinds["trial_ended"]) == (1, 1, 1)
        assert _experiments(trial.folder) == list(range(1, EXPERIMENTS + 1))
        assert trial.state.lab_errors == 0, "a full disk is no experiment"
        assert trial.state.closed is not None
        assert trial.state.closed.reason == "experiments"
        assert {(trial.name, number) for name, number in told if name == trial.name} <= {(trial.name, n) for n in range(EXPERIMENTS + 1)}
    return paused


def _fill(ballast: Path, left: int) -> None:
    """Writes until `left` bytes are free."""
    found = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - left)


def _experiments(trial: Path) -> list[int]:
    return [line.record.number for line in read_ledger(trial / "ledger.jsonl") if line.record.type == "experiment"]


if __name__ == "__main__":
    place = Path(sys.argv[1])
    make_points_task(place / "points")
    print(json.dumps({kib: full_disk(place, int(kib), 1 + number % 2) for number, kib in enumerate(sys.argv[2:])}))
