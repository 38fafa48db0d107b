"""A task as the rest of the program sees it: read, validated, unchanging."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from autolab.task.spec import Optimization, TaskSpec


@dataclass(frozen=True)
class Change:
    """A text of a file, which must be in it exactly once, and what stands there instead."""

    file: str
    find: str
    replace: str


@dataclass(frozen=True)
class Attack:
    """A submission that cheats or is wrong, with the verdict it must get (attacks/<name>/attack.toml beside its files)."""

    name: str
    folder: Path  # its files lie in `folder/app`, if there are any
    verdict: str
    max_score: float | None  # for verdict "ok": the score it may reach at most
    dropped: tuple[str, ...]  # paths that must be listed as dropped
    why: str
    begin: Literal["baseline", "reference"] = "baseline"  # whose editable files it begins with
    changes: tuple[Change, ...] = ()  # made in these, one after the other


@dataclass(frozen=True)
class Task:
    """A validated task folder."""

    folder: Path
    spec: TaskSpec
    instruction: str
    digest: str  # sha256 over all that can change a score
    attacks: tuple[Attack, ...]

    @property
    def name(self) -> str:
        """The short name, without the organisation."""
        return self.spec.task.name.rpartition("/")[2]

    @property
    def optimization(self) -> Optimization:
        """The table `[optimization]`: what is measured and how."""
        return self.spec.optimization

    @property
    def unit(self) -> str:
        """The metric's unit as people read it."""
        return self.optimization.unit or self.optimization.metric.replace("_", " ")

    @property
    def app(self) -> Path:
        """The starting program."""
        return self.folder / "environment" / "app"

    @property
    def verify(self) -> Path:
        """The file that draws inputs and checks outputs."""
        return self.folder / "tests" / "verify.py"

    @cached_property
    def baseline_files(self) -> Mapping[str, bytes]:
        """Editable files as the agent gets them."""
        return self._editable_in(self.app)

    @cached_property
    def reference_files(self) -> Mapping[str, bytes]:
        """Editable files with the reference's on top."""
        return {**self.baseline_files, **self._editable_in(self.folder / "solution")}

    @cached_property
    def empty_files(self) -> Mapping[str, bytes]:
        """Editable files of the empty candidate (tests/empty): links and returns without doing the work."""
        return {**self.baseline_files, **self._editable_in(self.folder / "tests" / "empty")}

    def _editable_in(self, folder: Path) -> dict[str, bytes]:
        paths = {path: folder / path for path in self.optimization.editable}
        return {path: file.read_bytes() for path, file in paths.items() if file.is_file()}
