"""A shell in a bench for a person at a terminal: the same box, clock and commands that any agent has.

The shell runs on a terminal of the box's own; this end carries keys in and output out over a socket in a folder that the
box sees. The person's own terminal is never in the box.
"""

import contextlib
import os
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
    with _socket() as (folder, listening):
        carrier = threading.Thread(target=_carry, args=(listening, keys, screen), name="terminal", daemon=True)
        carrier.start()
        around = Around(
            env={"TERM": os.environ.get("TERM", "dumb"), "PS1": f"{bench.task.name}:\\w$ "},
            mounts=(Mount(folder, _FOLDER),),
        )
        with _raw(keys):
            done = bench.exec((f"{_FOLDER}/shell", str(rows), str(columns)), _LONGEST_S, around)
        listening.close()
        carrier.join(1.0)  # it ends with the shell; where the shell never came, with the process
        return done


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


def _carry(listening: socket.socket, keys: int, screen: int) -> None:
    with contextlib.suppress(OSError):  # the shell never came, or is gone
        box, _ = listening.accept()
        threading.Thread(target=_type, args=(box, keys), name="keys", daemon=True).start()
        while data := box.recv(_AT_ONCE):
            while data:
                data = data[os.write(screen, data) :]


def _type(box: socket.socket, keys: int) -> None:
    with contextlib.suppress(OSError):
        while data := os.read(keys, 4096):
            box.sendall(data)
        box.shutdown(socket.SHUT_WR)


def _size(screen: int) -> tuple[int, int]:
    try:
        found = os.get_terminal_size(screen)
    except OSError:
        return 24, 80
    return found.lines, found.columns
