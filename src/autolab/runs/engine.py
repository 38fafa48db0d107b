"""Running trials on this machine, one after another."""

import functools
from collections.abc import Callable, Sequence

from autolab.errors import AutolabError
from autolab.lab.trial import TrialPlan, run_trial
from autolab.ledger.records import AnyRecord
from autolab.sandbox.box import Sandbox

Watcher = Callable[[TrialPlan, AnyRecord], None]
"""Told of every record of every trial once it is on disk."""


class RunFailed(AutolabError):  # noqa: N818 - an outcome
    """Some trials could not be brought to their end; the others are done."""

    exit_code = 1


def run_trials(plans: Sequence[TrialPlan], sandbox: Sandbox, watcher: Watcher) -> None:
    """Runs what is not finished yet. One trial's failure does not stop the others; at the end RunFailed names them."""
    problems: list[str] = []
    for plan in plans:
        try:
            run_trial(plan, sandbox, functools.partial(watcher, plan))
        except (AutolabError, OSError) as error:
            problems.append(f"{plan.name}: {error}")
    if problems:
        raise RunFailed("; ".join(problems))
