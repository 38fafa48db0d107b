"""`attacks/<name>/attack.toml`: what must become of a submission that cheats or is wrong."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from autolab.errors import TaskError
from autolab.task import toml
from autolab.task.files import inside, read_text
from autolab.task.spec import RelativePath, Table
from autolab.task.task import Attack, Change

MAX_ATTACK_TOML = 64 << 10  # bytes
MAX_ATTACKS = 200

AttackVerdict = Literal[
    "ok", "wrong_output", "build_failed", "timed_out", "over_limit", "invalid", "quarantined", "lab_error"
]
"""The ledger's verdicts; written out again because tasks know nothing of ledgers (a test compares the two)."""


class ChangeTable(Table):
    """`[[change]]`: `find` stands in the file exactly once, and becomes `replace`."""

    file: RelativePath
    find: Annotated[str, Field(min_length=1)]
    replace: str


class AttackTable(Table):
    """attack.toml. `max_score` is for verdict `ok` only: the score that the attack may reach at most.

    An attack is the editable files of the baseline or the reference (`begin`), with those of app/ in their place, and then
    changed. So one that is the reference but for a few lines says just these.
    """

    verdict: AttackVerdict
    why: Annotated[str, Field(min_length=1)]
    max_score: float | None = None
    dropped: tuple[RelativePath, ...] = ()
    begin: Literal["baseline", "reference"] = "baseline"
    change: tuple[ChangeTable, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.max_score is not None and self.verdict != "ok":
            raise ValueError(f"max_score is for verdict 'ok', but verdict is {self.verdict!r}: remove max_score")
        return self


def load_attacks(root: Path) -> tuple[Attack, ...]:
    """All attacks of a task folder, sorted by name. Their files are read later, as untrusted as an agent's own."""
    folder = root / "attacks"
    try:
        names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise TaskError(f"{folder}: cannot be read: {error.strerror or error}") from error
    if len(names) > MAX_ATTACKS:
        raise TaskError(f"{folder}: {len(names)} entries, at most {MAX_ATTACKS} are read; remove some")
    return tuple(_load(root, folder / name) for name in names)


def _load(root: Path, folder: Path) -> Attack:
    if not folder.is_dir():
        raise TaskError(f"{folder}: not a folder; attacks/ holds one folder an attack")
    inside(root, folder)
    file = folder / "attack.toml"
    table = toml.validate(AttackTable, toml.parse(read_text(root, file, MAX_ATTACK_TOML), str(file)), str(file))
    has_files = (folder / "app").is_dir() and not (folder / "app").is_symlink()
    if not has_files and not table.change:
        raise TaskError(f"{folder / 'app'}: missing; put the attack's files there, at their paths under /app, or say what it changes")
    changes = tuple(Change(each.file, each.find, each.replace) for each in table.change)
    return Attack(folder.name, folder, table.verdict, table.max_score, table.dropped, table.why, table.begin, changes)
