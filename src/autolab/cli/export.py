"""`autolab export`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import print_json, say
from autolab.errors import AutolabError

FORMATS = ("atif",)


def export(
    trial: Annotated[Path, typer.Argument(help="The trial's folder.")],
    to: Annotated[str, typer.Option("--format", help="atif: one trajectory in JSON, ATIF 1.8.")] = "atif",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file to write; by default stdout.")] = None,
) -> None:
    """Write a trial in another program's format. It is read from the ledger alone, and may still be running."""
    import json

    from autolab.interop.atif import atif
    from autolab.ledger.reader import read_ledger

    if to not in FORMATS:
        raise AutolabError(f"--format {to!r}: there is {', '.join(FORMATS)}")
    try:
        written = atif(read_ledger(trial / "ledger.jsonl"))
    except ValueError as error:
        raise AutolabError(f"{trial}: {error}; give the folder of a trial that has") from error
    if output is None:
        print_json(written)
        return
    try:
        output.write_text(json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise AutolabError(f"{output} cannot be written: {error.strerror}; give another --output") from error
    say(f"autolab: {len(written['steps'])} steps written to {output}")
