"""What a build must not contain if its runs are to be counted. Looks at files only, runs nothing.

Valgrind believes requests that a program makes of it by a fixed run of instructions, and one of them switches counting off.
Such instructions can be found in a build before it runs, unless the program makes code while it runs. That needs memory
which is writable and executable: a system call, which the log shows (`log.py`), or a segment that the linker makes, which
is found here (System V ABI, ELF-64: program headers PT_LOAD and PT_GNU_STACK with their flags).
"""

import os
import stat
import struct
from pathlib import Path

CLIENT_REQUEST = bytes.fromhex("48c1c703 48c1c70d 48c1c73d 48c1c733")
"""What every Valgrind client request for x86-64 starts with (valgrind.h: four rotations of rdi, 128 bits in all)."""

_ELF = b"\x7fELF"
_CLASS_64, _LITTLE = 2, 1
_RUNNABLE = (2, 3)  # ET_EXEC, ET_DYN; objects to link have no program headers
_LOAD, _STACK = 1, 0x6474E551  # PT_LOAD, PT_GNU_STACK
_EXECUTE, _WRITE = 1, 2  # PF_X, PF_W


def uncountable(folder: Path) -> str | None:
    """Why a build cannot be counted, with the first file that is to blame; None where it can."""
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(parent) / name
            if stat.S_ISREG(path.lstat().st_mode) and (reason := uncountable_content(path.read_bytes())) is not None:
                return f"{path.relative_to(folder)} {reason}"
    return None


def uncountable_content(content: bytes) -> str | None:
    """Why a file of a build makes it uncountable, as the rest of a sentence about the file."""
    if CLIENT_REQUEST in content:
        return "contains Valgrind client requests; a counted program must not talk to its instrument"
    if not content.startswith(_ELF):
        return None
    try:
        return _segments(content)
    except struct.error:
        return "is a program file that is cut off"


def _segments(content: bytes) -> str | None:
    """What is wrong with the segments of an ELF file."""
    if (content[4], content[5]) != (_CLASS_64, _LITTLE):
        return "is no 64-bit program for x86-64; build for x86-64-v3"
    kind, headers, size, count = (
        struct.unpack_from(layout, content, at)[0] for layout, at in (("<H", 16), ("<Q", 32), ("<H", 54), ("<H", 56))
    )
    if kind not in _RUNNABLE:
        return None
    flags = [struct.unpack_from("<II", content, headers + number * size) for number in range(count)]
    if any(kind == _LOAD and bits & _EXECUTE and bits & _WRITE for kind, bits in flags):
        return "has a segment that is writable and executable; a counted program must not make code while it runs"
    if not any(kind == _STACK and not bits & _EXECUTE for kind, bits in flags):
        return "has an executable stack (nested functions need one); a counted program must not make code while it runs"
    return None
