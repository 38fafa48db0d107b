"""Anchors that are kept between measures: where, and what they say. They hold for one toolchain and one state of a task."""

from collections.abc import Sequence
from pathlib import Path

from autolab.ledger.records import Anchors
from autolab.measure import cache
from autolab.measure.fingerprint import machine, toolchain
from autolab.task.task import Task


def default_folder() -> Path:
    """Where anchors are kept unless a judge is told otherwise."""
    return cache.cache_folder() / "anchors"


def counted_at(folder: Path, task: Task, seeds: Sequence[int]) -> Path:
    """The file of the counts on these seeds' cases."""
    return _folder(folder, task) / f"{task.optimization.instrument.event}-{'-'.join(map(str, seeds))}.json"


def heap_at(folder: Path, task: Task, seeds: Sequence[int]) -> Path:
    """The file of the heap blocks on these seeds' cases."""
    return _folder(folder, task) / f"heap-{'-'.join(map(str, seeds))}.json"


def paired_at(folder: Path, task: Task) -> Path:
    """The file of the reference's speed-up, which depends on the processor too."""
    cpu = "".join(letter if letter.isalnum() else "-" for letter in machine()["cpu"])
    return _folder(folder, task) / f"paired-{cpu}.json"


def known_speedup(path: Path) -> float | None:
    """The reference's kept speed-up, None if there is none."""
    value = cache.read(path)
    return value if isinstance(value, float) and value > 1 else None


def script_at(folder: Path, task: Task) -> Path:
    """The file of the rewards that a script task's own programs get."""
    return _folder(folder, task) / "script.json"


def known_script(path: Path) -> Anchors | None:
    """A script task's kept anchors, None if there are none."""
    return _anchors(cache.read(path))


def known_anchors(task: Task, seed: int, folder: Path | None = None) -> Anchors | None:
    """What was measured here before, None if nothing was. For a task that is only counted: nothing is kept."""
    kind, where = task.optimization.instrument.kind, folder or default_folder()
    if kind == "paired":
        speedup = known_speedup(paired_at(where, task))
        return None if speedup is None else Anchors(baseline=1.0, reference=speedup)
    if kind == "script":
        return known_script(script_at(where, task))
    if kind == "heap":
        return _anchors(cache.read(heap_at(where, task, (seed,))))
    return _anchors(cache.read(counted_at(where, task, (seed,)))) if kind == "callgrind" else None


def _anchors(value: object) -> Anchors | None:
    if not isinstance(value, dict):
        return None
    baseline, reference = value.get("baseline"), value.get("reference")
    if not isinstance(baseline, float) or not isinstance(reference, float):
        return None
    return Anchors(baseline=baseline, reference=reference)


def _folder(folder: Path, task: Task) -> Path:
    return folder / toolchain().fingerprint / task.digest[:32]
