"""`autolab bench open`, and how the other commands of the group find a bench."""

from pathlib import Path
from typing import Annotated

import typer

from autolab.cli.limits import CpuSeconds, Experiments, Tokens, Usd
from autolab.cli.output import print_json, visible
from autolab.errors import AutolabError

RUNS = Path("runs")
HERE = Annotated[Path, typer.Option("--out", help="Folder that runs lie in; give it before ID.")]
ID = Annotated[str, typer.Argument(metavar="ID", help="The trial's folder, or its name.")]


def open_bench(
    task: Annotated[str, typer.Argument(help="A task of the suite, or a task folder.")],
    wall: Annotated[float | None, typer.Option(min=1, help="Seconds until the bench must be closed; by default the task's.")] = None,
    experiments: Experiments = None,
    cpu: CpuSeconds = None,
    tokens: Tokens = None,
    usd: Usd = None,
    seed: Annotated[int, typer.Option(min=0, help="What development inputs come from.")] = 1,
    feedback: Annotated[str, typer.Option(help="What is told: true, withheld, shuffled or delayed:N.")] = "true",
    out: Annotated[Path, typer.Option(help="Folder that runs lie in.")] = RUNS,
    name: Annotated[str, typer.Option(help="Name of the run that the trial belongs to.")] = "by-hand",
    shell: Annotated[bool, typer.Option("--shell", help="Work in it at once, in a shell of its own.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Open a bench, and say how to work in it. The wall budget runs from now until it is closed."""
    from autolab.lab.budget import Budget
    from autolab.lab.by_hand import Opening, open_by_hand
    from autolab.lab.feedback import parse_feedback
    from autolab.sandbox.bubblewrap import default_sandbox
    from autolab.task.load import load_task

    if shell and as_json:
        raise AutolabError("--shell and --json do not go together: a shell's output is no JSON")
    if not name.strip(".") or "/" in name:
        raise AutolabError(f"--name {name!r}: give a plain name, without a slash")
    loaded = load_task(task)
    budget = Budget(wall or loaded.spec.agent.timeout_sec, experiments, cpu, tokens, usd)
    folder = open_by_hand(out / name, Opening(loaded, budget, seed, parse_feedback(feedback)), default_sandbox())
    spec = loaded.optimization
    handle = folder.name if out == RUNS and len(_named(RUNS, folder.name)) == 1 else str(folder)
    commands = {
        "look": f"autolab bench exec {handle} -- ls -l",
        "measure": f'autolab bench lab {handle} measure -m "what I changed, and why it should help"',
        "work": f"autolab bench shell {handle}",
        "status": f"autolab bench status {handle}",
        "everything": f"autolab bench lab {handle} help",
        "close": f"autolab bench close {handle}",
    }
    if as_json:
        print_json(
            {
                "id": handle, "folder": str(folder), "app": str(folder / "bench/app"), "task": loaded.name,
                "editable": list(spec.editable), "metric": loaded.unit, "direction": spec.direction,
                "budget": budget.recorded(), "feedback": feedback, "instruction": loaded.instruction, "commands": commands,
            }
        )  # fmt: skip
        return
    said = [
        loaded.instruction.rstrip(),
        "",
        f"{folder.name} is open. Its budget until it is closed, where the seconds run from now: {budget}.",
        f"The program lies in {folder / 'bench/app'}; change it there with any editor, or by commands in the bench,",
        "where that folder is /app and lab is on the PATH. Each call runs in a new box and leaves only files.",
        "",
        *(f"  {command}" for command in commands.values()),
    ]
    print(visible("\n".join(said)), flush=True)
    if shell:
        from autolab.cli.bench_shell import enter

        enter(folder, handle)


def find(out: Path, words: str) -> Path:
    """The folder of the trial that a person means: a path, or the name of a trial in one of the runs in `out`."""
    from autolab.runs.store import is_trial

    if is_trial(Path(words)) or "/" in words:
        if not Path(words).is_dir():
            raise AutolabError(f"{words}: no such folder; autolab bench open names the folder of the bench that it opens")
        return Path(words)
    found = _named(out, words)
    if not found:
        raise AutolabError(f"no bench {words!r} in {out}; give its folder, or --out before it, or open one: autolab bench open TASK")
    if len(found) > 1:
        raise AutolabError(f"{words!r} is in several runs: {', '.join(map(str, found))}; give the folder of one")
    return found[0]


def _named(out: Path, name: str) -> list[Path]:
    try:
        return [place for run in sorted(out.iterdir()) if (place := run / "trials" / name).is_dir()]
    except OSError:
        return []
