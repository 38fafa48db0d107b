"""`autolab publish`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autolab.cli.output import print_json, say
from autolab.errors import AutolabError

if TYPE_CHECKING:
    from autolab.web.shelf import Shelf


def publish(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs, or one of many runs, or of a trial.")],
    out: Annotated[Path, typer.Option(help="A folder for the site; a name that ends in .html: one trial as one file.")] = Path("site"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write the page with its data as files. It opens from the disk, and works on any static host.

    With --out trial.html one trial is one file: the page to look and play with. A document to read is: autolab report TRIAL --html.
    """
    from autolab.web.single import single_page
    from autolab.web.site import write_site

    shelf = _shelf(folders)
    if out.suffix == ".html":
        trials = [(run, folder.name) for run in shelf.runs() for folder in shelf.trials(run)]
        if len(trials) != 1:
            raise AutolabError(f"{len(trials)} trials for the one file {out}; give one trial's folder, or --out a folder")
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(single_page(shelf, *trials[0]), encoding="utf-8")
        count, opened = 1, out
    else:
        count, opened = write_site(shelf, out, lambda name: say(f"autolab: {name}")), out / "index.html"
    if as_json:
        print_json({"out": str(out), "documents": count})
    say(f"autolab: {count} documents; open {opened}, or copy {out} to any web server")


def _shelf(folders: list[Path]) -> "Shelf":
    """One shelf for all that was given; AutolabError for two runs of one name, as addresses are made of names."""
    from autolab.runs.store import is_trial
    from autolab.web.shelf import Shelf, is_run, open_shelf

    if len(folders) == 1:
        return open_shelf(folders[0])
    runs = [folder.absolute() for folder in folders]
    for each in runs:
        if not is_run(each) or is_trial(each):
            raise AutolabError(f"{each} is no run; give folders that autolab run made, e.g. runs/NAME")
    if len({each.name for each in runs}) < len(set(runs)):
        raise AutolabError("two of these runs have the same name; rename one folder, as the page's addresses are made of names")
    return Shelf(runs)
