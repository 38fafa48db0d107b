"""Anchors that are kept between measures, for every kind of instrument: one file each, one type, one reader.

They hold for one toolchain, one state of a task, and the seeds that they were measured with. Where a figure depends on the
processor too (times, and what a CPU budget reaches), they hold for one processor.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autolab.judge.reading import Order
from autolab.ledger.records import Anchors
from autolab.measure import cache
from autolab.measure.fingerprint import machine, toolchain
from autolab.task.task import Task

Figure = Annotated[float, Field(strict=True)]


class KeptAnchors(BaseModel):
    """Metrics of baseline and reference, and what else of the task's own programs a kind needs; None or (): not of this kind."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    baseline: Figure
    reference: Figure
    empty: tuple[Figure, ...] = ()  # the empty candidate's figure on each case
    instructions: Figure | None = None  # heap: the baseline's, net, for the gate
    limit: Figure | None = None  # paired: the detection limit of a measure here

    @property
    def anchors(self) -> Anchors:
        """The two that a scale is made of."""
        return Anchors(baseline=self.baseline, reference=self.reference)


_NAMES: Mapping[str, str] = {  # by kind; a kind without a name keeps nothing
    "callgrind": "{event}-{seeds}",
    "cachegrind": "cachegrind-{seeds}",
    "heap": "heap-{seeds}",
    "paired": "paired-{cpu}",
    "quality": "quality-{cpu}-{seeds}",
    "script": "script",
}


def default_folder() -> Path:
    """Where anchors are kept unless a judge is told otherwise."""
    return cache.cache_folder() / "anchors"


def place(folder: Path, task: Task, seeds: Sequence[int]) -> Path | None:
    """The file of a task's anchors on these seeds' cases; None for a kind that keeps nothing."""
    instrument = task.optimization.instrument
    if (name := _NAMES.get(instrument.kind)) is None:
        return None
    cpu = "".join(letter if letter.isalnum() else "-" for letter in machine()["cpu"])
    name = name.format(event=instrument.event, seeds="-".join(map(str, seeds)), cpu=cpu)
    return folder / toolchain().fingerprint / task.digest[:32] / f"{name}.json"


def kept_or(order: Order, measure: Callable[[], KeptAnchors], *, cases: int = 0) -> KeptAnchors:
    """The anchors kept for this order, else what `measure` finds now, which is kept. `cases`: of the empty candidate."""
    file = place(order.cache, order.task, order.seeds) if order.cache is not None else None
    if file is not None and not order.remeasure and (kept := _read(file)) is not None and len(kept.empty) == cases:
        return kept
    found = measure()
    if file is not None:
        cache.keep(file, found.model_dump())
    return found


def known(task: Task, seed: int, folder: Path | None = None) -> KeptAnchors | None:
    """What was measured here before, None if nothing was. For a task that is only counted nothing is kept."""
    file = place(folder or default_folder(), task, (seed,))
    return _read(file) if file is not None else None


def known_anchors(task: Task, seed: int, folder: Path | None = None) -> Anchors | None:
    """The scale's ends as they were measured here before, None if they were not."""
    kept = known(task, seed, folder)
    return kept.anchors if kept is not None else None


def _read(file: Path) -> KeptAnchors | None:
    """What a file holds, None where it is not of the right shape."""
    try:
        return KeptAnchors.model_validate(cache.read(file))
    except ValidationError:
        return None
