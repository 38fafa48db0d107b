"""A pristine copy of a task's starting program, with files of a submission on top."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from autolab.task.files import tree
from autolab.task.task import Task


def lay_out(task: Task, files: Mapping[str, bytes], folder: Path) -> None:
    """The pristine tree with the submission on top. Modes are set: what a box sees must not depend on anybody's umask."""
    for file in tree(task.folder, task.app):
        place = folder / file.relative
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, place)
        place.chmod(0o755 if file.executable else 0o644)
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for place in (folder, *(each for each in folder.rglob("*") if each.is_dir())):
        place.chmod(0o755)
