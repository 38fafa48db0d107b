#!/usr/bin/python3 -I
"""The box's end of `autolab bench shell`: a shell on a terminal of the box's own, tied to the lab's socket. Standard library only."""

import contextlib
import fcntl
import os
import pty
import select
import socket
import struct
import sys
import termios

SHELLS = ("/usr/bin/bash", "/usr/bin/sh")


def main() -> int:
    """Arguments: rows and columns. Exit code: the shell's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lab:
        lab.connect("/terminal/socket")
        shell = next(each for each in SHELLS if os.access(each, os.X_OK))
        child, terminal = pty.fork()
        if child == 0:
            lab.close()
            os.execv(shell, [shell, "-i"])  # noqa: S606 - a shell is what is wanted
        rows, columns = map(int, sys.argv[1:3])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        with contextlib.suppress(OSError):  # a terminal whose shell has ended
            relay(lab, terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


def relay(lab: socket.socket, terminal: int) -> None:
    """Keys in, output out, until the shell ends. Where no more keys come, the terminal is told so (Ctrl-D)."""
    sources: list[socket.socket | int] = [lab, terminal]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if lab in ready:
            keys = lab.recv(4096)
            if not keys:
                sources.remove(lab)
            os.write(terminal, keys or b"\x04")
        if terminal in ready:
            lab.sendall(os.read(terminal, 65536))


if __name__ == "__main__":
    sys.exit(main())
