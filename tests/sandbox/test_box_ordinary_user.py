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


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: the contract's own tests run as an ordinary user already")
def test_the_whole_contract_holds_for_an_ordinary_user(place: Path) -> None:
    interpreter = reachable_python()
    if interpreter is None:
        pytest.skip("an ordinary user can reach neither this Python nor a Python of the system from 3.11 on")
    (place / "work").mkdir()
    os.chown(place / "work", USER, USER)
    done = subprocess.run(
        [interpreter, "-W", "error", "-c", CHECK, place / "work"],
        user=USER, group=USER, extra_groups=[], capture_output=True, cwd="/",
        env={"PYTHONPATH": f"{place}/lib", "PYTHONDONTWRITEBYTECODE": "1", "SECRET": "key"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    told = json.loads(done.stdout)
    assert told["failed"] == []
    assert {"seccomp", "no-new-privileges", "no-capabilities", "netns", "pidns", "rlimits"} <= set(told["features"])
    assert not any(feature.startswith("uid-slot") for feature in told["features"])
    missing = " ".join(told["missing"])
    assert "run the lab as root" in missing
    controllers = next((f for f in told["features"] if f.startswith("cgroup")), "")
    assert ("memory" in controllers) != ("no memory cgroup" in missing)
    assert ("pids" in controllers) != ("no pids cgroup" in missing)
    assert ("cpuset" in controllers) != ("affinity only" in missing)
