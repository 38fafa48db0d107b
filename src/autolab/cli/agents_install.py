"""`autolab agents install`."""

from typing import Annotated

import typer

from autolab.cli.output import print_json, say


def install_agent(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Coding agents, each perhaps with a version: NAME==VERSION.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Install a command-line coding agent from npm or PyPI into the cache folder; boxes see it read-only."""
    from autolab.agents.coding.install import install, known

    wanted = [(known(name.partition("==")[0]), name.partition("==")[2]) for name in names]
    done = []
    for program, version in wanted:
        say(f"autolab: installing {program.package} from {program.source}")
        done.append(install(program, version))
    if as_json:
        print_json([{"name": each.program.name, "version": each.version, "folder": str(each.folder)} for each in done])
    else:
        for each in done:
            print(f"{each.program.name} {each.version} in {each.folder}")
