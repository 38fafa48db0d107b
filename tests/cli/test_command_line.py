"""What holds for every command: help, errors in one line, exit codes, pipes."""

import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autolab import __version__
from autolab.cli.main import COMMANDS

TARGETS = {words: target for words, (target, _) in COMMANDS.items() if target}


def autolab(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autolab.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)  # type: ignore[call-overload]


@pytest.mark.parametrize("words", TARGETS)
def test_every_command_exists_and_says_what_it_does(words: str) -> None:
    """The table's short help and the function's docstring may differ in words; neither may be missing."""
    module, _, name = TARGETS[words].partition(":")
    function = getattr(importlib.import_module(module), name)
    assert inspect.getdoc(function)
    assert COMMANDS[words][1].endswith(".")


def test_help_lists_every_command() -> None:
    done = autolab("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert all(f"  {words} " in done.stdout for words in COMMANDS if " " not in words)


def test_help_of_a_group_lists_its_commands() -> None:
    done = autolab("tasks", "--help")
    assert done.returncode == 0
    assert all(f"  {words.split()[1]} " in done.stdout for words in COMMANDS if words.startswith("tasks "))


def test_help_imports_no_command() -> None:
    code = "import sys\nfrom autolab.cli.main import main\ntry: main()\nfinally: print(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    ours = {name for name in done.stderr.split() if name.startswith("autolab.")}
    assert ours <= {"autolab.cli", "autolab.cli.main", "autolab.cli.lazy", "autolab.errors"}
    assert not {"rich", "pydantic", "numpy"} & set(done.stderr.split())


def test_version_is_the_package_s() -> None:
    assert autolab("--version").stdout == f"autolab {__version__}\n"


@pytest.mark.parametrize(("mistyped", "meant"), [(("shwo",), "show"), (("tasks", "lsit"), "list"), (("doctr",), "doctor")])
def test_mistyped_command_gets_a_suggestion(mistyped: tuple[str, ...], meant: str) -> None:
    done = autolab(*mistyped)
    assert done.returncode == 2
    assert f"Did you mean '{meant}'?" in done.stderr
    assert done.stdout == ""


def test_mistyped_option_gets_a_suggestion() -> None:
    done = autolab("tasks", "list", "--jsno")
    assert done.returncode == 2
    assert "--json" in done.stderr


def test_error_is_one_line_without_traceback() -> None:
    done = autolab("tasks", "show", "no_such_task")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("autolab: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [("tasks", "schema"), ("tasks", "list"), ("--help",)], ids=" ".join)
def test_reader_that_stops_early_is_no_error(words: tuple[str, ...]) -> None:
    """`autolab tasks schema | head -1`: the closed pipe ends the command quietly."""
    command = [sys.executable, "-m", "autolab.cli.main", *words]
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True)
    finally:
        os.close(write)
    assert done.stderr == ""
    assert done.returncode in {0, 1}


def test_commands_run_in_any_folder(tmp_path: Path) -> None:
    assert autolab("tasks", "list", cwd=tmp_path).stdout == autolab("tasks", "list", cwd="/").stdout
