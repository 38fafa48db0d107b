"""What goes on around a command in the bench: more room and mounts for it, and a look at the files while it runs."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from autolab.agents.bench import Around
from autolab.errors import AutolabError
from autolab.sandbox.box import Limits, Mount


def with_room(limits: Limits, around: Around) -> Limits:
    """Limits with what a program of its own needs more."""
    return replace(
        limits,
        memory_mb=max(limits.memory_mb, around.memory_mb),
        processes=max(limits.processes, around.processes),
        tmp_mb=max(limits.tmp_mb, around.tmp_mb),
    )


def read_only(around: Around) -> tuple[Mount, ...]:
    """Its mounts; nothing but the working copy is written in a bench."""
    return tuple(replace(mount, writable=False) for mount in around.mounts)


@contextlib.contextmanager
def every(seconds: float, look: Callable[[], None]) -> Iterator[None]:
    """Calls `look` so often meanwhile, in a thread. A look that fails is no matter: the one after the command says it again."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(seconds):
            with contextlib.suppress(AutolabError, OSError):
                look()

    thread = threading.Thread(target=watch, name="snapshots", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
