"""Where a trial's time went, what its constraint is, and what it would gain from a faster one. Definitions: docs/metrics.md.

The constraint is meant as in E. M. Goldratt's theory of constraints: the one part whose speed sets the trial's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from autolab.ledger.records import BenchClosed, Executed, Experiment, Line, ModelCall, State, TrialResumed

Part = Literal["model", "waiting", "edit", "build", "run", "instrument", "queue", "idle"]

PARTS: tuple[Part, ...] = ("model", "waiting", "edit", "build", "run", "instrument", "queue", "idle")

PHASES: Mapping[str, Part] = {
    "build": "build", "draw": "run", "run": "run", "verify": "run", "instrument": "instrument", "pair": "instrument",
    "anchors": "instrument", "queue": "queue",
}  # fmt: skip
"""The judge's phases as parts. One that is not here, and what of a measure has no phase, is `instrument`."""


@dataclass(frozen=True)
class Span:
    """Seconds of one part that ended with the ledger's line `seq`."""

    seq: int
    part: Part
    seconds: float


@dataclass(frozen=True)
class Shift:
    """From this experiment on the constraint was this part; None: there is none, everything was idle."""

    experiment: int
    part: Part | None


@dataclass(frozen=True)
class TimeUse:
    """Seconds by part; they sum to `elapsed`, the wall budget used."""

    seconds: Mapping[Part, float]
    elapsed: float
    experiments: int
    bottleneck: Part | None  # None: no time at all, or all of it idle
    shifts: tuple[Shift, ...]
    more: Mapping[Part, float | None]  # experiments that would fit besides if that part ran twice as fast


def spans(lines: Iterable[Line]) -> Iterator[Span]:
    """The wall budget from 0 to its last known value, cut where the ledger can tell parts apart.

    What a record says it took is at most the time since the record before it: calls that overlap are not counted twice.
    A gap before a change, a command or a measure is `edit`; a gap before anything else is `idle`.
    """
    at = 0.0
    for line in lines:
        match line.record:
            case Experiment() as done:
                yield from _span(line.seq, "edit", max(0.0, done.elapsed - at - done.seconds))
                yield from _of_measure(line.seq, done.measurement.phases, min(done.seconds, max(0.0, done.elapsed - at)))
                at = max(at, done.elapsed)
            case ModelCall() as call:
                room = max(0.0, call.elapsed - at)
                model = min(call.seconds, room)
                waiting = min(call.waited_s, room - model)
                yield from _span(line.seq, "idle", room - model - waiting)
                yield from _span(line.seq, "waiting", waiting)
                yield from _span(line.seq, "model", model)
                at = max(at, call.elapsed)
            case Executed(elapsed=elapsed):
                yield from _span(line.seq, "edit", max(0.0, elapsed - at))
                at = max(at, elapsed)
            case State(elapsed=float(elapsed), cause=cause):
                yield from _span(line.seq, "idle" if cause == "start" else "edit", max(0.0, elapsed - at))
                at = max(at, elapsed)
            case BenchClosed(elapsed=elapsed):
                yield from _span(line.seq, "idle", max(0.0, elapsed - at))
                at = max(at, elapsed)
            case TrialResumed(spent=spent):
                before = spent.get("wall_s") or 0.0
                yield from _span(line.seq, "idle", max(0.0, before - at))
                at = max(at, before)
            case _:
                pass


def time_use(lines: Sequence[Line], window: int = 5) -> TimeUse:
    """All of it. `window`: experiments over which the constraint of the moment is looked for."""
    cut = list(spans(lines))
    seconds = _sum(cut)
    elapsed = sum(seconds.values())
    numbers = {line.seq: line.record.number for line in lines if isinstance(line.record, Experiment)}
    return TimeUse(
        seconds=seconds,
        elapsed=elapsed,
        experiments=len(numbers),
        bottleneck=bottleneck(seconds),
        shifts=_shifts(cut, sorted(numbers.items()), window),
        more={part: more(seconds[part], elapsed, len(numbers)) for part in PARTS},
    )


def bottleneck(seconds: Mapping[Part, float]) -> Part | None:
    """The part that took the most, idleness apart; of equals the first in the order of PARTS."""
    part = max((part for part in PARTS if part != "idle"), key=lambda part: seconds[part])
    return part if seconds[part] > 0 else None


def more(part_s: float, elapsed: float, experiments: int) -> float | None:
    """Experiments that would fit in the same time besides those made, if that part took half as long for each.

    Of N experiments in T seconds each takes T/N, with half the part (T - p/2)/N, and T / that - N = N (p/2) / (T - p/2).
    None where nothing was measured.
    """
    return experiments * (part_s / 2) / (elapsed - part_s / 2) if experiments and elapsed > 0 else None


def _of_measure(seq: int, phases: Mapping[str, float], seconds: float) -> Iterator[Span]:
    """A measure's seconds by its phases.

    Where these are more, some were off the budget's clock (the wait for a free core while a command stood still): `queue`
    is shortened first, then all others alike.
    """
    parts = dict.fromkeys(PARTS, 0.0)
    for name, value in phases.items():
        parts[PHASES.get(name, "instrument")] += max(0.0, value)
    parts["queue"] = max(0.0, parts["queue"] - max(0.0, sum(parts.values()) - seconds))
    total = sum(parts.values())
    factor = min(1.0, seconds / total) if total > 0 else 1.0
    parts["instrument"] += max(0.0, seconds - total)
    for part in PARTS:
        yield from _span(seq, part, parts[part] * factor)


def _span(seq: int, part: Part, seconds: float) -> Iterator[Span]:
    if seconds > 0:
        yield Span(seq, part, seconds)


def _sum(cut: Iterable[Span]) -> dict[Part, float]:
    seconds: dict[Part, float] = dict.fromkeys(PARTS, 0.0)
    for span in cut:
        seconds[span.part] += span.seconds
    return seconds


def _shifts(cut: Sequence[Span], experiments: Sequence[tuple[int, int]], window: int) -> tuple[Shift, ...]:
    """The constraint over each `window` experiments in turn, where it changes."""
    found: list[Shift] = []
    for first in range(0, len(experiments), window):
        until = experiments[min(first + window, len(experiments)) - 1][0]
        since = experiments[first - 1][0] if first else -1
        part = bottleneck(_sum(span for span in cut if since < span.seq <= until))
        if not found or part != found[-1].part:
            found.append(Shift(experiments[first][1], part))
    return tuple(found)
