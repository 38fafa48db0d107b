"""Checks of what a task says: instruction, Dockerfile, documents, tools. They run nothing."""

import re

from autolab.authoring.findings import Report
from autolab.judge.tools import missing_tools
from autolab.task.task import Task

LEAST_ATTACKS = 5
MOST_MEMORY_MB = 1024
HEADING = "## Files you may edit"

_ITEM = re.compile(r"^\s*[-*]\s+`([^`]+)`", re.MULTILINE)
_COPY = re.compile(r"^COPY\s+(?:--\S+\s+)*(?:\./)?app/?\s+/app/?\s*$", re.MULTILINE)


def check_words(task: Task, report: Report) -> None:
    """Adds one finding for each thing looked at."""
    _instruction(task, report)
    _dockerfile(task, report)
    reference = task.folder / "solution" / "reference.md"
    report.add("reference.md", reference.is_file(), "there" if reference.is_file() else f"{reference} is missing: say why the reference is fast")
    enough = len(task.attacks) >= LEAST_ATTACKS
    report.add("attacks", enough, f"{len(task.attacks)} attacks" + ("" if enough else f"; at least {LEAST_ATTACKS} are needed"))
    memory = task.spec.environment.memory_mb
    report.add("memory", memory <= MOST_MEMORY_MB, f"environment.memory_mb is {memory}, at most {MOST_MEMORY_MB}")
    missing = missing_tools(task)
    report.add("tools", not missing, f"not in /usr/bin: {', '.join(missing)}; install or mend requires" if missing else "all there")


def editable_said(instruction: str) -> tuple[str, ...] | None:
    """The files that the instruction's list names, None if it has no such section."""
    _, heading, rest = instruction.partition(f"\n{HEADING}\n")
    return tuple(_ITEM.findall(rest.partition("\n## ")[0])) if heading else None


def _instruction(task: Task, report: Report) -> None:
    said, editable = editable_said("\n" + task.instruction), task.optimization.editable
    if said is None:
        report.add("instruction", False, f"instruction.md has no section {HEADING!r}")
    elif sorted(said) != sorted(editable):
        report.add("instruction", False, f"instruction.md names {', '.join(said) or 'no file'}; editable is {', '.join(editable)}: make them equal")
    else:
        report.add("instruction", True, f"names {', '.join(said)}")


def _dockerfile(task: Task, report: Report) -> None:
    file = task.folder / "environment" / "Dockerfile"
    text = file.read_text(errors="replace") if file.is_file() else ""
    copies = [line for line in text.splitlines() if re.match(r"\s*(COPY|ADD)\b", line, re.IGNORECASE)]
    right = len(copies) == 1 and bool(_COPY.search(text))
    report.add("Dockerfile", right, "copies app to /app" if right else f"{file} must copy the same tree, with one line: COPY app/ /app/")
