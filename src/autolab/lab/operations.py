"""What the `lab` command can do: from its words to a text for people and the same as data."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from autolab.agents.bench import Outcome
from autolab.errors import AgentError, AutolabError
from autolab.lab.budget import Part, amounts
from autolab.ledger.records import Experiment, Measurement

if TYPE_CHECKING:
    from autolab.lab.bench import LabBench
    from autolab.lab.feedback import Blinded

    AnyBench: TypeAlias = LabBench | Blinded

Answer = tuple[str, Any]

_LEAST_SHARE = 0.001
"""Of the cost: functions below it are in the data and not in the text."""


class UsageError(AutolabError):
    """Words that mean nothing to the lab command."""


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; try: lab --help")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise UsageError(message or f"exit {status}")


def operate(bench: "AnyBench", words: list[str]) -> Answer:
    """Does what the words say. UsageError, AutolabError and BudgetSpent say what is wrong."""
    parser = _words()
    if not words or words[0] in ("help", "-h", "--help"):
        return parser.format_help().strip(), {"help": parser.format_help()}
    found = parser.parse_args(words)
    return _OPERATIONS[found.operation](bench, found)


def _words() -> _Parser:
    parser = _Parser(prog="lab", description="Measure the program in /app and look at what was measured. --json everywhere.", add_help=False)
    commands = parser.add_subparsers(dest="operation", required=True, parser_class=_Parser)
    measure = commands.add_parser("measure", help="build, run, check and measure the editable files as they are now", add_help=False)
    measure.add_argument("-m", dest="hypothesis", required=True, metavar="TEXT", help="what you changed, and why it should help")
    measure.add_argument("--expect", type=_factor, metavar="1.5x", help="the speed-up you expect")
    commands.add_parser("status", help="budget left, best so far", add_help=False)
    commands.add_parser("history", help="all experiments", add_help=False)
    for name, about in (
        ("show", "one experiment in full"),
        ("diff", "its changes to the starting program"),
        ("restore", "put its files back into /app"),
        ("submit", "choose it for the final grade"),
        ("profile", "where its time goes (default: the last measured one)"),
    ):
        command = commands.add_parser(name, help=about, add_help=False)
        command.add_argument("experiment", type=int, nargs="?" if name == "profile" else None, metavar="N")
    commands.add_parser("note", help="words for the record", add_help=False).add_argument("text")
    return parser


def _factor(text: str) -> float:
    try:
        value = float(text.removesuffix("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no factor such as 1.5x") from None
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no factor such as 1.5x")
    return value


def _measure(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    outcome = bench.measure(found.hypothesis, found.expect)
    return outcome_line(outcome, found.hypothesis), asdict(outcome)


def _status(bench: "AnyBench", _: argparse.Namespace) -> Answer:
    status = bench.status()
    left = ["no wall limit" if status.seconds_left is None else f"{status.seconds_left:.0f} s left"]
    left.append("no limit of experiments" if status.experiments_left is None else f"{status.experiments_left} experiments left")
    more: dict[Part, float | None] = {"cpu": status.cpu_seconds_left, "tokens": status.tokens_left, "usd": status.usd_left}
    left += [f"{amounts({part: amount})} left" for part, amount in more.items() if amount is not None]
    best = "nothing measured ok yet" if bench.shows_figures else f"{status.experiments} experiments recorded"
    if status.best_experiment is not None:
        best = f"best: experiment {status.best_experiment}, score {status.best_score:.4f}"
    return "\n".join([", ".join(left), best, *(f"note: {note}" for note in status.notes)]), asdict(status)


def _history(bench: "AnyBench", _: argparse.Namespace) -> Answer:
    done = bench.experiments()
    if not bench.shows_figures:
        return "\n".join(map(_recorded_line, done)) or "no experiments yet", [_recorded(each) for each in done]
    return "\n".join(map(experiment_line, done)) or "no experiments yet", [summary(each) for each in done]


def _show(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    experiment = bench.experiment(found.experiment)
    if not bench.shows_figures:
        return _recorded_line(experiment), _recorded(experiment)
    measured = experiment.measurement
    parts = [experiment_line(experiment)]
    parts += [f"{name}:\n{text.rstrip()}" for name, text in (("build", measured.build_output), ("run", measured.run_output)) if text]
    parts[1:1] = [f"  {name:<24} {figure:.6g}" for name, figure in measured.breakdown.items()]
    data = {**summary(experiment), "breakdown": measured.breakdown, "build_output": measured.build_output, "run_output": measured.run_output}
    return "\n".join(parts), data


def _diff(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    text = bench.diff(found.experiment)
    return text.rstrip() or "no difference", {"diff": text}


def _restore(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    bench.restore(found.experiment)
    return f"/app is as it was at experiment {found.experiment}", {"restored": found.experiment}


def _submit(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    bench.submit(found.experiment)
    return f"experiment {found.experiment} will be graded", {"submitted": found.experiment}


def _profile(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    if not bench.shows_figures:
        raise AgentError("no profile: this trial's feedback is not true; lab history has what was recorded")
    done = [bench.experiment(found.experiment)] if found.experiment else bench.experiments()[::-1]
    profile = next((each.measurement.profile for each in done if each.measurement.profile), ())
    shown = [cost for cost in profile if cost.share >= _LEAST_SHARE]
    lines = [f"{cost.share:6.1%}  {cost.cost:>16,.0f}  {cost.function}  {_place(cost.file)}".rstrip() for cost in shown]
    return "\n".join(lines) or "no profile: nothing counted yet", [cost.model_dump() for cost in profile]


def _note(bench: "AnyBench", found: argparse.Namespace) -> Answer:
    bench.note(found.text)
    return "noted", {"noted": found.text}


_OPERATIONS: dict[str, Callable[["AnyBench", argparse.Namespace], Answer]] = {
    "measure": _measure,
    "status": _status,
    "history": _history,
    "show": _show,
    "diff": _diff,
    "restore": _restore,
    "submit": _submit,
    "profile": _profile,
    "note": _note,
}


def experiment_line(experiment: Experiment) -> str:
    """One experiment in one line."""
    return _line(experiment.number, experiment.measurement, experiment.best, experiment.hypothesis)


def outcome_line(outcome: Outcome, hypothesis: str) -> str:
    """What was told of one experiment, in one line."""
    late = f"  (the result of experiment {outcome.of})" if outcome.of is not None else ""
    return _line(outcome.number, outcome, outcome.best, hypothesis) + late


def _line(number: int, found: Measurement | Outcome, best: bool, hypothesis: str) -> str:
    figures: str = found.verdict
    if found.score is not None and found.metric is not None:
        figures = f"score {found.score:.4f}  {_figure(found.metric)} {found.unit}{'  best' if best else ''}"
    why = f"  ({found.reason})" if found.reason else ""
    return f"{number:>4}  {figures}{why}  {hypothesis}"


def _figure(metric: float) -> str:
    """Whole numbers and large ones with all their digits, others with six."""
    return f"{metric:,.0f}" if metric == int(metric) or abs(metric) >= 1e6 else f"{metric:.6g}"


def _place(file: str) -> str:
    return "" if file == "???" else file  # what Valgrind calls a file that it does not know


def _recorded_line(experiment: Experiment) -> str:
    return f"{experiment.number:>4}  recorded  {experiment.hypothesis}"


def _recorded(experiment: Experiment) -> dict[str, Any]:
    """What is shown of an experiment where feedback is not true."""
    kept = ("number", "hypothesis", "expected", "elapsed", "commit")
    return {name: value for name, value in summary(experiment).items() if name in kept}


def summary(experiment: Experiment) -> dict[str, Any]:
    """One experiment as data, without its raw samples."""
    measured = experiment.measurement
    return {
        "number": experiment.number,
        "hypothesis": experiment.hypothesis,
        "expected": experiment.expected,
        "verdict": measured.verdict,
        "reason": measured.reason,
        "metric": measured.metric,
        "unit": measured.unit,
        "score": measured.score,
        "best": experiment.best,
        "confirmed": measured.confirmed,
        "seconds": round(experiment.seconds, 3),
        "elapsed": round(experiment.elapsed, 3),
        "commit": experiment.commit,
    }
