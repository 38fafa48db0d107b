"""Kills `autolab run` at random moments and runs the same command again, until every trial is done exactly once.

    python tests/chaos.py [KILLS] [--seed N]

Each kill is kill -9 of the command alone, as a crash or the kernel's out-of-memory killer would do it. After each: nothing
of the run is left running or mounted, and what the command had told on stderr is in the ledgers.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from small_tasks import make_quick_task

from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Experiment, TrialEnded
from autolab.runs.store import read_run

TRIALS = 4
EXPERIMENTS = 3
TOLD = re.compile(r"^(\S+): +(\d+)  \S", re.MULTILINE)
_CHANGE_S = 60.0  # for the changes of ledgers that such a kill waits for
_GONE_S = 30.0  # for processes of a killed run to be gone; the kernel needs milliseconds on an idle machine


def chaos(folder: Path, kills: int, seed: int) -> dict[str, float]:
    """Does `kills` kills, on as many runs as they take, and gives figures. AssertionError: something was lost or left."""
    make_quick_task(folder / "small")
    rng = random.Random(seed)
    done = runs = 0
    while done < kills:
        runs += 1
        command = _command(f"run{runs}")
        told: set[tuple[str, int]] = set()
        place = folder / "runs" / f"run{runs}"
        while done < kills:
            ended, said = _run_and_kill(command, folder, place, rng)
            told |= {(name, int(number)) for name, number in TOLD.findall(said)}
            _assert_nothing_left(place)
            _assert_kept(place, told)
            if ended:
                break
            done += 1
        finished = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert finished.returncode == 0, finished.stderr
        _assert_once(place)
        _assert_nothing_left(place)
    return {"kills": done, "runs": runs, "trials": runs * TRIALS}


def _command(name: str) -> list[str]:
    words = f"run ./small -a nop,climb --attempts {TRIALS // 2} --experiments {EXPERIMENTS} --jobs 2 --name {name}"
    return [sys.executable, "-m", "autolab.cli.main", *words.split()]


def _run_and_kill(command: list[str], folder: Path, place: Path, rng: random.Random) -> tuple[bool, str]:
    """Whether it came to its end before the kill, and what it said. Half of the kills follow a ledger's change at once."""
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=said)
        at_change = rng.randint(1, 5) if rng.random() < 0.5 else None
        end = time.monotonic() + (rng.uniform(0.3, 6.0) if at_change is None else _CHANGE_S)
        size, changes = _size(place), 0
        while process.poll() is None and time.monotonic() < end and changes != at_change:
            time.sleep(0.002)
            changes += size != (size := _size(place))
        seen = processes_of(place.parent.parent)
        ended = process.poll() is not None
        assert seen or ended, "a process that runs is not found"
        process.kill()
        code = process.wait()
        said.seek(0)
        text = said.read()
    assert not ended or code == 0, text
    return ended, text


def _size(place: Path) -> int:
    return sum(ledger.stat().st_size for ledger in place.glob("trials/*/ledger.jsonl"))


def _assert_nothing_left(place: Path) -> None:
    end = time.monotonic() + _GONE_S
    while left := [*processes_of(place.parent.parent), *_mounts_of(place)]:
        assert time.monotonic() < end, left
        time.sleep(0.02)


def processes_of(folder: Path) -> list[str]:
    """Processes of any lab, worker or box of runs in this folder: by their command line, or one of their mounts."""
    found = []
    word = os.fsencode(folder)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) == os.getpid() or (process / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                continue
            here = os.fsencode((process / "cwd").readlink())
            seen = (process / "cmdline").read_bytes()
            mounted = (process / "mountinfo").read_bytes()
        except OSError:
            continue
        if here.startswith(word) or (b"autolab" in seen and word in seen) or (word in mounted):
            found.append(f"{process.name}: {seen.decode(errors='replace')}")
    return found


def _mounts_of(place: Path) -> list[str]:
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(place.parent.parent) in line]


def _assert_kept(place: Path, told: set[tuple[str, int]]) -> None:
    """What was told is in a ledger whose chain holds."""
    for name, number in told:
        lines = read_ledger(place / "trials" / name / "ledger.jsonl")
        numbers = [line.record.number for line in lines if isinstance(line.record, Experiment)]
        assert number in numbers, (name, number, numbers)


def _assert_once(place: Path) -> None:
    trials = read_run(place)
    assert len(trials) == TRIALS
    for trial in trials:
        assert trial.problem is None
        lines = read_ledger(trial.folder / "ledger.jsonl")
        assert sum(isinstance(line.record, TrialEnded) for line in lines) == 1
        assert sum(line.record.type == "grade" for line in lines) == 1
        assert sum(line.record.type == "trial_started" for line in lines) == 1
        wanted = 1 if "__nop__" in trial.name else EXPERIMENTS
        assert len(trial.state.experiments) == wanted, trial.name
        assert not (trial.folder / "bench").exists()
        assert not (trial.folder / "work").exists()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    words = parser.parse_args()
    print(f"chaos: {words.kills} kills, seed {words.seed}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="autolab-chaos-") as name:
        Path(name).chmod(0o755)
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        print(json.dumps(chaos(Path(name), words.kills, words.seed)))
