"""The sandbox works for an ordinary user as it does for root, and says what it then lacks."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyseccomp
import pytest

import autolab
from autolab.sandbox import ownership
from autolab.sandbox.bubblewrap import default_sandbox

USER = 61_099
"""No box's uid, and nobody's."""

CHECK = """
import json, sys
from pathlib import Path
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.sandbox.contract import check
in_force = default_sandbox().in_force()
failed = check(default_sandbox(), Path(sys.argv[1]))
print(json.dumps({"failed": failed, "features": in_force.features, "missing": in_force.missing}))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody can reach, with the package in it."""
    folder = Path(tempfile.mkdtemp(prefix="autolab-test-"))
    try:
        shutil.copytree(Path(autolab.__file__).parent, folder / "lib" / "autolab", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(pyseccomp.__file__, folder / "lib")
        subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
        yield folder
    finally:
        default_sandbox().remove_folder(folder)


def reachable_python() -> Path | None:
    """This Python where it is not below a home of root's, else the system's."""
    for path in (Path(getattr(sys, "_base_executable", sys.executable)), Path("/usr/bin/python3")):
        if path.exists() and ownership.reachable(path.resolve(), USER):
            version = subprocess.run([path, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True)
            if version.stdout == b"True\n":
                return path
    return None


def by_an_ordinary_user(place: Path, code: str) -> bytes:
    """What the code prints when it is run with a folder of the user's own as its argument."""
    interpreter = reachable_python()
    if interpreter is None:
        pytest.skip("an ordinary user can reach neither this Python nor a Python of the system from 3.11 on")
    (place / "work").mkdir()
    os.chown(place / "work", USER, USER)
    done = subprocess.run(
        [interpreter, "-W", "error", "-c", code, place / "work"],
        user=USER, group=USER, extra_groups=[], capture_output=True, cwd="/",
        env={"PYTHONPATH": f"{place}/lib", "PYTHONDONTWRITEBYTECODE": "1", "SECRET": "key"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the contract's own tests run as an ordinary user already")
def test_the_whole_contract_holds_for_an_ordinary_user(place: Path) -> None:
    told = json.loads(by_an_ordinary_user(place, CHECK))
    assert told["failed"] == []
    assert {"seccomp", "no-new-privileges", "no-capabilities", "netns", "pidns", "rlimits"} <= set(told["features"])
    assert not any(feature.startswith("uid-slot") for feature in told["features"])
    missing = " ".join(told["missing"])
    assert "run the lab as root" in missing
    controllers = next((f for f in told["features"] if f.startswith("cgroup")), "")
    assert ("memory" in controllers) != ("no memory cgroup" in missing)
    assert ("pids" in controllers) != ("no pids cgroup" in missing)
    assert ("cpuset" in controllers) != ("affinity only" in missing)


FREEZE = """
import sys, threading, time
from pathlib import Path
from autolab.sandbox.box import BoxSpec, Mount
from autolab.sandbox.bubblewrap import default_sandbox
from autolab.sandbox.freeze import Freezer
folder, freezer = Path(sys.argv[1]), Freezer()
script = "while [ ! -e end ]; do (echo >> beat); done"
spec = BoxSpec(argv=("/bin/sh", "-c", script), mounts=(Mount(folder, "/data", writable=True),), cwd="/data")
box = threading.Thread(target=default_sandbox().run, args=(spec, freezer))
box.start()
while not (folder / "beat").exists():
    time.sleep(0.01)
with freezer.frozen():
    before = (folder / "beat").stat().st_size
    time.sleep(0.2)
    print((folder / "beat").stat().st_size - before)
    (folder / "end").touch()
box.join()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the other tests run as an ordinary user already")
def test_an_ordinary_user_s_box_can_be_frozen(place: Path) -> None:
    assert by_an_ordinary_user(place, FREEZE) == b"0\n"
