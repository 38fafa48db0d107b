"""`autolab bench exec` and `autolab bench lab`: one call to a bench. What follows ID is the bench's, not autolab's."""

import sys
from typing import Annotated

import typer

from autolab.cli.bench import HERE, ID, RUNS, find
from autolab.cli.output import print_json, say, visible
from autolab.errors import AutolabError

CONTEXT = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def exec_in_bench(
    bench: ID,
    command: Annotated[list[str], typer.Argument(metavar="-- CMD...", help="The command and its words.")],
    timeout: Annotated[float | None, typer.Option(min=0.1, help="Seconds; give it before ID. By default the task's.")] = None,
    out: HERE = RUNS,
) -> None:
    """Run a command in a bench, in a new box, with the program in /app and `lab` on the PATH.

    Its output comes when it has ended. Exit code: the command's; 128 + the signal that ended it; 124 over a limit.
    """
    from autolab.lab.by_hand import working
    from autolab.sandbox.bubblewrap import default_sandbox

    words = tuple(command[1:] if command[:1] == ["--"] else command)
    if not words:
        raise AutolabError(f"no command; give one: autolab bench exec {bench} -- ls -l")
    with working(find(out, bench), default_sandbox()) as opened:
        done = opened.exec(words, timeout)
    sys.stdout.buffer.write(done.stdout)
    sys.stdout.buffer.flush()
    sys.stderr.buffer.write(done.stderr)
    sys.stderr.buffer.flush()
    if done.limit is not None:
        say(f"autolab: {words[0]}: {done.describe()}")
        raise typer.Exit(124)
    raise typer.Exit(128 + done.signal if done.signal is not None else done.exit_code or 0)


def lab(
    bench: ID,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help='As in the bench: measure -m "...", history, help.')],
    out: HERE = RUNS,
) -> None:
    """Measure, look back, restore, submit: the bench's `lab` command from outside. --json among its words gives data."""
    from autolab.lab.by_hand import working
    from autolab.lab.operations import operate
    from autolab.sandbox.bubblewrap import default_sandbox

    asked = [word for word in words[words[:1] == ["--"] :] if word != "--json"]
    with working(find(out, bench), default_sandbox()) as opened:
        text, data = operate(opened, asked)
    print_json(data) if "--json" in words else print(visible(text))
