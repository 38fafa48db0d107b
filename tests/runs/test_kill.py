"""kill -9 of a run at random moments loses nothing, doubles nothing and leaves nothing. scripts/chaos does it longer."""

from pathlib import Path

import pytest
from chaos import chaos

KILLS = 5


@pytest.mark.timeout(400)
def test_a_run_killed_at_random_moments_ends_with_every_trial_once(sandbox: object, tmp_path: Path) -> None:
    assert chaos(tmp_path, KILLS, seed=1)["kills"] == KILLS
