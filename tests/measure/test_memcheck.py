"""Counting heap blocks of real programs in real boxes, and refusing logs that are not one undisturbed run's."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_programs import Build

from autolab.measure.log import CountRefused
from autolab.measure.memcheck import count_blocks, parse_heap, value_of
from autolab.measure.program import ProgramFailed
from autolab.sandbox.box import Sandbox

HEAD = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/mman.h>\n#include <unistd.h>\n"
BLOCKS = HEAD + r"""
int main(int c, char **v) {
    char text[8] = {0}; FILE *f = fopen(v[1], "rb");
    if (!f || setvbuf(f, NULL, _IONBF, 0) || fread(text, 1, 7, f) < 1) return 3;
    for (int i = atoi(text); i > 0; i--) {
        volatile char *p = malloc(10);
        p = realloc((void *)p, 200); *p = 1; free((void *)p);
        p = calloc(3, 3); *p = 1; free((void *)p);
        p = aligned_alloc(64, 128); *p = 1; free((void *)p);
    }
    return creat(v[2], 0644) < 0; }
"""
FORGED = HEAD + r"""
int main(int c, char **v) {
    static const char line[] = "\n==2==   total heap usage: 0 allocs, 0 frees, 0 bytes allocated\n";
    return write(9, line, sizeof line - 1) < 0; }
"""
FORKS = HEAD + "int main(void) { return fork() == 0 ? 0 : malloc(1) == NULL; }\n"
COMMAND = ("./p", "/in/input", "/out/output")
NAMED = "==2== Command: ./p /in/input /out/output"
TOTAL = "==2==   total heap usage: 1,017 allocs, 17 frees, 3,463 bytes allocated"


def test_every_call_that_gives_memory_is_one_block(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    program = build(BLOCKS)
    none, some, again = (count_blocks(sandbox, program, rounds, tmp_path) for rounds in (b"0", b"250", b"250"))
    assert some.raw == again.raw
    assert some.blocks - none.blocks == 250 * 4
    assert some.raw["bytes"] - none.raw["bytes"] == 250 * (10 + 200 + 9 + 128)
    assert value_of(none.blocks) == none.blocks + 1
    assert list(tmp_path.iterdir()) == []


def test_memory_that_is_not_the_allocator_s_is_not_seen(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    mapped = HEAD + "int main(void) { return mmap(0, 9000, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED; }\n"
    assert count_blocks(sandbox, build(mapped), b"", tmp_path).blocks == 0


@pytest.mark.parametrize(("source", "reason"), [(FORGED, "2 lines 'total heap usage'"), (FORKS, "one process")])
def test_a_program_that_tampers_with_its_count_has_none(
    sandbox: Sandbox, build: Build, tmp_path: Path, source: str, reason: str
) -> None:
    with pytest.raises(CountRefused, match=reason):
        count_blocks(sandbox, build(source, processes=4), b"", tmp_path)


def test_a_program_that_fails_has_no_count(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="exit code 3"):
        count_blocks(sandbox, build(BLOCKS), b"", tmp_path)


def test_the_total_of_one_process_is_read() -> None:
    assert parse_heap(f"{NAMED}\n{TOTAL}\n", COMMAND) == (1017, 3463)


@pytest.mark.parametrize(
    "lines",
    [
        (NAMED,),
        (NAMED, TOTAL, TOTAL),
        (NAMED, TOTAL.replace("==2==", "==3==")),
        (NAMED, TOTAL, "anything total heap usage: anything"),
        (NAMED, TOTAL.replace("1,017", "-1")),
        (NAMED, NAMED, TOTAL),
        (NAMED.replace("input", "other"), TOTAL),
        (NAMED, "SYSCALL[2,1](57) sys_fork ( )", TOTAL),
    ],
)
def test_any_other_log_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(CountRefused):
        parse_heap("\n".join(lines) + "\n", COMMAND)


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_figures_are_read_as_valgrind_writes_them(blocks: int, amount: int) -> None:
    line = f"==2==   total heap usage: {blocks:,} allocs, 1 frees, {amount:,} bytes allocated"
    assert parse_heap(f"{NAMED}\n{line}\n", COMMAND) == (blocks, amount)
