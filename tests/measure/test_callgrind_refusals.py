"""Programs that tamper with their own count get none."""

from pathlib import Path

import pytest
from small_programs import Build

from autolab.measure.callgrind import count
from autolab.measure.image import CLIENT_REQUEST, uncountable, uncountable_content
from autolab.measure.log import CountRefused, IllegalInstruction
from autolab.measure.program import ProgramFailed
from autolab.sandbox.box import Sandbox

HEAD = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
static void answer(char **v) { FILE *f = fopen(v[2], "wb"); fputs("42", f); fclose(f); }
static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */
"""

FORK = HEAD + "int main(int c, char **v) { if (fork() == 0) _exit(0); answer(v); return 0; }"
EXEC = HEAD + 'int main(int c, char **v) { answer(v); if (c < 4) execl("./p", "./p", v[1], v[2], "x", NULL); return 0; }'
SHELL = HEAD + 'int main(int c, char **v) { answer(v); system("true"); return 0; }'
MPROTECT = HEAD + r"""
int main(int c, char **v) {
    unsigned char *p = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(p, code, 6); mprotect(p, 4096, 5); answer(v); return ((int (*)(void))p)() != 42; }
"""
MAPPED_FILE = HEAD + r"""
int main(int c, char **v) {
    int f = open("/tmp/code", O_RDWR | O_CREAT, 0600); write(f, code, 6);
    void *p = mmap(0, 4096, 5, MAP_PRIVATE, f, 0); answer(v); return ((int (*)(void))p)() != 42; }
"""
MAPPED_WITHOUT_WRITE = HEAD + r"""
int main(int c, char **v) {
    int f = open("/tmp/code", O_RDWR | O_CREAT, 0600); ftruncate(f, 4096);
    memcpy(mmap(0, 4096, 3, MAP_SHARED, f, 0), code, 6);
    void *p = mmap(0, 4096, 5, MAP_PRIVATE | 0x810, f, 0); answer(v); return 0; }
"""
PLAIN = HEAD + "int main(int c, char **v) { answer(v); return 0; }"
FILES = {
    "a second file": 'close(creat("/profile/callgrind.out.2", 0644))',
    "a folder in its place": 'unlink("/profile/callgrind.out"); mkdir("/profile/callgrind.out", 0755)',
    "a link in its place": 'unlink("/profile/callgrind.out"); symlink("/out/elsewhere", "/profile/callgrind.out")',
}
LOG = HEAD + r"""
int main(int c, char **v) {
    static const char line[] = "\n==2== Events    : Ir\n==2== Collected : 1000\n";
    if (write(9, line, sizeof line - 1) < 0) return 5; /* the log's descriptor */
    answer(v); return 0; }
"""
REQUEST = HEAD + r"""
int main(int c, char **v) {
    volatile unsigned long args[6] = {0x43540002}; unsigned long result = 0; /* CALLGRIND_TOGGLE_COLLECT */
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                     : "=d"(result) : "a"(args), "0"(0) : "cc", "memory");
    answer(v); return 0; }
"""
SEGMENT = HEAD + r"""
__asm__(".section .own,\"awx\",@progbits\nspot: .skip 64\n.text\n");
int main(int c, char **v) { answer(v); return 0; }
"""
SHA = HEAD + r"""
int main(int c, char **v) { __m128i a = _mm_set1_epi32(c); a = _mm_sha256rnds2_epu32(a, a, a);
    answer(v); return _mm_cvtsi128_si32(a) == 77; }
"""
CARRY_LESS = HEAD + r"""
int main(int c, char **v) { __m256i a = _mm256_set1_epi32(c); a = _mm256_clmulepi64_epi128(a, a, 0);
    answer(v); return _mm256_extract_epi32(a, 0) == 77; }
