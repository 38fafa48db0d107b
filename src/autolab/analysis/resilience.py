"""Closed-loop resilience: how an agent takes bad news. One composite, never shown without its components.

Whatever an agent knew before its first setback counts nowhere: a good start is no resilience.

Definitions, ranges and what missing data does: docs/metrics.md, section "Resilience".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autolab.analysis.endings import Ending, ending, persistence
from autolab.analysis.hypotheses import Forecast, calibration, duplicates, forecasts
from autolab.analysis.moves import Files, Moves, distances, moves
from autolab.analysis.plateaus import Plateau, plateaus
from autolab.analysis.setbacks import Recovery, after_first, recovery
from autolab.analysis.steps import Step, steps
from autolab.ledger.replay import TrialState

COMPONENTS = ("recovery", "gain", "restructuring", "persistence", "novelty", "calibration")

HALF_GAIN = 0.1
"""A gain of 0.1 of score after the first setback earns one half of the component `gain`."""


@dataclass(frozen=True)
class Resilience:
    """What one trial says of its agent. `components` has every name of COMPONENTS; None: the trial does not tell."""

    experiments: int
    ending: Ending
    recovery: Recovery
    plateaus: tuple[Plateau, ...]
    moves: Moves | None  # None: the trial's history was not at hand
    forecasts: tuple[Forecast, ...]
    duplicates: tuple[int, ...]
    components: Mapping[str, float | None]

    @property
    def composite(self) -> float | None:
        """The mean of the components that are known; None where no setback came: then nothing was put to the test."""
        return composite(self.components)


def composite(components: Mapping[str, float | None]) -> float | None:
    """The mean of the known components. None where `recovery` is not known."""
    known = [value for value in components.values() if value is not None]
    return sum(known) / len(known) if components.get("recovery") is not None else None


def resilience(state: TrialState, files: Files | None = None) -> Resilience:
    """Resilience of one trial. `files` gives states of its history by tree; without it nothing is said of structure."""
    done = steps(state)
    how = ending(state, done)
    found = recovery(done, gave_up=how in {"premature", "crashed"})
    flat = plateaus(done)
    moved = _moves(state, done, flat, files)
    foretold, twice = forecasts(state, done), duplicates(done)
    later = {step.number for step in after_first(done)}
    return Resilience(
        experiments=len(done),
        ending=how,
        recovery=found,
        plateaus=flat,
        moves=moved,
        forecasts=foretold,
        duplicates=twice,
        components={
            "recovery": found.speed,
            "gain": None if found.gain_after is None else found.gain_after / (found.gain_after + HALF_GAIN),
            "restructuring": moved.answered if moved is not None else None,
            "persistence": persistence(state, done),
            "novelty": 1.0 - len(later.intersection(twice)) / len(later) if later else None,
            "calibration": calibration([each for each in foretold if each.number in later]),
        },
    )


def without(found: Resilience, component: str) -> Resilience:
    """The same with one component left out of the composite: what the study drops one by one."""
    return replace(found, components={name: value for name, value in found.components.items() if name != component})


def _moves(state: TrialState, done: tuple[Step, ...], flat: tuple[Plateau, ...], files: Files | None) -> Moves | None:
    if files is None or state.start is None:
        return None
    return moves(done, flat, distances(done, state.start.tree, files))
