"""A full disk pauses a run; the same command goes on once there is room."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "full_disk.py"
LEFT_KIB = ("0", "8", "24", "100", "140")
"""Left when the run begins: for no lock, for no ledger, for no bench, for some experiments, and for the most of a run."""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount small file systems")
@pytest.mark.timeout(400)
def test_a_run_pauses_on_a_full_disk_with_one_line_and_goes_on_when_there_is_room(sandbox: object, tmp_path: Path) -> None:
    words = ["unshare", "--mount", sys.executable, str(SCRIPT), str(tmp_path), *LEFT_KIB]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert all(json.loads(done.stdout).values()), f"a disk was not full: {done.stdout}"
