"""`autolab label`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import print_json, print_table


def label(
    trial: Annotated[Path, typer.Argument(help="A trial's folder.")],
    name: Annotated[str | None, typer.Argument(help="A label to set; without one all labels are shown.")] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="Say that this label does not hold.")] = False,
    evidence: Annotated[str, typer.Option(help="Ledger lines (seq) that show it, with commas between.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what went wrong in a trial, with its evidence, or correct it. Corrections are only ever added."""
    from dataclasses import asdict

    from autolab.analysis.failures import corrected, failures, read_labels, write_label
    from autolab.errors import AutolabError
    from autolab.ledger.reader import read_ledger
    from autolab.ledger.records import Label
    from autolab.runs.store import LEDGER

    lines = read_ledger(trial / LEDGER)
    if name is not None:
        try:
            seqs = tuple(int(word) for word in evidence.split(",") if word.strip())
        except ValueError:
            raise AutolabError(f"--evidence {evidence!r}: give numbers of ledger lines, e.g. 12,15") from None
        write_label(trial, Label(name=name, holds=not wrong, evidence=seqs, reason=reason, by=by), lines)
    found = corrected(failures(lines), read_labels(trial))
    if as_json:
        print_json({"trial": trial.name, "labels": [asdict(each) for each in found]})
        return
    rows = [(each.name, _few(each.evidence), each.by or "automatic", each.reason) for each in found]
    print_table(("label", "ledger lines", "by", "reason"), rows)


def _few(seqs: tuple[int, ...]) -> str:
    words = ", ".join(map(str, seqs[:8]))
    return f"{words} and {len(seqs) - 8} more" if len(seqs) > 8 else words
