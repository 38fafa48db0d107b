"""Counting Go: what a count holds, and which runs are refused."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from small_go_task import BASELINE_GO, MAIN_GO

from autolab.measure.cachegrind import count, environment
from autolab.measure.log import CountRefused, parse_refs
from autolab.measure.program import Program, ProgramFailed
from autolab.sandbox.box import Limits, Sandbox

GoBuild = Callable[[str], Program]
COMMAND = ("./p", "/in/input", "/out/output")
LOG = """\
==7== Command: ./p /in/input /out/output
SYSCALL[7,1](56) sys_clone ( d0f00, 0xc000046000, 0x0, 0x0, 0xc000036090 ) --> [pre-success] Success(0x8)
SYSCALL[7,1](231) sys_exit_group( 0 )
==7== I   refs:      1,234,567
"""


@pytest.fixture(scope="module")
def go(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> GoBuild:
    """Compiles Go source (main.go of the small task, and another file) into a program of its own folder."""
    cache = tmp_path_factory.mktemp("go-cache")

    def make(source: str, main: str = MAIN_GO) -> Program:
        place = tmp_path_factory.mktemp("go")
        (place / "main.go").write_text(main)
        (place / "solve.go").write_text(source)
        folder = place / "app"
        folder.mkdir()
        env = {"PATH": "/usr/bin:/bin", "HOME": str(place), "GOCACHE": str(cache), "GO111MODULE": "off", "CGO_ENABLED": "0"}
        words = ["/usr/bin/go", "build", "-ldflags=-compressdwarf=false", "-o", str(folder / "p"), "main.go", "solve.go"]
        subprocess.run(words, check=True, cwd=place, env={**env, "GOPATH": str(place / "gopath")})
        return Program(folder, ("./p", "{input}", "{output}"), 16, Limits(memory_mb=1024), environment("off"))

    return make


def test_counts_of_one_program_lie_close_together_and_name_its_functions(go: GoBuild, sandbox: Sandbox, tmp_path: Path) -> None:
    program, given = go(BASELINE_GO), os.urandom(20_000)
    runs = [count(sandbox, program, given, tmp_path) for _ in range(3)]
    counts = [run.value for run in runs]
    assert min(counts) > 20_000 * 200  # some four instructions for each of the entries looked at, 128 of 256 on average
    assert max(counts) / min(counts) - 1 < 0.01
    assert runs[0].execution.output is not None
    assert len(runs[0].execution.output) == 20_000
    dearest = runs[0].profile[0]
    assert dearest.function in {"main.main", "main.counts"}
    assert dearest.share > 0.9
    assert runs[0].raw == {"Ir": int(counts[0])}
    assert list(tmp_path.iterdir()) == []


_EXEC = """\
package main

import "os/exec"

func counts(in []byte) []byte {
	exec.Command("/usr/bin/true").Run()
	return in
}
"""
_FORK = """\
package main

import "syscall"

func counts(in []byte) []byte {
	if child, _, _ := syscall.RawSyscall6(syscall.SYS_CLONE, 17, 0, 0, 0, 0, 0); child == 0 {
		for {
			syscall.RawSyscall(syscall.SYS_KILL, uintptr(syscall.Getpid()), 9, 0)
		}
	}
	return in
}
"""
_CODE = """\
package main

import "syscall"

func counts(in []byte) []byte {
	page, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE|syscall.PROT_EXEC, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	page[0] = 0xc3
	return in
}
"""


@pytest.mark.parametrize(
    ("source", "reason"),
    [(_EXEC, "another program or process"), (_FORK, "another program or process"), (_CODE, "makes code while it runs")],
    ids=["another program", "a child that ends without a word", "code made in memory"],
)
def test_work_that_a_count_would_miss_is_refused(go: GoBuild, sandbox: Sandbox, tmp_path: Path, source: str, reason: str) -> None:
    with pytest.raises(CountRefused, match=reason):
        count(sandbox, go(source), b"12", tmp_path)


def test_a_panic_is_a_failure_of_the_program(go: GoBuild, sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="exit code 2"):
        count(sandbox, go("package main\n\nfunc counts(in []byte) []byte { panic(in) }\n"), b"12", tmp_path)


def test_one_process_with_threads_is_believed() -> None:
    assert parse_refs(LOG, COMMAND).totals == (1_234_567,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("==7== I   refs:      1,234,567", "==7== I   refs:      1,234,567\n==7== I   refs:      5"),
        ("==7== I   refs:      1,234,567", "==7== I   refs:      12 refs: 4"),
        ("==7== I   refs:      1,234,567", "==8== I   refs:      1,234,567"),
        ("==7== I   refs:      1,234,567", "==7== I   refs:      ,,,"),
        ("sys_clone ( d0f00,", "sys_clone ( 11,"),
        ("sys_clone ( d0f00,", "sys_clone ( ?,"),
        ("d0f00, 0xc000046000, 0x0, 0x0, 0xc000036090 ) -->", "11, 0x0 ) --> [pre-success] Success(0x9) -->"),
        ("SYSCALL[7,1](231)", "SYSCALL[8,1](231)"),
        ("Success(0x8)", "Success(0x8) SYSCALL[7,2](56) sys_clone ( 11, 0x0 ) --> [pre-success] Success(0x9)"),
        ("(231) sys_exit_group( 0 )", "(1) sys_write ( 2 ) SYSCALL[7,2](9) sys_mmap ( 0x0, 4096, 7, 34, 4294967295, 0 )"),
        ("./p /in", "./q /in"),
    ],
)
def test_any_other_log_is_refused(old: str, new: str) -> None:
    assert old in LOG
    with pytest.raises(CountRefused):
        parse_refs(LOG.replace(old, new), COMMAND)


def test_every_go_program_has_one_p_and_one_policy() -> None:
    assert environment(100) == {"GOMAXPROCS": "1", "GODEBUG": "asyncpreemptoff=1", "GOGC": "100"}
