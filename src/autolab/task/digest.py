"""The digest of a task: equal digests mean that the same submission on the same machine has the same score."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from autolab.task.files import MAX_TREE_BYTES, TreeFile, read_limited, tree
from autolab.task.spec import TaskSpec

_VERSION = "autolab task digest 1"


def task_digest(root: Path, spec: TaskSpec, instruction: bytes) -> str:
    """sha256, in hexadecimal, over all that can change a score.

    In it: task.toml as parsed, as far as it was written (without `[metadata]` and `[task]`'s description, authors and
    keywords); instruction.md, because it is what agents read; the trees environment/app and tests (path, executable or
    not, bytes); the solution's editable files. Not in it: attacks, reference.md, the Dockerfile (which a check holds
    equal to the tree), files that tools leave behind. It does not depend on where the folder lies, on times, owners or
    the order of anything.
    """
    solution = [file for file in tree(root, root / "solution") if file.relative in spec.optimization.editable]
    parts = {
        "version": _VERSION,
        "task.toml": spec.model_dump(
            mode="json", exclude_unset=True, exclude={"metadata": True, "task": {"description", "authors", "keywords"}}
        ),
        "instruction.md": hashlib.sha256(instruction).hexdigest(),
        "environment/app": _entries(root, tree(root, root / "environment" / "app")),
        "tests": _entries(root, tree(root, root / "tests")),
        "solution": _entries(root, solution),
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _entries(root: Path, files: Iterable[TreeFile]) -> list[list[str | bool]]:
    return [[file.relative, file.executable, _hash(root, file)] for file in files]


def _hash(root: Path, file: TreeFile) -> str:
    return hashlib.sha256(read_limited(root, file.path, MAX_TREE_BYTES)).hexdigest()
