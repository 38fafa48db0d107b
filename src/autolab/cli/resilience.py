"""`autolab resilience`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autolab.cli.output import print_json, print_table, say, visible

if TYPE_CHECKING:
    from autolab.analysis.resilience import Resilience
    from autolab.analysis.time_use import TimeUse
    from autolab.analysis.trials import Trial


def resilience(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs or trials.")],
    force: Annotated[
        bool, typer.Option("--force", help="Average what differs in machine, digest or version, and mark it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say how agents take bad news, how their trials ended, and where the time went."""
    from autolab.analysis.histories import files_of
    from autolab.analysis.mixing import refuse_mixed
    from autolab.analysis.resilience import resilience as measured
    from autolab.analysis.time_use import time_use
    from autolab.analysis.trials import read_trials
    from autolab.errors import AutolabError

    trials = [trial for trial in read_trials(runs) if not _problem(trial)]
    if not trials:
        raise AutolabError(
            f"no trials in {', '.join(map(str, runs))}; give folders that autolab run made, e.g. runs/NAME"
        )
    marks = refuse_mixed(trials, force=force)
    found = [
        (trial, measured(trial.state, files_of(trial.folder, trial.state)), time_use(trial.lines())) for trial in trials
    ]
    if as_json:
        print_json({"mixed": list(marks), "trials": [_data(*each) for each in found]})
        return
    for mark in marks:
        print(visible(f"MIXED: {mark}"))
    _print_trials(found)
    _print_agents(found)


def _problem(trial: "Trial") -> bool:
    if trial.problem is not None:
        say(f"autolab: {trial.problem}")
    return trial.problem is not None or trial.state.started is None


def _data(trial: "Trial", found: "Resilience", time: "TimeUse") -> dict[str, Any]:
    from dataclasses import asdict

    whole = {**asdict(found), "composite": found.composite}
    return {
        "trial": trial.name,
        "task": trial.task,
        "agent": trial.agent,
        "attempt": trial.attempt,
        "resilience": whole,
        "time": asdict(time),
    }


def _print_trials(found: Sequence[tuple["Trial", "Resilience", "TimeUse"]]) -> None:
    rows = [
        (
            trial.task, trial.agent, str(trial.attempt), _share(each.composite), *map(_share, each.components.values()),
            str(each.recovery.setbacks), each.ending, time.bottleneck or "-",
        )
        for trial, each, time in found
    ]  # fmt: skip
    columns = ("task", "agent", "try", "resilience", *_components(found), "setbacks", "ended", "constraint")
    print_table(columns, rows, right=("try", "resilience", *_components(found), "setbacks"))


def _print_agents(found: Sequence[tuple["Trial", "Resilience", "TimeUse"]]) -> None:
    rows = []
    for agent in sorted({trial.agent for trial, _, _ in found}):
        mine = [each for trial, each, _ in found if trial.agent == agent]
        cells = [_mean(each.components[name] for each in mine) for name in _components(found)]
        rows.append((agent, str(len(mine)), _mean(each.composite for each in mine), *cells))
    columns = ("agent", "trials", "resilience", *_components(found))
    print()
    print_table(columns, rows, right=columns[1:])


def _components(found: Sequence[tuple["Trial", "Resilience", "TimeUse"]]) -> tuple[str, ...]:
    return tuple(found[0][1].components)


def _mean(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return _share(sum(known) / len(known) if known else None)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
