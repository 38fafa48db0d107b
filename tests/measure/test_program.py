"""One run of a program: what it gets, what is taken from it."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_programs import Build

from autolab.measure.program import Program, execute, read_output
from autolab.sandbox.box import Sandbox

HEAD = """
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int c, char **v) { umask(0); """
LEFT = {
    "nothing": ("", "missing"),
    "a link": ('symlink("/in/input", v[2]);', "a link"),
    "a link out of the box": ('symlink("/etc/shadow", v[2]);', "a link"),
    "a folder": ("mkdir(v[2], 0777);", "a folder"),
    "a FIFO": ("mkfifo(v[2], 0666);", "a FIFO"),
}


def test_a_run_gets_its_input_and_its_output_is_taken(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    program = build(HEAD + "char b[9]; int n = read(open(v[1], 0), b, 9); write(creat(v[2], 0600), b, n); return 0; }")
    run = execute(sandbox, program, b"\0\1\2", tmp_path)
    assert (run.box.ok, run.output, run.problem) == (True, b"\0\1\2", None)
    assert program.argv == ("./p", "/in/input", "/out/output")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("act", "reason"), LEFT.values(), ids=LEFT)
def test_an_output_that_is_no_regular_file_is_not_read(
    sandbox: Sandbox, build: Build, tmp_path: Path, act: str, reason: str
) -> None:
    program = build(HEAD + act + " return 0; }")
    run = execute(sandbox, program, b"", tmp_path)
    assert run.output is None
    assert run.problem is not None
    assert run.problem.startswith("output: ")
    assert reason in run.problem
    assert list(tmp_path.iterdir()) == []


def test_an_output_is_within_the_disk_limit(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    program = build(HEAD + "int f = creat(v[2], 0666); return ftruncate(f, 3 << 20); }")
    run = execute(sandbox, replace(program, limits=replace(program.limits, disk_mb=2)), b"", tmp_path)
    assert run.box.limit == "disk"
    (tmp_path / "output").write_bytes(b"123")
    assert read_output(tmp_path, "output", 3) == (b"123", None)
    assert read_output(tmp_path, "output", 2) == (None, "output: 3 bytes, more than 2")


def test_program_and_input_cannot_be_written_and_there_is_no_proc(
    sandbox: Sandbox, build: Build, tmp_path: Path
) -> None:
    source = HEAD + """
    int open_ones = (creat("/app/p2", 0666) >= 0) + (open("p", O_WRONLY) >= 0) + (open(v[1], O_WRONLY) >= 0)
                  + (creat("/in/more", 0666) >= 0) + (access("/proc/self", 0) == 0);
    return open_ones; }"""
    assert execute(sandbox, build(source), b"x", tmp_path).box.exit_code == 0


def test_the_command_is_the_same_for_every_run() -> None:
    program = Program(Path("/somewhere"), ("./p", "--in={input}", "{output}", "{other}"))
    assert program.argv == ("./p", "--in=/in/input", "/out/output", "{other}")
