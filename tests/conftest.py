"""What all tests share: the machine's sandbox, a cache folder of their own, and what happens where a tool is missing."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab.sandbox.box import Sandbox
from autolab.sandbox.bubblewrap import default_sandbox

IN_CI = bool(os.environ.get("CI"))
TOOLS = ("bwrap", "valgrind", "gcc", "g++", "make", "go", "git", "python3", "ps")
"""What scripts/setup installs and tests run, looked for in /usr/bin only, as boxes do."""


def missing_tools() -> list[str]:
    return [tool for tool in TOOLS if not os.access(f"/usr/bin/{tool}", os.X_OK)]


def pytest_sessionstart() -> None:
    """A machine that judges changes has every tool: nothing is skipped there unseen.

    Whoever starts the tests in the background or under nohup hands down ignored signals; what tests send must arrive.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if IN_CI and missing_tools():
        pytest.exit(f"missing in /usr/bin: {', '.join(missing_tools())}; run scripts/setup", returncode=1)


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """This machine's sandbox. Where a tool is missing the test is skipped, and says which."""
    if missing_tools():
        pytest.skip(f"missing in /usr/bin: {', '.join(missing_tools())}; run scripts/setup")
    return default_sandbox()


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests never read or write the user's cache; they share one per process, or each would measure anchors anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module", autouse=True)
def _no_box_left() -> Iterator[None]:
    """No module of tests leaves a box running. A killed box may take a moment to go."""
    before = _running_boxes()
    yield
    deadline = time.monotonic() + 5
    while (left := _running_boxes() - before) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left, f"boxes still run after these tests: process {sorted(left)}"


def _running_boxes() -> set[int]:
    """Children of this process that are bubblewrap and no zombies; their orphans come to this process too."""
    children = " ".join(_text(task / "children") for task in Path("/proc/self/task").iterdir()).split()
    return {int(pid) for pid in children if _is_box(_text(Path("/proc", pid, "stat")))}


def _is_box(stat: str) -> bool:
    name, _, rest = stat.partition(" (")[2].rpartition(") ")
    return name == "bwrap" and not rest.startswith("Z")


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # gone since it was listed
        return ""
