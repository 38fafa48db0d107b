"""From a name or a folder to a `Task`, or to one line that says what is wrong with it and where."""

import difflib
from pathlib import Path
from typing import Any

import autolab
from autolab.errors import TaskError
from autolab.task import toml
from autolab.task.attacks import load_attacks
from autolab.task.digest import task_digest
from autolab.task.files import inside, read_limited, read_text
from autolab.task.spec import TaskSpec
from autolab.task.task import Task

MAX_TASK_TOML = 256 << 10  # bytes
MAX_INSTRUCTION = 256 << 10
MAX_VERIFY = 1 << 20
_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def load_task(name_or_folder: str | Path) -> Task:
    """A validated task. A bare name is one of the suite; a text with a slash, a Path or an existing folder is a folder.

    Everything wrong with the folder is a TaskError in one line: file, dotted key, value seen, what to do.
    """
    return _read(_find(name_or_folder))


def suite_tasks() -> list[str]:
    """Names of the suite's tasks, sorted."""
    suite = _suite()
    return sorted(entry.name for entry in suite.iterdir() if (entry / "task.toml").is_file())


def task_schema() -> dict[str, Any]:
    """The JSON Schema of task.toml."""
    schema = TaskSpec.model_json_schema()
    return {"$schema": _SCHEMA_DIALECT, **schema, "title": "task.toml of an AutoLab task"}


def _suite() -> Path:
    package = Path(autolab.__file__).resolve().parent
    for folder in (package / "suite", package.parent.parent / "tasks"):  # a wheel's; an editable checkout's
        if folder.is_dir():
            return folder
    raise TaskError(f"{package / 'suite'}: the suite of tasks is missing; install autolab-bench again")


def _find(name_or_folder: str | Path) -> Path:
    text = str(name_or_folder)
    names = [] if isinstance(name_or_folder, Path) or "/" in text else suite_tasks()
    if text in names:
        return _suite() / text
    folder = Path(text)
    if text and _is_folder(folder):
        return folder
    if isinstance(name_or_folder, Path) or "/" in text:
        raise TaskError(f"{text!r:.200}: no such folder{_close(text.rpartition('/')[2], suite_tasks())}")
    raise TaskError(f"{text!r:.200}: no such task{_close(text, names)}; `autolab tasks list` shows all, ./x is a folder")


def _close(text: str, names: list[str]) -> str:
    close = difflib.get_close_matches(text[:100], names, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else ""


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):  # too long, or with a NUL character
        return False


def _read(folder: Path) -> Task:
    file = folder / "task.toml"
    spec = toml.validate(TaskSpec, toml.parse(read_text(folder, file, MAX_TASK_TOML), str(file)), str(file))
    _check_editable(spec, file)
    instruction = read_text(folder, folder / "instruction.md", MAX_INSTRUCTION)
    _check_files(folder, spec)
    attacks = load_attacks(folder)
    return Task(folder.absolute(), spec, instruction, task_digest(folder, spec, instruction.encode()), attacks)


def _check_editable(spec: TaskSpec, file: Path) -> None:
    editable = spec.optimization.editable
    for index, path in enumerate(editable):
        if path in editable[:index]:
            raise TaskError(f"{file}: optimization.editable[{index}]: {path!r} stands there twice; remove one")
        if any(other.startswith(f"{path}/") for other in editable):
            raise TaskError(f"{file}: optimization.editable[{index}]: {path!r} is a folder of another; list files only")


def _check_files(folder: Path, spec: TaskSpec) -> None:
    """Everything that a judge needs is there."""
    for path in spec.optimization.editable:
        program = folder / "environment" / "app" / path
        if not program.is_file():
            raise TaskError(f"{program}: missing, but {path!r} is in optimization.editable; add the starting file")
        inside(folder, program)
        if program.stat().st_size > spec.optimization.max_submission_kb << 10:
            raise TaskError(f"{program}: larger than optimization.max_submission_kb; raise it")
    script = spec.optimization.instrument.kind == "script"
    read_limited(folder, folder / "tests" / ("test.sh" if script else "verify.py"), MAX_VERIFY)
    empty = folder / "tests" / "empty"
    if spec.optimization.instrument.kind in {"callgrind", "cachegrind", "heap", "paired"} and not any(
        (empty / path).is_file() for path in spec.optimization.editable
    ):
        raise TaskError(f"{empty}: missing, or without an editable file; the instrument {spec.optimization.instrument.kind!r} needs the empty candidate")
