"""`autolab doctor` says what is there, what is not, and how to mend it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autolab.cli.doctor import able
from autolab.cli.doctor_checks import TOOLS, Check, _shortfall, all_checks, storage, tools
from autolab.sandbox.box import Sandbox


def test_this_machine_is_able(sandbox: Sandbox) -> None:
    """Where the tests run, the suite runs: doctor agrees, in words and in its exit code."""
    del sandbox
    done = subprocess.run([sys.executable, "-m", "autolab.cli.main", "doctor", "--json"], capture_output=True, check=False)
    report = json.loads(done.stdout)
    assert report["ok"], report
    assert done.returncode == 0
    assert {check["name"] for check in report["checks"]} >= {*TOOLS, "sandbox", "valgrind in a box", "cores", "free disk"}


def test_every_failed_check_says_how_to_mend_it() -> None:
    assert [check.name for check in all_checks() if not check.ok and not check.mend] == []


def test_empty_usr_lists_every_tool_with_its_package(tmp_path: Path) -> None:
    found = list(tools(tmp_path))
    assert [check.name for check in found] == list(TOOLS)
    assert not any(check.ok for check in found)
    assert all(TOOLS[check.name].package in check.mend for check in found)
    assert {check.state for check in found} == {"missing", "limited"}


def test_tool_outside_usr_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rustc in somebody's home is on the PATH, but no box sees it; the report names it, so that nobody wonders."""
    fake = tmp_path / "rustc"
    fake.write_text("#!/bin/sh\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    rustc = next(check for check in tools(tmp_path / "empty") if check.name == "rustc")
    assert not rustc.ok
    assert str(fake) in rustc.found


def test_unwritable_cache_is_a_limit_not_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    cache = next(check for check in storage() if check.name == "cache folder")
    assert cache.state == "limited"
    assert "XDG_CACHE_HOME" in cache.mend


def test_only_what_is_needed_decides() -> None:
    there, absent = Check("a", ok=True, found=""), Check("b", ok=False, found="", mend="m")
    assert able([there, Check("c", ok=False, found="", needed=False)])
    assert not able([there, absent])


def test_protection_without_a_substitute_is_needed() -> None:
    lesser = _shortfall("pinning by affinity only; run the lab as root")
    assert (lesser.found, lesser.mend, lesser.needed) == ("pinning by affinity only", "run the lab as root", False)
    assert _shortfall("seccomp is not in force inside boxes").needed


def test_machine_without_tools_exits_1(tmp_path: Path) -> None:
    """The whole command on a machine with a bare /usr/bin: a table, the mends, exit code 1, no traceback."""
    code = (
        "import sys; from pathlib import Path; from autolab.cli import doctor_checks, main;"
        f"bare = Path({str(tmp_path)!r}); doctor_checks.tools.__defaults__ = (bare,);"
        "sys.argv = ['autolab', 'doctor']; main.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    assert done.returncode == 1
    assert "apt-get install valgrind" in done.stderr
    assert "Traceback" not in done.stderr
