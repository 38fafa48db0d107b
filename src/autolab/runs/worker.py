"""One trial in a process of its own: `python -m autolab.runs.worker LAB`, what to do as JSON on stdin.

A problem that a person can mend goes to stdout in one line, with exit code 1. SIGTERM leaves the trial to be continued.
It dies with the lab that started it, whose process id LAB is.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
INTERRUPTED = 130
"""Exit code of a worker that was asked to leave its trial."""


def main() -> int:
    """Does one trial. Exit code 0: it is done."""
    _die_with(int(sys.argv[1]))
    _keep_to_itself()
    signal.signal(signal.SIGTERM, _interrupt)
    answer = os.dup(1)
    os.dup2(2, 1)  # what an agent prints is for people
    from autolab.errors import AutolabError

    try:
        _work(json.load(sys.stdin))
    except KeyboardInterrupt:
        return INTERRUPTED
    except (AutolabError, OSError) as error:
        os.write(answer, " ".join(str(error).split()).encode(errors="replace"))
        return 1
    return 0


def _work(wanted: dict[str, Any]) -> None:
    from autolab.crash import crash_point
    from autolab.lab.trial import run_trial
    from autolab.runs.manifest import PlanEntry, plan_for
    from autolab.runs.plan import expand
    from autolab.sandbox.bubblewrap import default_sandbox

    crash_point("run.worker")
    plan = plan_for(PlanEntry.model_validate(wanted["plan"]), wanted["task"], wanted["agent"])
    trial = next(each for each in expand(plan, Path(wanted["folder"])) if each.attempt == wanted["attempt"])
    run_trial(trial, default_sandbox())


def _die_with(lab: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != lab:
        os._exit(1)


def _keep_to_itself() -> None:
    """The run's lock, which the lab handed down, is this process's: what outlives it by a moment must not hold the run."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(name) > 2:
            with contextlib.suppress(OSError):  # that of the listing itself
                os.set_inheritable(int(name), False)


def _interrupt(number: int, frame: object) -> NoReturn:
    del number, frame
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: closing the bench is not to be broken off
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