"""


@pytest.mark.parametrize("source", [FORK, EXEC, SHELL], ids=["fork", "exec", "system"])
def test_a_counted_run_is_one_process(sandbox: Sandbox, build: Build, tmp_path: Path, source: str) -> None:
    with pytest.raises(CountRefused, match="another program or process"):
        count(sandbox, build(source, processes=8), b"", tmp_path, "instructions")


def test_where_one_process_is_allowed_no_other_starts_and_exec_is_refused(
    sandbox: Sandbox, build: Build, tmp_path: Path
) -> None:
    alone = count(sandbox, build(FORK), b"", tmp_path, "instructions")
    assert b"Success(0x" not in alone.execution.box.stderr.partition(b"sys_clone")[2].splitlines()[0]
    with pytest.raises(CountRefused, match="another program or process"):
        count(sandbox, build(EXEC), b"", tmp_path, "instructions")


@pytest.mark.parametrize("source", [MPROTECT, MAPPED_FILE, MAPPED_WITHOUT_WRITE], ids=["mprotect", "file", "shared"])
def test_code_made_while_running_is_refused(sandbox: Sandbox, build: Build, tmp_path: Path, source: str) -> None:
    with pytest.raises(CountRefused, match="makes code while it runs"):
        count(sandbox, build(source), b"", tmp_path, "instructions")


@pytest.mark.parametrize("act", FILES.values(), ids=FILES)
def test_a_forged_output_file_is_refused(sandbox: Sandbox, build: Build, tmp_path: Path, act: str) -> None:
    program = build(HEAD + "int main(int c, char **v) { answer(v); " + act + "; return 0; }")
    with pytest.raises((CountRefused, ProgramFailed)):  # Valgrind gives up where it cannot write its file
        count(sandbox, program, b"", tmp_path, "instructions")


def test_lines_written_into_the_log_are_refused(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    with pytest.raises(CountRefused, match="not exactly one"):
        count(sandbox, build(LOG), b"", tmp_path, "instructions")


def test_client_requests_are_found_before_anything_runs(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    with pytest.raises(CountRefused, match=r"p contains Valgrind client requests"):
        count(sandbox, build(REQUEST), b"", tmp_path, "instructions")


@pytest.mark.parametrize(
    ("flags", "source", "reason"),
    [
        (("-Wl,--no-warn-rwx-segments",), SEGMENT, "writable and executable"),
        (("-z", "execstack"), PLAIN, "executable stack"),
    ],
)
def test_a_build_with_room_for_new_code_is_refused(
    sandbox: Sandbox, build: Build, tmp_path: Path, flags: tuple[str, ...], source: str, reason: str
) -> None:
    with pytest.raises(CountRefused, match=reason):
        count(sandbox, build(source, *flags), b"", tmp_path, "instructions")


@pytest.mark.parametrize(
    ("flags", "source", "family"),
    [(("-msha", "-msse4.1"), SHA, "SHA-NI"), (("-mavx2", "-mvpclmulqdq"), CARRY_LESS, "VPCLMULQDQ")],
)
def test_an_instruction_that_cannot_be_counted_is_named(
    sandbox: Sandbox, build: Build, tmp_path: Path, flags: tuple[str, ...], source: str, family: str
) -> None:
    with pytest.raises(IllegalInstruction, match=family) as refused:
        count(sandbox, build(source, *flags), b"", tmp_path, "instructions")
    assert refused.value.family == family


def test_a_crash_is_the_programs_own_failure(sandbox: Sandbox, build: Build, tmp_path: Path) -> None:
    with pytest.raises(ProgramFailed, match="SIGSEGV"):
        count(sandbox, build("int main(void) { return *(volatile int *)8; }"), b"", tmp_path, "instructions")


def test_an_ordinary_build_is_countable_whatever_else_lies_in_it(build: Build, tmp_path: Path) -> None:
    program = build(PLAIN)
    assert uncountable(program.folder) is None
    (tmp_path / "data").write_bytes(b"\x7fEL")
    (tmp_path / "link").symlink_to("/dev/zero")
    assert uncountable(tmp_path) is None
    (tmp_path / "zoo").write_bytes(b"x" + CLIENT_REQUEST)
    assert (uncountable(tmp_path) or "").startswith("zoo contains")


def test_a_cut_off_or_foreign_program_file_is_refused(build: Build) -> None:
    content = (build(PLAIN).folder / "p").read_bytes()
    assert uncountable_content(content) is None
    assert uncountable_content(content[:80]) == "is a program file that is cut off"
    assert "64-bit" in (uncountable_content(content[:4] + b"\x01" + content[5:]) or "")
