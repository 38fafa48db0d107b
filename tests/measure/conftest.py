"""Small real C programs, compiled once."""

import itertools
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings
from small_programs import LOOP, Build

from autolab.measure.program import Program
from autolab.sandbox.box import Limits, Sandbox

settings.register_profile("no deadline", deadline=None)  # a busy machine is no failure
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def build(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Compiles C source into a program of its own folder; the same source and flags are compiled once.

    Where there is no sandbox for it, its tests are skipped with the sandbox's reason.
    """
    assert sandbox
    numbers = itertools.count()
    done: dict[tuple[str, ...], Path] = {}

    def make(source: str, *flags: str, processes: int = 1, wall_s: float = 60.0) -> Program:
        if (source, *flags) not in done:
            place = tmp_path_factory.mktemp(f"program{next(numbers)}")
            (place / "source.c").write_text(source)
            folder = place / "app"
            folder.mkdir()
            subprocess.run(
                ["/usr/bin/gcc", "-O1", "-g", "-w", "-o", str(folder / "p"), str(place / "source.c"), *flags], check=True
            )
            done[source, *flags] = folder
        return Program(done[source, *flags], ("./p", "{input}", "{output}"), processes, Limits(wall_s=wall_s))

    return make


@pytest.fixture(scope="session")
def loop(build: Build) -> Program:
    return build(LOOP)
