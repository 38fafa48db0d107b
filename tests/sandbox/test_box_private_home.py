"""A lab that is root, and whose Python, environment and home nobody else may enter."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pyseccomp
import pytest

import autolab

LAB = """
import os, sys
from pathlib import Path
from autolab.sandbox.box import BoxSpec, Mount
from autolab.sandbox.bubblewrap import default_sandbox
home = Path(sys.argv[1])
sandbox = default_sandbox()
(home / "task").mkdir()
(home / "task" / "verify.py").write_text("print('checked')")
(home / "tool").write_text("#!/bin/sh\\necho ran")
(home / "tool").chmod(0o755)
data = sandbox.make_folder(home, "data")
mounts = (
    Mount(home / "task", "/judge"),
    Mount(home / "tool", "/app/tool"),
    Mount(home / "venv", str(home / "venv")),
    Mount(data, "/data", writable=True),
)
script = f"/usr/bin/python3 /judge/verify.py; /app/tool; ls {home}; echo kept > /data/file; touch /judge/no 2>&1 | grep -c Read-only"
result = sandbox.run(BoxSpec(argv=("/bin/sh", "-c", script), mounts=mounts))
print(result.stdout.decode() + result.stderr.decode() + (data / "file").read_text(), end="")
(home / "secret").write_text("")
(home / "secret").chmod(0o600)
try:
    sandbox.run(BoxSpec(argv=("/bin/true",), mounts=(Mount(home / "secret", "/app/secret"),)))
except Exception as error:
    print(type(error).__name__, "chmod" in str(error))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's boxes run under the same uid, which owns the home")
def test_everything_below_a_home_of_mode_0700(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    venv.create(home / "venv", symlinks=True)
    shutil.copytree(Path(autolab.__file__).parent, home / "lib" / "autolab", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(pyseccomp.__file__, home / "lib")
    done = subprocess.run(
        [home / "venv" / "bin" / "python", "-W", "error", "-c", LAB, home],
        capture_output=True, text=True, cwd=home, env={"PYTHONPATH": f"{home}/lib", "HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["checked", "ran", "venv", "1", "kept", "SandboxError True"]
    assert home.stat().st_mode & 0o777 == 0o700
