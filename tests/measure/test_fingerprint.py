"""The fingerprint follows the toolchain, not the place or the time."""

import os
import re
from pathlib import Path

import pytest

from autolab.measure.fingerprint import Toolchain, machine, toolchain, toolchain_of


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A compiler that tells its version, and a library."""
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho 'cc 1.0'\necho more\n")
    compiler.chmod(0o755)
    (tmp_path / "libc.so").write_bytes(b"library, version 1")
    return tmp_path


def ask(tools: Path, cache: str = "cache") -> Toolchain:
    commands = {"cc": (str(tools / "cc"), "--version"), "absent": (str(tools / "absent"), "--version")}
    return toolchain_of(commands, {"libc": (str(tools / "elsewhere"), str(tools / "libc.so"))}, tools / cache)


def test_it_is_the_same_again_from_the_cache_and_without_it(tools: Path) -> None:
    first = ask(tools)
    assert first.versions["cc"] == "cc 1.0"
    assert "absent" not in first.versions
    assert ask(tools) == first
    assert len(list((tools / "cache").iterdir())) == 1
    assert ask(tools, "another cache") == first


def test_it_does_not_depend_on_times_of_files(tools: Path) -> None:
    first = ask(tools)
    os.utime(tools / "libc.so", (1, 1))
    assert ask(tools) == first


def test_it_changes_with_a_librarys_content(tools: Path) -> None:
    first = ask(tools)
    (tools / "libc.so").write_bytes(b"library, version 2")
    assert ask(tools).fingerprint != first.fingerprint


def test_it_changes_with_a_tools_version_and_with_a_missing_tool(tools: Path) -> None:
    first = ask(tools)
    (tools / "cc").write_text("#!/bin/sh\necho 'cc 2.0'\n")
    second = ask(tools)
    (tools / "cc").unlink()
    assert len({first.fingerprint, second.fingerprint, ask(tools).fingerprint}) == 3
    assert second.versions["cc"] == "cc 2.0"


def test_a_broken_tool_or_cache_is_no_error(tools: Path) -> None:
    first = ask(tools)
    for kept in (tools / "cache").iterdir():
        kept.write_text("[]")
    assert ask(tools) == first
    (tools / "file").write_text("no folder")
    assert ask(tools, "file/cache") == first
    (tools / "cc").write_text("#!/bin/sh\nexit 3\n")
    assert ask(tools).versions["cc"] == "gives no version (exit code 3)"


def test_this_machines_toolchain_is_told() -> None:
    found = toolchain()
    assert re.fullmatch(r"[0-9a-f]{16}", found.fingerprint)
    assert found.versions["gcc"].startswith("gcc")
    assert found.versions["valgrind"].startswith("valgrind-3.")
    assert toolchain() is found
    assert {"cpu", "cores", "memory", "kernel", "system", "arch"} == set(machine())
