"""What may not be averaged silently: results of different task digests, versions of the suite, or machines."""

from collections.abc import Callable, Iterable, Sequence

from autolab.analysis.trials import Trial
from autolab.errors import AutolabError

_FACTS: tuple[tuple[str, str, Callable[[Trial], Iterable[str | None]]], ...] = (
    ("one", "versions of autolab", lambda trial: [trial.autolab]),
    ("one", "machines", lambda trial: trial.machines),
    ("one", "fingerprints", lambda trial: [trial.fingerprint]),
    ("task", "digests", lambda trial: [trial.digest and trial.digest[:12]]),
    ("task", "budgets", lambda trial: [_budget(trial)]),
    ("one", "feedback modes", lambda trial: [trial.feedback]),
)
"""What must be one over all trials, or over those of a task."""


def mixed(trials: Iterable[Trial], but: Sequence[str] = ()) -> tuple[str, ...]:
    """What differs among trials that would be averaged or compared, a line each; empty where nothing does.

    `but`: names of facts that are allowed to differ, e.g. "feedback modes" where those are compared.
    """
    known = [trial for trial in trials if trial.state.started is not None]
    found = []
    for within, what, fact in _FACTS:
        if what in but:
            continue
        groups: dict[str, set[str]] = {}
        for trial in known:
            groups.setdefault(trial.task if within == "task" else "", set()).update(each or "not known" for each in fact(trial))
        found += [_line(task, what, sorted(values)) for task, values in sorted(groups.items()) if len(values) > 1]
    return tuple(found)


def refuse_mixed(trials: Iterable[Trial], *, force: bool, but: Sequence[str] = ()) -> tuple[str, ...]:
    """The marks that a result must carry; without `force` an AutolabError as soon as there is one."""
    marks = mixed(trials, but)
    if marks and not force:
        raise AutolabError(f"these trials do not mix: {'; '.join(marks)}; give runs that belong together, or --force to mark them")
    return marks


def _budget(trial: Trial) -> str:
    limits = [f"{name} {limit:g}" for name, limit in sorted(trial.budget.items()) if limit is not None]
    return ", ".join(limits) or "unlimited"


def _line(task: str, what: str, values: Sequence[str]) -> str:
    return f"{task + ': ' if task else ''}{len(values)} {what} ({' | '.join(values)})"
