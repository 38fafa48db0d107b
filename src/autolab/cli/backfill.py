"""`autolab backfill`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import figure, print_json, print_table, say


def backfill(
    trial: Annotated[Path, typer.Argument(help="A trial's folder.")],
    seed: Annotated[
        int | None, typer.Option(min=0, help="Development seed of the inputs; by default the trial's own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the states that the agent passed through without asking. The same command again continues."""
    from autolab.analysis.backfill import backfill as fill
    from autolab.analysis.backfill import curve, timeline
    from autolab.ledger.reader import read_ledger
    from autolab.ledger.records import Backfilled
    from autolab.ledger.replay import replay
    from autolab.runs.store import LEDGER

    def tell(found: Backfilled) -> None:
        score = found.measurement.score
        say(
            f"autolab: state of line {found.seq}: {found.measurement.verdict if score is None else f'score {score:.3f}'}"
        )

    done = fill(trial, seed, tell)
    lines = read_ledger(trial / LEDGER)
    vetoed = replay(lines).vetoed_trees
    bests = curve(
        timeline(lines, done), frozenset(line.seq for line in lines if getattr(line.record, "tree", None) in vetoed)
    )
    if as_json:
        points = [
            {"at": each.elapsed, "score": each.measurement.score, "backfilled": each.backfilled, "line": each.seq}
            for each in bests
        ]
        print_json(
            {"trial": trial.name, "backfilled": [each.model_dump(mode="json") for each in done], "curve": points}
        )
        return
    rows = [
        (
            str(each.seq),
            figure(each.elapsed),
            each.measurement.verdict,
            figure(each.measurement.metric),
            figure(each.measurement.score),
        )
        for each in done
    ]
    print_table(("line", "at s", "verdict", "metric", "score"), rows, right=("line", "at s", "metric", "score"))
