"""Reads Valgrind's own log of a counted run, and refuses it unless it is the log of one whole, undisturbed run. Pure.

The log is a pipe that only the lab reads: nothing written to it can be taken back. The candidate lives in Valgrind's
process and can write to the pipe too, so the rule is that a log with anything besides one run's lines is refused. Exec is
seen because system calls are traced: Valgrind writes the call down before it happens, whatever runs afterwards. So is
memory that becomes executable, without which nobody can make a client request that was not in the build (`image.py`).
"""

import re
from dataclasses import dataclass

from autolab.errors import AutolabError

# System calls by their numbers (Linux, x86-64): Valgrind writes `SYSCALL[pid,thread](number) name ( arguments )`.
_NEW_PROCESS = re.compile(r"\]\((?:57|58|59|322)\)|sys_execve|\(v?fork\)")  # fork, vfork, execve, execveat
_CLONE = re.compile(r"\]\(56\) (?!\.\.\. )([^\n]*)")
_CLONE_FLAGS = re.compile(r"sys_clone \( ([0-9a-f]{1,8}), ")
_CLONE_REFUSED = re.compile(r"sys_clone \([0-9a-fx, ]+\) --> \[pre-fail\] Failure\(0x[0-9a-f]+\) *")
_CLONE_THREAD = 0x10000
_TRACED = re.compile(r"SYSCALL\[(\d+),")
_CALL = re.compile(r"\]\((\d+)\) (?!\.\.\. )([^\n]*)")
_MPROTECT, _MMAP = 10, 9
_SHMAT, _PKEY_MPROTECT = 30, 329
_MPROTECT_ARGUMENTS = re.compile(r"sys_mprotect \( 0x[0-9a-f]+, \d+, (\d+) \)")
_MMAP_ARGUMENTS = re.compile(r"sys_mmap \( 0x[0-9a-f]+, \d+, (\d+), (\d+), ")
_WRITE, _EXECUTE = 2, 4  # PROT_WRITE, PROT_EXEC
_SHARED, _ANONYMOUS = 1, 32  # MAP_SHARED, MAP_ANONYMOUS
_LOADING = frozenset({0, 2, 3, 4, 5, 6, 9, 10, 11, 12, 17, 21, 79, 89, 158, 202, 218, 257, 262, 269, 273, 302, 318, 334})
"""What the dynamic loader calls before the program starts: read, open, close, stat, fstat, lstat, mmap, mprotect, munmap,
brk, pread64, access, getcwd, readlink, arch_prctl, futex, set_tid_address, openat, newfstatat, faccessat, set_robust_list,
prlimit64, getrandom, rseq. None of them can put bytes into a file."""
_DIGITS = 18  # of a count that fits 64 bits
_SHA = tuple(bytes([opcode]) for opcode in range(0xC8, 0xCE))  # sha1nexte to sha256msg2
_ILLEGAL = re.compile(r"unhandled instruction bytes:((?: 0x[0-9A-Fa-f]{1,2})+)")


class CountRefused(AutolabError):  # noqa: N818 - an outcome
    """A count that cannot be believed; the judge makes the measurement `invalid` with this reason."""


class IllegalInstruction(CountRefused):
    """The counted run came to an instruction that Valgrind does not know. `family` names it as well as its bytes tell."""

    def __init__(self, code: bytes) -> None:
        self.code = code
        self.family = instruction_family(code)
        shown = code[:8].hex(" ")
        super().__init__(
            f"the counted run met an instruction that cannot be counted: {self.family} (bytes {shown}); "
            "build for x86-64-v3 only"
        )


@dataclass(frozen=True)
class Collected:
    """What the log says of one process: its events' totals, and how many blocks ran."""

    events: tuple[str, ...]
    totals: tuple[int, ...]


def illegal_instruction(log: str) -> IllegalInstruction | None:
    """The first instruction that Valgrind could not run, if there was one."""
    match = _ILLEGAL.search(log)
    return IllegalInstruction(bytes(int(byte, 16) for byte in match[1].split())) if match else None


def parse_log(log: str, command: tuple[str, ...]) -> Collected:
    """The totals that callgrind gives for the one process that the log is about."""
    pid = one_process(log, command)
    events = only(rf"^=={pid}== Events    : ([A-Za-z0-9 ]+)$", log, "Events", "Events    :")[0].split()
    totals = only(rf"^=={pid}== Collected : ([0-9 ]+)$", log, "Collected", "Collected :")[0].split()
    if len(events) != len(totals) or any(len(total) > _DIGITS for total in totals):
        raise CountRefused(f"the counted run's log has {len(totals)} totals for {len(events)} events, or too large ones")
    collected = Collected(tuple(events), tuple(int(total) for total in totals))
    _whole(log, pid, collected)
    return collected


def parse_refs(log: str, command: tuple[str, ...]) -> Collected:
    """The instructions that cachegrind gives for the one process that the log is about."""
    pid = one_process(log, command)
    (total,) = only(rf"^=={pid}== I   refs: +([0-9,]{{1,{2 * _DIGITS}}})$", log, "I refs", " refs:")
    figure = total.replace(",", "")
    if not figure or len(figure) > _DIGITS:
        raise CountRefused(f"the counted run's log has a total of {len(figure)} digits")
    return Collected(("Ir",), (int(figure),))


