"""`attacks/<name>/attack.toml`: what must become of a submission that cheats or is wrong."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from autolab.errors import TaskError
from autolab.task import toml
from autolab.task.files import inside, read_text
from autolab.task.spec import RelativePath, Table
from autolab.task.task import Attack

MAX_ATTACK_TOML = 64 << 10  # bytes
MAX_ATTACKS = 200

AttackVerdict = Literal[
    "ok", "wrong_output", "build_failed", "timed_out", "over_limit", "invalid", "quarantined", "lab_error"
]
"""The ledger's verdicts; written out again because tasks know nothing of ledgers (a test compares the two)."""


class AttackTable(Table):
    """attack.toml. `max_score` is for verdict `ok` only: the score that the attack may reach at most."""

    verdict: AttackVerdict
    why: Annotated[str, Field(min_length=1)]
    max_score: float | None = None
    dropped: tuple[RelativePath, ...] = ()

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
    if not (folder / "app").is_dir() or (folder / "app").is_symlink():
        raise TaskError(f"{folder / 'app'}: missing; put the attack's files there, at their paths under /app")
    return Attack(folder.name, folder, table.verdict, table.max_score, table.dropped, table.why)
