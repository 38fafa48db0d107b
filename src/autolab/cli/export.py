"""`autolab export`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.analyze import some_trials
from autolab.errors import AutolabError
from autolab.interop.formats import exported


def export(
    paths: Annotated[list[Path], typer.Argument(help="Folders of runs or trials.")],
    form: Annotated[str, typer.Option("--format", help="jsonl, csv, md, autoresearch, swe-bench or atif.")] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="A file to write instead of stdout.")] = None,
) -> None:
    """Write trials in another program's format."""
    pieces = exported(some_trials(paths), form)
    if out is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise AutolabError(f"{out}: {error.strerror or error}; give a file that can be written") from error