def one_process(log: str, command: tuple[str, ...]) -> str:
    """The number of the one process that the log is about, whatever tool wrote it.

    Raises CountRefused where there were more, where another program was started, or code was made while it ran.
    """
    if (illegal := illegal_instruction(log)) is not None:
        raise illegal
    log = log.replace("SYSCALL[", "\nSYSCALL[")  # a thread's call may stand in the middle of another one's line
    if _NEW_PROCESS.search(log) or not all(map(_is_thread, _CLONE.findall(log))):
        raise CountRefused(
            "the counted program tried to start another program or process; a counted run is one process"
        )
    if _makes_code(log):
        raise CountRefused("the counted program makes code while it runs; only code that was built can be counted")
    pid = only(r"^==(\d+)== Command: (.*)$", log, "Command")
    if pid[1] != " ".join(command):
        raise CountRefused(f"the counted run's log names another command: {pid[1][:80]!r}")
    if set(_TRACED.findall(log)) - {pid[0]}:
        raise CountRefused("the counted run's log has lines of another process; a counted run is one process")
    return pid[0]


def _is_thread(call: str) -> bool:
    """Whether a clone made a thread of the same process, or nothing at all."""
    if _CLONE_REFUSED.fullmatch(call):
        return True
    flags = _CLONE_FLAGS.match(call)
    return flags is not None and bool(int(flags[1], 16) & _CLONE_THREAD)


def instruction_family(code: bytes) -> str:
    """A name for an instruction from its first bytes (Intel SDM volume 2: prefixes and opcode maps).

    Only the families that Valgrind 3.19 lacks and that compilers or intrinsics make are told apart.
    """
    if code[:1] == b"\x62":
        return "AVX-512 (EVEX)"
    if code[:1] in (b"\xc4", b"\xc5"):
        return _vex_family(code)
    prefixes = b""
    while code[:1] and code[0] in b"\x66\xf2\xf3\x2e\x36\x3e\x26\x64\x65\x67":
        prefixes, code = prefixes + code[:1], code[1:]
    if code[:1] and 0x40 <= code[0] <= 0x4F:  # REX
        code = code[1:]
    if (code[:2] == b"\x0f\x38" and code[2:3] in _SHA) or code[:3] == b"\x0f\x3a\xcc":
        return "SHA-NI"
    if code[:3] == b"\x0f\x38\xcf" or code[:3] in (b"\x0f\x3a\xce", b"\x0f\x3a\xcf"):
        return "GFNI"
    if code[:2] == b"\x0f\xae":
        return "CLFLUSHOPT or CLWB" if b"\x66" in prefixes else "an XSAVE or fence instruction"
    if code[:2] == b"\x0f\xc7":
        return "XSAVEC or a random-number instruction"
    if code[:2] == b"\x0f\x0b":
        return "UD2 (the program trapped itself)"
    return "an instruction unknown to Valgrind"


def _vex_family(code: bytes) -> str:
    three = code[0] == 0xC4
    if len(code) < (4 if three else 3):
        return "an AVX instruction (VEX)"
    opcode = code[3] if three else code[2]
    table = code[1] & 0x1F if three else 1
    if table == 2 and 0xDB <= opcode <= 0xDF:
        return "VAES"
    if table == 3 and opcode == 0x44:
        return "VPCLMULQDQ"
    if table == 2 and opcode in (0x50, 0x51, 0x52, 0x53):
        return "AVX-VNNI"
    if (table == 2 and opcode == 0xCF) or (table == 3 and opcode in (0xCE, 0xCF)):
        return "GFNI"
    return "an AVX instruction (VEX)"


def _makes_code(log: str) -> bool:
    """Whether memory became executable that may hold something else than files of the build and of /usr.

    The loader maps libraries before anything can have been written. From the first call that is not the loader's on, no
    file may be mapped executable, since the program could have written it. A line that is not understood counts as new code.
    """
    loading = True
    for call in _CALL.finditer(log):
        number, text = int(call[1]), call[2]
        if number in (_SHMAT, _PKEY_MPROTECT):
            return True
        if number == _MPROTECT:
            arguments = _MPROTECT_ARGUMENTS.match(text)
            if arguments is None or int(arguments[1]) & _EXECUTE:
                return True
        if number == _MMAP:
            arguments = _MMAP_ARGUMENTS.match(text)
            if arguments is None:
                return True
            protection, flags = int(arguments[1]), int(arguments[2])
            if protection & _EXECUTE and (not loading or flags & _ANONYMOUS or protection & _WRITE):
                return True
            loading = loading and not flags & _SHARED
        loading = loading and number in _LOADING
    return False


def only(pattern: str, log: str, what: str, anywhere: str | None = None) -> tuple[str, ...]:
    """The groups of the one line that matches. `anywhere` must not occur in any other place either."""
    found = list(re.finditer(pattern, log, re.MULTILINE))
    if len(found) != 1 or (anywhere is not None and log.count(anywhere) != 1):
        times = max(len(found), log.count(anywhere) if anywhere else 0)
        raise CountRefused(
            f"the counted run's log has {times} lines {what!r}, not exactly one; its count is not believed"
        )
    return found[0].groups()


def _whole(log: str, pid: str, collected: Collected) -> None:
    """Refuses a count that was switched off for a while.

    Every block that Valgrind's scheduler ran must have been seen by callgrind, and have had at least one instruction.
    """
    blocks = int(only(rf"^--{pid}-- BBs Executed: +(\d{{1,{_DIGITS}}})$", log, "BBs Executed", "BBs Executed:")[0])
    checks = only(rf"^--{pid}-- scheduler: ([0-9,]{{1,{2 * _DIGITS}}}) event checks\.$", log, "event checks", " event checks.")[0]
    if blocks < int(checks.replace(",", "") or "0"):
        raise CountRefused("the counted program switched counting off for a while")
    if collected.totals[0] < blocks:
        raise CountRefused("the counted program kept instructions out of its count")
