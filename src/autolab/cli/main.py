"""The command `autolab`: the table of its commands, and what happens when one of them fails."""

import errno
import sys
from typing import Annotated

import typer

from autolab.cli.lazy import lazy_app
from autolab.errors import AutolabError

COMMANDS = {
    "run": ("autolab.cli.run:run", "Let agents work on tasks, and grade what they reach."),
    "resume": ("autolab.cli.resume:resume", "Continue a run with the options that it was begun with."),
    "watch": ("autolab.cli.watch:watch", "Follow a run that another command works on."),
    "stop": ("autolab.cli.stop:stop", "End a trial or a run early; what was reached is graded."),
    "note": ("autolab.cli.note:note", "Leave a note that the agent sees at its next status."),
    "veto": ("autolab.cli.veto:veto", "Say that an experiment must not count."),
    "show": ("autolab.cli.show:show", "Show a run, a trial or one experiment."),
    "view": ("autolab.cli.view:view", "Show runs in a browser, live."),
    "publish": ("autolab.cli.publish:publish", "Write the page as files for any static host, or one trial's as one file."),
    "analyze": ("autolab.cli.analyze:analyze", "Say what agents reached, how, how sure that is, and what it cost."),
    "compare": ("autolab.cli.compare:compare", "Say whether two agents, or two runs, differ: paired, with intervals."),
    "leaderboard": ("", "Make a leaderboard of runs."),
    "leaderboard build": ("autolab.cli.leaderboard:build", "Make the table, and put it into a document."),
    "export": ("autolab.cli.export:export", "Write trials in another program's format."),
    "bench": ("", "Work on a task yourself, or with any program, one call at a time."),
    "bench open": ("autolab.cli.bench:open_bench", "Open a bench, and say how to work in it."),
    "bench exec": ("autolab.cli.bench_call:exec_in_bench", "Run a command in a bench."),
    "bench shell": ("autolab.cli.bench_shell:shell", "Work in a bench in a shell of its own."),
    "bench lab": ("autolab.cli.bench_call:lab", "Measure, look back, restore, submit: the bench's lab command."),
    "bench status": ("autolab.cli.bench_close:status", "Say what is left of a bench's budget, and the best so far."),
    "bench close": ("autolab.cli.bench_close:close", "Destroy a bench, grade what was reached, end the trial."),
    "mcp": ("autolab.cli.mcp:mcp", "Serve a bench's operations over MCP, for any agent that speaks it."),
    "resilience": ("autolab.cli.resilience:resilience", "Say how agents take bad news, and where the time went."),
    "ablate": ("autolab.cli.ablate:ablate", "Run an agent with and without feedback, which shows what the loop is worth."),
    "label": ("autolab.cli.label:label", "Show what went wrong in a trial, or correct it."),
    "backfill": ("autolab.cli.backfill:backfill", "Measure the states that an agent passed through without asking."),
    "report": ("autolab.cli.report:report", "Write a trial's or a run's report, a document to read; or verify one."),
    "measure": ("autolab.cli.measure:measure", "Measure a folder of files as a submission, outside any trial."),
    "grade": ("autolab.cli.grade:grade", "Grade a submission on hidden seeds, or repeat a stored grade."),
    "agents": ("", "List the agents, install coding agents."),
    "agents list": ("autolab.cli.agents_list:list_agents", "List the agents there are."),
    "agents install": ("autolab.cli.agents_install:install_agent", "Install a command-line coding agent."),
    "tasks": ("", "List, read and check tasks."),
    "tasks list": ("autolab.cli.tasks_list:list_tasks", "List the tasks of the suite with their anchors."),
    "tasks show": ("autolab.cli.tasks_show:show_task", "Show one task: instruction, anchors, limits, digest."),
    "tasks check": ("autolab.cli.tasks_check:check", "Say precisely what is wrong with a task."),
    "tasks schema": ("autolab.cli.tasks_schema:schema", "Print the JSON Schema of task.toml."),
    "calibrate": ("autolab.cli.calibrate:calibrate", "Measure tasks' anchors on this machine, beside the stated ones."),
    "doctor": ("autolab.cli.doctor:doctor", "Say what this machine can do, and how to mend what it cannot."),
}
"""A new command is one line here and one file with a typer function. The help texts stand here, so that
`autolab --help` imports no command."""

app = lazy_app(COMMANDS, "A laboratory for closed-loop improvement: propose, run, measure, revise, under a budget.")


def _print_version(wanted: bool) -> None:
    if wanted:
        from autolab import __version__

        typer.echo(f"autolab {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Options of `autolab` itself; typer wants a function for them."""


def main() -> None:
    """Runs the command line; a mendable error becomes one line on stderr and the error's exit code.

    So does a full disk, wherever it is met. Ctrl-C exits with 130 (typer's own; here for what happens outside it). A closed pipe ends quietly.
    """
    try:
        app(prog_name="autolab")
    except AutolabError as error:
        print(f"autolab: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print(f"autolab: {error.filename or 'a disk'}: {error.strerror}; make room, then run the same command again", file=sys.stderr)
        sys.exit(AutolabError.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
