"""`autolab report`."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.output import print_json, say


def report(
    folder: Annotated[Path, typer.Argument(help="A trial's folder or a run's.")],
    html: Annotated[bool, typer.Option("--html", help="One self-contained HTML file instead of Markdown.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Recompute the stored report from its ledgers and compare.")
    ] = False,
    ablation: Annotated[
        bool, typer.Option(help="With a trial: take back each kept change and measure what is left.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a trial's or a run's report beside its ledgers, or verify the one that is there (exit code 1: it does not hold).

    A document to read from top to bottom and to print, without script. The page that plays a trial back, with every diff and
    output, in one file as well: autolab publish TRIAL --out trial.html.
    """
    from autolab.analysis.report import files
    from autolab.runs.store import is_trial

    if verify:
        wrong = files.verify(folder, as_html=html)
        print_json({"folder": str(folder), "holds": not wrong, "differences": list(wrong)}) if as_json else _told(wrong)
        raise typer.Exit(1 if wrong else 0)
    if ablation and is_trial(folder):
        _revert(folder)
    written = files.write(folder, as_html=html)
    if as_json:
        print_json({"folder": str(folder), "files": [str(path) for path in written]})
    else:
        print("\n".join(map(str, written)))


def _told(wrong: tuple[str, ...]) -> None:
    print("\n".join(wrong) or "every number is what the ledgers give")


def _revert(folder: Path) -> None:
    """The measures of the ablation. A report without them is a report all the same, and says so."""
    from autolab.analysis.report.reverting import revert_changes
    from autolab.errors import AutolabError
    from autolab.ledger.records import Reverted

    def tell(found: Reverted) -> None:
        say(
            f"autolab: without experiment {found.experiment}: {found.measurement.verdict if found.measurement else 'does not come off alone'}"
        )

    try:
        revert_changes(folder, tell)
    except AutolabError as error:
        say(f"autolab: no ablation: {error}")
