"""What a control may do to a program: refine it a little, or build another one."""

from collections.abc import Mapping
from random import Random
from typing import Protocol

from autolab.agents.mutate.operators import mutate
from autolab.agents.mutate.syntax import language_of
from autolab.task.task import Task

Files = Mapping[str, bytes]


class Space(Protocol):
    """The states of one task. Every random choice comes from `rng`."""

    def refine(self, files: Files, rng: Random) -> tuple[Files, str]:
        """A small change inside the frame, and words for it."""

    def restructure(self, files: Files, rng: Random) -> tuple[Files, str]:
        """Another frame, not tuned yet, and words for it."""


class Mutants:
    """Any task's space: one syntactic mutation refines, many at once restructure (and mostly break)."""

    MANY = 25

    def refine(self, files: Files, rng: Random) -> tuple[Files, str]:
        """One mutation of one file; nothing where none is found."""
        path = rng.choice(sorted(files)) if files else ""
        found = mutate(files[path], language_of(path), rng) if files else None
        return (files, "nothing to change") if found is None else ({**files, path: found.content}, f"{path} {found.description}")

    def restructure(self, files: Files, rng: Random) -> tuple[Files, str]:
        """Many mutations in a row."""
        for _ in range(self.MANY):
            files, _ = self.refine(files, rng)
        return files, f"{self.MANY} mutations at once"


def space_of(task: Task) -> Space:
    """The space that suits the task: sorting networks and the study's frames have their own."""
    editable = set(task.optimization.editable)
    if editable == {"network.txt"}:
        from autolab.agents.controls.networks import Networks

        return Networks()
    if editable == {"frames.txt"}:
        from autolab.agents.controls.frames import Frames

        return Frames()
    return Mutants()
