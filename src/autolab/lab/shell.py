"""A shell in a bench for a person at a terminal: the same box, clock and commands that any agent has.

The shell runs on a terminal of the box's own; this end carries keys in and output out over a socket in a folder that the
box sees. The person's own terminal is never in the box.
"""

import contextlib
import os
import select
import shutil
import socket
import tempfile
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autolab.agents.bench import Around
from autolab.sandbox.box import BoxResult, Mount

if TYPE_CHECKING:
    from autolab.lab.bench import LabBench
    from autolab.lab.feedback import Blinded

_FOLDER = "/terminal"
_LONGEST_S = 30 * 86400.0
"""A shell may last as long as the budget does; where there is none, a month."""

_AT_ONCE = 1 << 16


def shell(bench: "LabBench | Blinded", keys: int, screen: int) -> BoxResult:
    """Runs a shell until the person leaves it or the budget ends. `keys` and `screen` are open descriptors."""
    rows, columns = _size(screen)
    with _socket() as (folder, listening), _carried(listening, keys, screen), _raw(keys):
        around = Around(
            env={"TERM": os.environ.get("TERM", "dumb"), "PS1": f"{bench.task.name}:\\w$ "},
            mounts=(Mount(folder, _FOLDER),),
        )
        return bench.exec((f"{_FOLDER}/shell", str(rows), str(columns)), _LONGEST_S, around)


@contextlib.contextmanager
def _socket() -> Iterator[tuple[Path, socket.socket]]:
    folder = Path(tempfile.mkdtemp(prefix="autolab-"))
    try:
        folder.chmod(0o755)
        script = folder / "shell"
        shutil.copyfile(Path(__file__).with_name("terminal_command.py"), script)
        script.chmod(0o755)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
            listening.bind(str(folder / "socket"))
            (folder / "socket").chmod(0o666)
            listening.listen(1)
            yield folder, listening
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _raw(keys: int) -> Iterator[None]:
    """The person's terminal hands every key on, Ctrl-C too; afterwards it is what it was."""
    if not os.isatty(keys):
        yield
        return
    before = termios.tcgetattr(keys)
    tty.setraw(keys)
    try:
        yield
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _carried(listening: socket.socket, keys: int, screen: int) -> Iterator[None]:
    """Meanwhile keys go in and output comes out. Nothing is read of the person's keys after the end."""
    woken, wake = os.pipe()
    carrier = threading.Thread(target=_carry, args=(listening, keys, screen, woken), name="terminal", daemon=True)
    carrier.start()
    try:
        yield
    finally:
        os.close(wake)
        carrier.join()
        os.close(woken)


def _carry(listening: socket.socket, keys: int, screen: int, woken: int) -> None:
    """Until `woken` is readable; what the shell said last is still carried."""
    with contextlib.suppress(OSError):
        waited: list[socket.socket | int] = [listening, woken]
        if listening not in select.select(waited, [], [])[0]:
            return
        with listening.accept()[0] as box:
            _talk(box, keys, screen, woken)


def _talk(box: socket.socket, keys: int, screen: int, woken: int) -> None:
    sources: list[socket.socket | int] = [box, keys, woken]
    while True:
        ready = select.select(sources, [], [])[0]
        if box in ready:
            data = box.recv(_AT_ONCE)
            if not data:
                return
            while data:
                data = data[os.write(screen, data) :]
        elif woken in ready:
            return
        elif typed := os.read(keys, 4096):
            box.sendall(typed)
        else:  # no more keys
            sources.remove(keys)
            box.shutdown(socket.SHUT_WR)


def _size(screen: int) -> tuple[int, int]:
    try:
        found = os.get_terminal_size(screen)
    except OSError:
        return 24, 80
    return found.lines, found.columns
