"""`autolab backfill`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import figure, print_json, print_table, say


def backfill(
    trial: Annotated[Path, typer.Argument(help="A trial's folder.")],
    seed: Annotated[int | None, typer.Option(min=0, help="Development seed of the inputs; by default the trial's own.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the states that the agent passed through without asking. The same command again continues."""
    from autolab.analysis.backfill import backfill as fill
    from autolab.ledger.records import Backfilled

    def tell(found: Backfilled) -> None:
        score = found.measurement.score
        say(f"autolab: state of line {found.seq}: {found.measurement.verdict if score is None else f'score {score:.3f}'}")

    done = fill(trial, seed, tell)
    if as_json:
        print_json({"trial": trial.name, "backfilled": [each.model_dump(mode="json") for each in done]})
        return
    rows = [
        (str(each.seq), figure(each.elapsed), each.measurement.verdict, figure(each.measurement.metric), figure(each.measurement.score))
        for each in done
    ]
    print_table(("line", "at s", "verdict", "metric", "score"), rows, right=("line", "at s", "metric", "score"))
