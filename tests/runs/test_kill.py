"""kill -9 of a run at any moment loses nothing, doubles nothing and leaves nothing. scripts/chaos does it longer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from chaos import chaos

from autolab import crash
from autolab.errors import AutolabError

KILLS = 5


@pytest.mark.timeout(400)
def test_a_run_killed_at_random_moments_ends_with_every_trial_once(sandbox: object, tmp_path: Path) -> None:
    assert chaos(tmp_path, KILLS, seed=1)["kills"] == KILLS


@pytest.mark.timeout(600)
def test_a_trial_killed_at_every_crash_point_goes_on_and_is_done_exactly_once(sandbox: object) -> None:
    script = Path(__file__).parents[1] / "crash_points.py"  # in a process without threads, which may fork
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["points"] == len(crash.POINTS)


def test_a_crash_point_that_does_not_exist_is_refused_and_without_the_variable_none_does_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(crash.VARIABLE, raising=False)
    crash.crash_point("ledger.append")
    assert not crash.passed
    for wanted in ("ledger.lost", "ledger.append:x"):
        monkeypatch.setenv(crash.VARIABLE, wanted)
        with pytest.raises(AutolabError, match=r"give NAME or NAME:N, with NAME one of .*ledger\.append"):
            crash.crash_point("ledger.append")
    crash.passed.clear()
