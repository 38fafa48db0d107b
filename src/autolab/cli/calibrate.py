"""`autolab calibrate`."""

from typing import Annotated, Any

import typer

from autolab.cli.output import figure, print_json, print_table, say
from autolab.errors import AutolabError
from autolab.ledger.records import Measurement
from autolab.task.task import Task

TOLERANCE = 0.05
"""A measured anchor further than this from the stated one is marked (design.md, Measuring)."""


def calibrate(
    tasks: Annotated[list[str] | None, typer.Argument(help="Tasks of the suite, or task folders.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All tasks of the suite.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure baseline and reference of tasks anew on this machine, and keep them.

    Every measure uses anchors of this machine, measured on first use; the stated ones in task.toml are documentation.
    Exit code 1 if a task could not be measured.
    """
    from autolab.judge.temporary import temporary_judge
    from autolab.task.load import load_task, suite_tasks

    names = suite_tasks() if every else tasks or []
    if not names:
        raise AutolabError("no task given; name tasks or folders, or give --all")
    found = []
    for task in map(load_task, names):
        say(f"autolab: calibrating {task.name}")
        seed = task.optimization.cases.stated_seed if task.optimization.cases else 1
        with temporary_judge(task) as judge:
            found += _rows(task, judge.calibrate(seed), smallest_gain(task, seed))
    if as_json:
        print_json(found)
    else:
        columns = ("task", "anchor", "stated", "measured", "apart", "smallest gain", "state")
        print_table(columns, [_cells(row) for row in found], right=("stated", "measured", "apart", "smallest gain"))
    raise typer.Exit(1 if any(row["state"] == "failed" for row in found) else 0)


def smallest_gain(task: Task, seed: int) -> float | None:
    """The smallest gain that one measure of the task tells from none here, as a ratio less 1; None: not known.

    0 where figures repeat to the digit, the stated tolerance of counts that do not, the detection limit of paired timing.
    Of quality it is not known: a figure repeats on its seed, and how far seeds lie apart is shown with a grade.
    """
    from autolab.judge.kept import known

    if task.optimization.instrument.kind == "quality":
        return None
    within = task.optimization.instrument.repeats_within
    if within is not None:
        return within
    kept = known(task, seed)
    return kept.limit if kept is not None else None


def _rows(task: Task, measured: Measurement, gain: float | None) -> list[dict[str, Any]]:
    """One row an anchor. `apart` is the measured one over the stated one, minus 1."""
    rows = []
    for name in ("baseline", "reference"):
        stated = getattr(task.optimization, name).score
        value = getattr(measured.anchors, name) if measured.anchors else None
        apart = None if value is None else value / stated - 1
        state = "failed" if apart is None else "ok" if abs(apart) <= TOLERANCE else "differs"
        row = {"task": task.name, "anchor": name, "stated": stated, "measured": value, "apart": apart, "smallest_gain": gain, "state": state}
        rows.append({**row, "fingerprint": measured.provenance.fingerprint, "reason": measured.reason})
    return rows


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    apart = "-" if row["apart"] is None else f"{row['apart']:+.2%}"
    state = f"{row['state']}: {row['reason']}" if row["state"] == "failed" else row["state"]
    gain = "-" if row["smallest_gain"] is None else f"{row['smallest_gain']:.2%}" if row["smallest_gain"] else "any"
    return (row["task"], row["anchor"], figure(row["stated"]), figure(row["measured"]), apart, gain, state)
