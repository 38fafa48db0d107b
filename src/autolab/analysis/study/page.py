"""docs/study.md, written from the study's ledgers alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autolab.analysis.ablation import Effect, effects
from autolab.analysis.aggregate import aggregate
from autolab.analysis.bootstrap import interval
from autolab.analysis.histories import files_of
from autolab.analysis.mixing import mixed
from autolab.analysis.paired import PairedDifference
from autolab.analysis.resilience import COMPONENTS, resilience
from autolab.analysis.study.ordering import CHANGES, CLAIMS, Claim, Subject, claims, dropped, means
from autolab.analysis.table import rewards_of
from autolab.analysis.trials import Trial, read_trials

SEARCH, ABLATION, CONTROLS = "search", "ablation", "resilience"
"""Runs of the study; those of the ablation are ABLATION-true and so on."""

AGENTS = ("recoverer", "restarter", "stubborn", "quitter")


def page(folder: Path, quick: str = "") -> str:
    """The document. `folder` holds the runs; the same ledgers give the same text to the byte."""
    search = _trials(folder / SEARCH)
    ablated = [trial for run in sorted(folder.glob(f"{ABLATION}-*")) for trial in _trials(run)]
    controls = _trials(folder / CONTROLS)
    parts = [
        _head(quick),
        *_search(search),
        *_ablation(ablated),
        *_resilience(controls),
        *_limits([*search, *ablated, *controls]),
    ]
    return "\n".join(parts) + "\n"


def subjects(trials: Sequence[Trial]) -> tuple[Subject, ...]:
    """The controls' trials with their resilience. A grade that is not ok counts 0, as everywhere."""
    found = []
    for trial in trials:
        measured = resilience(trial.state, files_of(trial.folder, trial.state))
        found.append(Subject(trial.agent, trial.attempt or 0, trial.score or 0.0, measured.components))
    return tuple(found)


def _trials(run: Path) -> tuple[Trial, ...]:
    return read_trials([run]) if run.is_dir() else ()


def _head(quick: str) -> str:
    return f"""# Study: what the loop is worth

What search agents without a model reach on six small tasks, what feedback is worth to them, and whether the composite of
resilience orders agents as it should. [metrics.md](metrics.md) defines every figure.{quick}

`scripts/study --analyse` writes this page from the ledgers in [study/](study/ledgers.tar.xz) alone; `scripts/study` makes new ones.
A test writes the page again and compares it byte by byte. Intervals are at 95 %, by bootstrap over attempts within tasks.
"""


def _search(trials: Sequence[Trial]) -> Iterator[str]:
    if not trials:
        return
    tasks, agents = sorted({trial.task for trial in trials}), sorted({trial.agent for trial in trials})
    yield "## Search agents\n"
    yield f"{_sizes(trials)} Mean reward of the grades by task; the last columns are the mean over tasks and the interquartile mean."
    yield "Rows whose intervals overlap are not told apart here; `autolab compare` says more.\n"
    yield _row("agent", *tasks, "mean", "interquartile mean")
    yield _row(*["---"] * (len(tasks) + 3))
    for agent in agents:
        rewards = rewards_of([trial for trial in trials if trial.agent == agent])
        cells = [_number(_mean(rewards.by_task[task])) if task in rewards.by_task else "-" for task in tasks]
        yield _row(agent, *cells, *(_with_interval(rewards.values, statistic) for statistic in ("mean", "iqm")))
    yield ""


def _ablation(trials: Sequence[Trial]) -> Iterator[str]:
    if not trials:
        return
    yield "## Feedback ablation\n"
    yield f"{_sizes(trials)} The same agent with true, withheld and shuffled feedback; the difference is true less the other, paired by"
    yield "task and attempt, in score. A task is feedback-dependent where the closed loop beats its open twin (withheld).\n"
    yield _row("agent", "task", "against", "true", "other", "difference", "pairs", "")
    yield _row(*["---"] * 8)
    for agent in sorted({trial.agent for trial in trials}):
        for effect in effects(trials, agent):
            yield _row(
                agent,
                effect.task or "all",
                effect.mode,
                _number(effect.closed),
                _number(effect.other),
                _apart(effect.difference),
                _pairs(effect),
                _mark(effect),
            )
    yield ""


