"""A log that is not exactly one undisturbed run's is refused (pure)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autolab.measure.log import Collected, CountRefused, IllegalInstruction, instruction_family, parse_log

COMMAND = ("./p", "/in/input", "/out/output")
KEYS = (
    "==2== Command: ./p /in/input /out/output",
    "==2== Events    : Ir",
    "==2== Collected : 115478",
    "--2-- BBs Executed:      24936",
    "--2-- scheduler: 24,936 event checks.",
)
CALLS = (
    "SYSCALL[2,1](9) sys_mmap ( 0x4838000, 4096, 5, 2066, 3, 4096 ) --> [pre-success] Success(0x4838000) ",
    "SYSCALL[2,1](10) sys_mprotect ( 0x10b000, 4096, 1 )[sync] --> Success(0x0) ",
    "SYSCALL[2,1](1) sys_write ( 3, 0x4036490, 2 ) --> [async] ... ",
    "SYSCALL[2,1](1) ... [async] --> Success(0x2) ",
)
LINES = (KEYS[0], "==2== ", *CALLS, *KEYS[3:4], *KEYS[1:3], "==2== I   refs:      115,478", KEYS[4])

REFUSED_CALLS = {
    "fork": "SYSCALL[2,1](57) sys_fork ( )   fork: process 2 created child 4",
    "clone": "SYSCALL[2,1](56) sys_clone ( 1200011, 0x0 )   clone(fork): process 2 created child 3",
    "exec": "SYSCALL[2,1](59) sys_execve ( 0x10a006(./e), 0x1fff000b30, 0x1fff000cf8 )",
    "executable memory": "SYSCALL[2,1](10) sys_mprotect ( 0x10b000, 4096, 5 )[sync] --> Success(0x0) ",
    "anonymous code": "SYSCALL[2,1](9) sys_mmap ( 0x0, 4096, 7, 34, 4294967295, 0 ) --> ",
    "a file mapped late": "SYSCALL[2,1](9) sys_mmap ( 0x0, 4096, 5, 2066, 3, 0 ) --> ",
    "arguments not understood": "SYSCALL[2,1](9) sys_mmap ( -1, 4096 ) --> ",
    "shared memory": "SYSCALL[2,1](30) wrap_sys_shmat ( 1, 0x0, 32768 ) --> ",
    "protection keys": "SYSCALL[2,1](329) sys_pkey_mprotect ( 0x10b000, 4096, 5, 0 ) --> ",
}


def log(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def test_an_undisturbed_log_gives_its_totals() -> None:
    assert parse_log(log(*LINES), COMMAND) == Collected(("Ir",), (115478,))


@given(st.sampled_from(KEYS), st.data())
def test_a_log_without_or_with_twice_a_line_that_counts_is_refused(key: str, data: st.DataObject) -> None:
    without = [line for line in LINES if line != key]
    with pytest.raises(CountRefused):
        parse_log(log(*without), COMMAND)
    place = data.draw(st.integers(0, len(LINES)))
    with pytest.raises(CountRefused):
        parse_log(log(*LINES[:place], key, *LINES[place:]), COMMAND)


@given(st.integers(0, 10**9), st.integers(0, len(LINES)), st.sampled_from([2, 3, 17]))
def test_a_forged_total_is_refused_wherever_it_stands(total: int, place: int, pid: int) -> None:
    forged = f"==2==\n=={pid}== Events    : Ir\n=={pid}== Collected : {total}"
    with pytest.raises(CountRefused):
        parse_log(log(*LINES[:place], forged, *LINES[place:]), COMMAND)


@pytest.mark.parametrize("call", REFUSED_CALLS.values(), ids=REFUSED_CALLS)
def test_a_call_that_gets_work_past_the_counter_is_refused(call: str) -> None:
    with pytest.raises(CountRefused):
        parse_log(log(*LINES[:6], call, *LINES[6:]), COMMAND)


def test_another_command_is_refused() -> None:
    with pytest.raises(CountRefused, match="another command"):
        parse_log(log(*LINES), ("./q",))


@pytest.mark.parametrize(
    ("blocks", "checks", "total", "reason"),
    [(10, 11, 1000, "switched counting off"), (1000, 1000, 999, "kept instructions out")],
)
def test_a_count_that_was_switched_off_is_refused(blocks: int, checks: int, total: int, reason: str) -> None:
    lines = (*KEYS[:2], f"==2== Collected : {total}", f"--2-- BBs Executed: {blocks}")
    with pytest.raises(CountRefused, match=reason):
        parse_log(log(*lines, f"--2-- scheduler: {checks} event checks."), COMMAND)


@given(st.text(alphabet="=-2 :.,0123456789EventsCollectedBBxu\n", max_size=200), st.integers(1, 40))
def test_whatever_the_log_says_it_is_read_or_refused(noise: str, digits: int) -> None:
    lines = (*KEYS[:2], f"==2== Collected : {'9' * digits}", noise, *KEYS[3:])
    try:
        parsed = parse_log(log(*lines), COMMAND)
    except CountRefused:
        return
    assert parsed.totals == (int("9" * digits),)


def test_an_illegal_instruction_is_told_before_anything_else() -> None:
    line = "vex amd64->IR: unhandled instruction bytes: 0xF 0x38 0xCB 0xC1 0x0 0x0 0x0 0x0 0x0 0x0"
    with pytest.raises(IllegalInstruction, match=r"SHA-NI \(bytes 0f 38 cb c1") as refused:
        parse_log(line, COMMAND)
    assert refused.value.code.startswith(b"\x0f\x38\xcb")


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("62 f1 7c 48 58", "AVX-512 (EVEX)"),
        ("44 0f 38 cb c1", "SHA-NI"),
        ("0f 3a cc c1 00", "SHA-NI"),
        ("c4 e2 7d dc c1", "VAES"),
        ("c4 e3 7d 44 c1 00", "VPCLMULQDQ"),
        ("c4 e2 7d 50 c1", "AVX-VNNI"),
        ("66 0f 38 cf c1", "GFNI"),
        ("66 0f ae 38", "CLFLUSHOPT or CLWB"),
        ("0f 0b", "UD2 (the program trapped itself)"),
        ("c5", "an AVX instruction (VEX)"),
        ("", "an instruction unknown to Valgrind"),
    ],
)
def test_an_instruction_is_named_by_its_bytes(code: str, family: str) -> None:
    assert instruction_family(bytes.fromhex(code)) == family
