"""Experiments and grades as flat rows: JSON lines, CSV, Markdown. docs/file-formats.md describes the columns."""

import csv as csv_format
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from autolab.analysis.curves import OVERS, on_record
from autolab.analysis.trials import Trial
from autolab.ledger.records import Experiment, Measurement

COLUMNS = (
    "run", "trial", "task", "task_digest", "autolab", "fingerprint", "agent", "model", "attempt", "feedback", "kind", "number",
    "commit", "tree", "hypothesis", "expected", "verdict", "reason", "metric", "unit", "score", "vetoed", "best_so_far", "reward",
    "flags", "seconds", "wall_s", "cpu_s", "tokens", "usd",
)  # fmt: skip
SHOWN = ("trial", "kind", "number", "verdict", "metric", "unit", "score", "best_so_far", "wall_s", "hypothesis")


def rows(trial: Trial) -> Iterator[dict[str, Any]]:
    """A row for each experiment in order, then one for the grade. What is not known, or has no meaning there, is None."""
    facts = {
        "run": trial.run, "trial": trial.name, "task": trial.task, "task_digest": trial.digest, "autolab": trial.autolab,
        "fingerprint": trial.fingerprint, "agent": trial.agent, "model": trial.model, "attempt": trial.attempt,
        "feedback": trial.feedback,
    }  # fmt: skip
    counted = {each.number for each in trial.counted}
    vetoed = trial.state.vetoed_trees
    unknown: dict[str, Any] = {over: None for over in OVERS if not on_record(trial, over)}
    best: float | None = None
    for each in trial.state.experiments:
        score = each.measurement.score
        if each.number in counted and score is not None:
            best = score if best is None else max(best, score)
        yield _row({**facts, **_of_experiment(each), **unknown, "vetoed": each.tree in vetoed, "best_so_far": best})
    grade = trial.state.grade
    if grade is not None:
        spent = {name: trial.state.spent[name] for name in ("wall_s", "cpu_s", "tokens", "usd")}
        told = {"kind": "grade", "commit": grade.commit, "tree": grade.tree, "reward": grade.reward, "best_so_far": best}
        yield _row({**facts, **told, **_of_measurement(grade.measurement), **spent, **unknown})


def jsonl(trials: Sequence[Trial]) -> Iterator[str]:
    """A JSON object a line."""
    for trial in trials:
        for row in rows(trial):
            yield json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def csv(trials: Sequence[Trial]) -> Iterator[str]:
    """RFC 4180 with a header. What is not known is empty; flags are joined by `; `."""
    yield _csv_line(COLUMNS)
    for trial in trials:
        for row in rows(trial):
            yield _csv_line(["; ".join(cell) if isinstance(cell, list) else _plain(cell) for cell in row.values()])


def markdown(trials: Sequence[Trial]) -> Iterator[str]:
    """A table of the columns SHOWN; what is not known is a dash."""
    yield f"| {' | '.join(SHOWN)} |\n|{'---|' * len(SHOWN)}\n"
    for trial in trials:
        for row in rows(trial):
            yield f"| {' | '.join(_cell(row[name]) for name in SHOWN)} |\n"


def _of_experiment(each: Experiment) -> dict[str, Any]:
    return {
        "kind": "experiment", "number": each.number, "commit": each.commit, "tree": each.tree, "hypothesis": each.hypothesis,
        "expected": each.expected, "seconds": each.seconds, **_of_measurement(each.measurement), **each.spent, "wall_s": each.elapsed,
    }  # fmt: skip


def _of_measurement(found: Measurement) -> dict[str, Any]:
    return {
        "verdict": found.verdict, "reason": found.reason, "metric": found.metric, "unit": found.unit, "score": found.score,
        "flags": list(found.flags),
    }  # fmt: skip


def _row(known: dict[str, Any]) -> dict[str, Any]:
    return {name: known.get(name) for name in COLUMNS}


def _plain(cell: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _csv_line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv_format.writer(text).writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
