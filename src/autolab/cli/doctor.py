"""`autolab doctor`."""

from typing import Annotated

import typer

from autolab.cli.doctor_checks import Check, all_checks
from autolab.cli.output import print_json, print_table, say


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what this machine can do, and how to mend what it cannot.

    Exit code 0 where the suite can be run, 1 where something that it needs is missing. "limited" is what a run can do without.
    """
    checks = list(all_checks())
    if as_json:
        print_json({"ok": able(checks), "checks": [_fields(check) for check in checks]})
    else:
        print_table(("what", "state", "found"), [(check.name, check.state, check.found) for check in checks])
    mends = dict.fromkeys(f"{check.name}: {check.mend}" for check in checks if not check.ok)  # each once, in order
    if mends:
        say("\nHow to mend it:\n" + "\n".join(f"  {mend}" for mend in mends))
    if not able(checks):
        raise typer.Exit(1)


def able(checks: list[Check]) -> bool:
    """Whether all that is needed is there."""
    return all(check.ok for check in checks if check.needed)


def _fields(check: Check) -> dict[str, str | bool | None]:
    return {
        "name": check.name,
        "state": check.state,
        "found": check.found,
        "needed": check.needed,
        "mend": check.mend or None,
    }
