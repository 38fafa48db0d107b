"""What a coding agent is told: the task, the `lab` command, and where the trial stands."""

from importlib.resources import files
from string import Template

from autolab.agents.bench import Bench, Status


def prompt(bench: Bench) -> str:
    """The whole prompt. KeyError for a value that the template names and nobody gives."""
    template = Template((files("autolab.agents.coding") / "prompt.md").read_text(encoding="utf-8"))
    return template.substitute(
        instruction=bench.task.instruction.strip(),
        editable=", ".join(bench.task.optimization.editable),
        standing=standing(bench.status()),
    )


def standing(status: Status) -> str:
    """Budget left and the best so far, in words."""
    left = [
        f"{status.seconds_left:.0f} seconds" if status.seconds_left is not None else "",
        f"{status.experiments_left} experiments" if status.experiments_left is not None else "",
        f"{status.cpu_seconds_left:.0f} seconds of CPU" if status.cpu_seconds_left is not None else "",
        f"{status.tokens_left:,} tokens" if status.tokens_left is not None else "",
        f"{status.usd_left:.2f} dollars" if status.usd_left is not None else "",
    ]
    budget = ", ".join(each for each in left if each) or "no limit"
    if status.experiments == 0:
        done = "Nothing has been measured yet."
    elif status.best_score is None:
        done = f"{status.experiments} experiments were made before, none with a good result; see `lab history`."
    else:
        best = f"the best is experiment {status.best_experiment} with score {status.best_score:.3f}"
        done = f"{status.experiments} experiments were made before; {best}; see `lab history`."
    notes = "".join(f"\nA person notes: {note}" for note in status.notes)
    return f"Budget left: {budget}. {done}{notes}"
