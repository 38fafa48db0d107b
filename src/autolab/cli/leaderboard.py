"""`autolab leaderboard`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from autolab.analysis.leaderboard import markdown, spliced, standing
from autolab.analysis.mixing import refuse_mixed
from autolab.analysis.summary import by_agent
from autolab.cli.analyze import some_trials
from autolab.cli.output import print_json, say
from autolab.errors import AutolabError
from autolab.ledger.durable import replace_file


def build(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs.")],
    splice: Annotated[Path | None, typer.Option(help="A Markdown document that gets the table, between its two marks.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Mix machines, digests or versions, and mark it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a leaderboard of runs, with intervals, in Markdown."""
    trials = some_trials(runs)
    marks = refuse_mixed(trials, force=force)
    rows = by_agent(trials)
    table = markdown(rows, trials, marks)
    if splice is not None:
        try:
            replace_file(splice, spliced(splice.read_text(), table).encode())
        except OSError as error:
            raise AutolabError(f"{splice}: {error.strerror or error}; give a document that can be read and written") from error
        say(f"autolab: {splice} has the leaderboard of {len(trials)} trials")
    if as_json:
        print_json({"mixed": list(marks), "rows": [{**asdict(row), "standing": standing(row)} for row in rows]})
    elif splice is None:
        print(table)
