"""`autolab bench shell`, and the shell that `autolab bench open --shell` ends in."""

from pathlib import Path

from autolab.cli.bench import HERE, ID, RUNS, find
from autolab.cli.output import say


def shell(bench: ID, out: HERE = RUNS) -> None:
    """Work in a bench in a shell of its own: /app is the program, `lab` measures it. `exit` leaves it open."""
    enter(find(out, bench), bench)


def enter(folder: Path, handle: str) -> None:
    """A shell in the bench, and what can be done after it."""
    import sys

    from autolab.lab.by_hand import working
    from autolab.lab.shell import shell as run_shell
    from autolab.sandbox.bubblewrap import default_sandbox

    with working(folder, default_sandbox()) as opened:
        say("autolab: this is a shell in the bench: lab help says how to measure, exit leaves; the budget runs on until the bench is closed")
        done = run_shell(opened, sys.stdin.fileno(), sys.stdout.fileno())
    if done.limit is not None:
        say(f"autolab: the shell was ended: {done.describe()}")
    if done.exit_code == 126 and done.stderr:  # a bench whose feedback is not true executes nothing
        say(f"autolab: {done.stderr.decode(errors='replace').strip()}")
    say(f"autolab: go on: autolab bench shell {handle}; get the grade: autolab bench close {handle}")
