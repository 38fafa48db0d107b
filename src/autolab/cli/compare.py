"""`autolab compare`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from autolab.analysis.bootstrap import Interval
from autolab.analysis.compare import Comparison, words
from autolab.analysis.compare import compare as compared
from autolab.analysis.mixing import refuse_mixed
from autolab.analysis.table import rewards_of
from autolab.analysis.trials import Trial
from autolab.cli.analyze import some_trials
from autolab.cli.output import print_json, print_table, visible
from autolab.errors import AutolabError


def compare(
    a: Annotated[str, typer.Argument(help="A run's folder, or with --run an agent.")],
    b: Annotated[str, typer.Argument(help="What it is compared with, likewise.")],
    run: Annotated[list[Path] | None, typer.Option("--run", help="Runs that the agents' trials lie in; may be repeated.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Compare across machines, digests or versions, and mark it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether two agents, or the agents of two runs, differ: paired by task, with intervals."""
    one, other = _sides(a, b, run or [])
    trials = [*one, *other]
    marks = refuse_mixed(trials, force=force)
    found = compared((a, rewards_of(one)), (b, rewards_of(other)))
    if found is None:
        raise AutolabError(f"{a} and {b} have no task with graded trials in common; give runs of the same tasks")
    zeroed = compared((a, rewards_of(one, flagged_as_zero=True)), (b, rewards_of(other, flagged_as_zero=True)))
    flagged = sum(bool(trial.flags) for trial in trials)
    if as_json:
        data = {**asdict(found), "p": found.p, "verdict": words(found), "mixed": list(marks), "flagged": flagged}
        print_json({**data, "difference_flagged_zero": zeroed.difference if zeroed else None})
        return
    for mark in marks:
        print(visible(f"MIXED: {mark}"))
    _print(found)
    print(visible(f"\n{words(found)}"))
    if flagged and zeroed is not None:
        text = f"difference {zeroed.difference:+.3f}, {words(zeroed)}"
        print(visible(f"{flagged} of {len(trials)} trials are flagged; counted as 0: {text}"))


def _sides(a: str, b: str, runs: Sequence[Path]) -> tuple[list[Trial], list[Trial]]:
    """The trials of both sides. AutolabError where a name means no trial, or a run several agents."""
    if runs:
        trials = some_trials(runs)
        sides = [[trial for trial in trials if trial.agent == name] for name in (a, b)]
        for name, side in zip((a, b), sides, strict=True):
            if not side:
                there = ", ".join(sorted({trial.agent for trial in trials})) or "none"
                raise AutolabError(f"no trial of agent {name!r} in these runs; there are agents {there}")
        return sides[0], sides[1]
    return _whole(a), _whole(b)


def _whole(folder: str) -> list[Trial]:
    if not Path(folder).is_dir():
        raise AutolabError(f"{folder!r} is no folder; give two runs, or two agents and --run runs/NAME")
    found = list(some_trials([Path(folder)]))
    agents = sorted({trial.agent for trial in found})
    if len(agents) > 1:
        raise AutolabError(f"{folder} has several agents ({', '.join(agents)}); name two of them, with --run {folder}")
    return found


def _print(found: Comparison) -> None:
    rows = [(task, f"{difference:+.3f}") for task, difference in found.by_task.items()]
    print_table(("task", f"{found.a} - {found.b}"), rows, right=(f"{found.a} - {found.b}",))
    wins = f"{found.improvement:.2f}   95 % same tasks {_span(found.improvement_same)}, new tasks {_span(found.improvement_new)}"
    facts = [
        ("mean difference", f"{found.difference:+.3f}   without one task {found.left_out[0]:+.3f} to {found.left_out[1]:+.3f}"),
        ("95 %, same tasks again", f"{_span(found.same)}   p = {found.p_same:.4f}"),
        ("95 %, new tasks", f"{_span(found.new)}   p = {found.p_new:.4f}"),
        (f"chance that {found.a} wins", wins),
    ]
    if found.detectable is not None:
        facts.append(("least seen with 80 %", f"{found.detectable:.3f}"))
    width = max(len(name) for name, _ in facts) + 2
    print()
    for name, text in facts:
        print(visible(f"{name:<{width}}{text}"))
    print(f"{len(found.by_task)} tasks, k = {found.attempts}")


def _span(found: Interval | None) -> str:
    return "cannot be told" if found is None else f"{found.low:+.3f} to {found.high:+.3f}"
