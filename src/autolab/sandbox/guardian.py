"""A small process that outlives the lab by a moment: it ends what a lab left that was killed in the middle of a start.

Bubblewrap's pid 1 asks to die with its parent only after some set-up. A lab that is killed in that instant leaves a
process that waits for ever, in which no command ever runs. The guardian waits for the end of a pipe, which the kernel
closes however the lab dies, and kills every process that carries the lab's mark in its starting environment.
"""

import functools
import os
import secrets

MARK = "AUTOLAB_LAB"
"""The variable that every process before a box's command has; bubblewrap clears the environment of the command itself."""

# $1 is the mark. A process that was about to start another one when it was killed makes a second look necessary.
_GUARD = """
trap '' INT TERM HUP
read -r word
looks=0
while [ "$looks" -lt 50 ]; do
  found=$(/usr/bin/grep -lsaF -e "$1" /proc/[0-9]*/environ)
  [ "$found" ] || [ "$looks" -lt 3 ] || exit 0
  for place in $found; do place=${place#/proc/}; kill -9 "${place%/environ}" 2>/dev/null; done
  looks=$((looks + 1)); /usr/bin/sleep 0.05
done
"""


def environment() -> dict[str, str]:
    """The environment of a box's launcher. Starts this process's guardian with the first call."""
    return {MARK: _guarded(os.getpid())}


@functools.cache
def _guarded(pid: int) -> str:
    """The mark of this process, once its guardian runs. A fork of the lab is a lab of its own."""
    mark = f"{pid}-{secrets.token_hex(8)}"
    ends, _held = os.pipe()  # the second stays open, in this process alone, until it ends
    try:
        os.posix_spawn(
            "/usr/bin/sh",
            ["/usr/bin/sh", "-c", _GUARD, "autolab-guardian", f"{MARK}={mark}"],
            {},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, ends, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),  # whoever reads the lab's output waits for no guardian
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setsid=True,
        )
    finally:
        os.close(ends)
    return mark
