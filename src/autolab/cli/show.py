"""`autolab show`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from autolab.cli.output import figure, print_json, print_table, say, visible
from autolab.errors import AutolabError
from autolab.ledger.records import Experiment
from autolab.runs.store import StoredTrial, is_trial, read_run, read_trial


def show(
    path: Annotated[Path, typer.Argument(help="A run's folder or a trial's.")],
    experiment: Annotated[int | None, typer.Argument(help="With a trial: the number of an experiment.")] = None,
    diff: Annotated[bool, typer.Option("--diff", help="With a trial: what was changed, as a unified diff.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show a run, a trial or one experiment."""
    if not is_trial(path):
        if experiment is not None or diff:
            raise AutolabError(f"{path} is no trial; give the folder of one, e.g. {path}/trials/TASK__AGENT__1")
        _show_run(path, as_json)
        return
    trial = read_trial(path)
    if trial.problem is not None:
        raise AutolabError(trial.problem)
    if diff:
        print(visible(_diff(trial, experiment)))
    elif experiment is not None:
        _show_experiment(_found(trial, experiment), as_json)
    else:
        _show_trial(trial, as_json)


def _show_run(path: Path, as_json: bool) -> None:
    from autolab.cli.results import print_results, run_data

    trials = read_run(path)
    print_json(run_data(path, trials)) if as_json else print_results(path, trials)


def _show_trial(trial: StoredTrial, as_json: bool) -> None:
    from autolab.cli.measured import facts
    from autolab.lab.operations import summary
    from autolab.runs.results import status, trial_data

    state = trial.state
    if as_json:
        print_json({**trial_data(trial), "history": [summary(each) for each in state.experiments], **_vetoes(trial)})
        return
    rows = [_row(each, state.veto_of(each) is not None) for each in state.experiments]
    right = ("n", "score", "metric", "s", "at s")
    print_table(("n", "result", "score", "metric", "s", "at s", "hypothesis"), rows, right=right)
    for veto in state.vetoes:
        print(visible(f"\nexperiment {veto.experiment} was vetoed: {veto.reason}"))
    story = f": {state.closed.detail}" if state.closed and state.closed.detail else ""
    print(visible(f"\n{trial.name}: {status(trial)}{story}"))
    if state.started is not None and state.started.noise is not None:
        noise = state.started.noise
        print(f"  noise       a gain below {noise.floor:.1%} is no new best{'; low precision' if noise.low_precision else ''}")
    if (gap := state.gap) is not None:
        print(f"  gap         {gap:+.3f} of score from the hidden figure to the development figure of the graded state")
    if state.grade is not None:
        print(visible("\n".join(f"  {name:<11} {text}" for name, text in facts(state.grade.measurement))))
    say(f"\nlook closer: autolab show {trial.folder} N   its changes: autolab show {trial.folder} N --diff")


def _row(experiment: Experiment, vetoed: bool) -> tuple[str, ...]:
    found = experiment.measurement
    result = "vetoed" if vetoed else "best" if experiment.best else found.verdict
    score = "-" if found.score is None else f"{found.score:.3f}"
    return (
        str(experiment.number), result, score, figure(found.metric),
        f"{experiment.seconds:.1f}", f"{experiment.elapsed:.0f}", experiment.hypothesis.replace("\n", " "),
    )  # fmt: skip


def _vetoes(trial: StoredTrial) -> dict[str, Any]:
    return {"vetoes": [{"experiment": veto.experiment, "reason": veto.reason} for veto in trial.state.vetoes]}


def _show_experiment(experiment: Experiment, as_json: bool) -> None:
    from autolab.cli.measured import print_measurement

    if as_json:
        print_json(experiment.model_dump(mode="json"))
        return
    expected = "" if experiment.expected is None else f", expected {experiment.expected:g}x"
    print(visible(f"experiment {experiment.number}{expected}: {experiment.hypothesis}\n"))
    print_measurement(experiment.measurement)


def _diff(trial: StoredTrial, number: int | None) -> str:
    """What an experiment, or by default the graded state, changed against the starting program."""
    from autolab.lab.snapshots import Snapshots

    state = trial.state
    if state.start is None:
        raise AutolabError(f"{trial.folder}: no state yet")
    if number is not None:
        commit = _found(trial, number).commit
    else:
        commit = state.grade.commit if state.grade else state.commit or state.start.commit
    return Snapshots.read(trial.folder / "history.git").diff(state.start.commit, commit).rstrip() or "no difference"


def _found(trial: StoredTrial, number: int) -> Any:
    done = trial.state.experiments
    if not 1 <= number <= len(done):
        raise AutolabError(f"{trial.folder}: no experiment {number}; there are {len(done)}, numbered from 1")
    return done[number - 1]
