"""The tools that a task's programs are made and measured with."""

import os

from autolab.errors import AutolabError
from autolab.task.task import Task

_PACKAGES = {"bwrap": "bubblewrap", "go": "golang"}  # Debian's, where it is not the tool's own name


def missing_tools(task: Task) -> tuple[str, ...]:
    """What task.toml's `requires` names and /usr/bin has not: boxes see /usr only."""
    return tuple(tool for tool in task.optimization.requires if not os.access(f"/usr/bin/{tool}", os.X_OK))


def need_tools(task: Task) -> None:
    """AutolabError, with the command to type, if a tool is missing."""
    if missing := missing_tools(task):
        packages = " ".join(_PACKAGES.get(tool, tool) for tool in missing)
        raise AutolabError(f"{task.name} needs {', '.join(missing)} in /usr/bin; run: apt-get install {packages}")
