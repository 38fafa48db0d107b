"""`autolab agents list`."""

from typing import Annotated

import typer

from autolab.cli.output import print_json, print_table


def list_agents(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the built-in agents, and which coding agents are installed."""
    from autolab.agents.coding.install import installed
    from autolab.agents.coding.programs import PROGRAMS
    from autolab.agents.registry import agent_names

    found = []
    for name in agent_names():
        program = PROGRAMS.get(name)
        there = installed(program) if program else None
        kind = "built in" if program is None else program.source
        found.append({"name": name, "kind": kind, "installed": there.version if there else None if program else "yes"})
    if as_json:
        print_json(found)
    else:
        print_table(("agent", "from", "installed"), [(str(each["name"]), str(each["kind"]), each["installed"] or "-") for each in found])