def _resilience(trials: Sequence[Trial]) -> Iterator[str]:
    if not trials:
        return
    yield "## Resilience of four scripted agents\n"
    yield "Their way of taking bad news is known because they were written for it (`autolab.agents.controls`). The **recoverer** goes back"
    yield "to its best, tries nothing twice, expects what experience says, and leaves a frame that is exhausted. The **stubborn** one"
    yield "refines for ever in one frame, without memory. The **restarter** begins from scratch every time. The **quitter** knows the"
    yield "task's own reference from the start, and stops at the first bad news. So raw score shows what an agent knew, and resilience"
    yield "must not. A trial in which no setback came, so that its composite is not known, counts 0 in the differences.\n"
    for task in sorted({trial.task for trial in trials}):
        yield from _kind(task, [trial for trial in trials if trial.task == task])


def _kind(task: str, trials: Sequence[Trial]) -> Iterator[str]:
    found = subjects(trials)
    yield f"### {task}\n"
    yield f"{_sizes(trials)}\n"
    yield _row("agent", "score", "composite", *COMPONENTS)
    yield _row(*["---"] * (len(COMPONENTS) + 3))
    for agent in AGENTS:
        yield _row(agent, *map(_number, means(found, agent).values()))
    yield "\nThe order that they were made for, by the composite and by raw score (mean difference, paired by seed):\n"
    yield _row("should be above", "by composite", "", "by raw score", "")
    yield _row(*["---"] * 5)
    by_composite, by_score = claims(found, "composite"), claims(found, "score")
    for one, other in zip(by_composite, by_score, strict=True):
        yield _row(
            f"{one.better} above {one.worse}",
            _apart(one.difference),
            _holds(one),
            _apart(other.difference),
            _holds(other),
        )
    yield f"\nBy the composite {_count(by_composite)} hold, by raw score {_count(by_score)}.\n"
    yield "Without one component: the claims that still hold, and the pair whose difference moves most. It has changed where it moves by"
    yield f"more than {CHANGES} with an interval that leaves out 0; that is about sizes, and need not turn a claim.\n"
    yield _row("without", "claims that hold", "pair", "its difference moves by", "")
    yield _row(*["---"] * 5)
    for component in COMPONENTS:
        drop = dropped(found, component)
        yield _row(
            component,
            f"{drop.held} of {len(CLAIMS)}",
            f"{drop.better} above {drop.worse}",
            _apart(drop.move),
            "changed" if drop.changes else "as before",
        )
    yield ""


def _limits(trials: Sequence[Trial]) -> Iterator[str]:
    if not trials:
        return
    facts = sorted({(trial.autolab or "-", trial.machine or "-", trial.fingerprint or "-") for trial in trials})
    yield "## What this does not show\n"
    yield "- The controls were written by those who wrote the composite. That it orders them shows that it measures what it says, not"
    yield "  that models which score high on it are better researchers. That raw score fails is by design of the quitter and the restarter's"
    yield "  luck: where all agents know equally much, raw score may order them, too."
    yield "- The tasks are small, so that anybody can repeat the study. The search agents' figures hold for them alone."
    for autolab, machine, fingerprint in facts:
        yield f"- Made with autolab {autolab} on {machine}, toolchain {fingerprint}."
    for mark in mixed(trials, but=("feedback modes", "budgets")):
        yield f"- Mixed: {mark}."


def _sizes(trials: Sequence[Trial]) -> str:
    attempts = len({trial.attempt for trial in trials})
    budgets = sorted({f"{trial.budget.get('experiments') or 0:g}" for trial in trials})
    return f"{len(trials)} trials: {len({t.task for t in trials})} tasks, {attempts} attempts, {' or '.join(budgets)} experiments each."


def _with_interval(values: Sequence[Sequence[float]], statistic: str) -> str:
    kind = "iqm" if statistic == "iqm" else "mean"
    found = interval(values, kind, "same")  # type: ignore[arg-type]
    value = _number(aggregate(values, kind))  # type: ignore[arg-type]
    return value if found is None else f"{value} ({found.low:.3f} to {found.high:.3f})"


def _apart(found: PairedDifference | None) -> str:
    if found is None:
        return "-"
    return f"{found.mean:+.3f}" if found.low is None else f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"


def _pairs(effect: Effect) -> str:
    return "0" if effect.difference is None else str(effect.difference.pairs)


def _mark(effect: Effect) -> str:
    return "feedback-dependent" if effect.task is not None and effect.mode == "withheld" and effect.dependent else ""


def _holds(claim: Claim) -> str:
    return "holds" if claim.holds else "reversed" if claim.difference.below else "not told"


def _count(found: Sequence[Claim]) -> str:
    return f"{sum(claim.holds for claim in found)} of {len(found)} claims"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
