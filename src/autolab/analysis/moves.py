"""Refine or restructure: what each experiment did to the frame it started from. Definitions: docs/metrics.md."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autolab.analysis.plateaus import WIDTH, Plateau
from autolab.analysis.steps import Step
from autolab.analysis.structure import RESTRUCTURE, Grams, between, grams

Files = Callable[[str], Mapping[str, bytes]]
"""Gives the editable files of a state by its tree."""


@dataclass(frozen=True)
class Moves:
    """What an agent does on a plateau, and what came of it. None: there was no such move."""

    plateaus: int  # with at least one experiment made in answer
    answered: float | None  # share of them in which at least one restructure was tried
    rate: float | None  # restructures among the experiments made on plateaus
    restructure_payoff: float | None  # share of restructures on plateaus with a new best within WIDTH experiments
    refine_payoff: float | None  # the same of refinements


def distances(steps: Sequence[Step], start: str, files: Files) -> tuple[float, ...]:
    """For each step the structural distance to the best state before it; `start` is the starting program's tree."""
    kept: dict[str, Grams] = {}

    def of(tree: str) -> Grams:
        if tree not in kept:
            kept[tree] = grams(files(tree))
        return kept[tree]

    return tuple(between(of(step.incumbent or start), of(step.tree)) for step in steps)


def moves(steps: Sequence[Step], found: Sequence[Plateau], apart: Sequence[float]) -> Moves:
    """The moves on these plateaus, from each step's distance to the best before it."""
    asked = [plateau for plateau in found if plateau.answers()]
    answers = [index for plateau in asked for index in plateau.answers()]
    new = [index for index in answers if apart[index] >= RESTRUCTURE]
    old = [index for index in answers if apart[index] < RESTRUCTURE]
    answered = [any(apart[index] >= RESTRUCTURE for index in plateau.answers()) for plateau in asked]
    return Moves(
        len(asked),
        _share(answered),
        _share([index in new for index in answers]),
        _payoff(steps, new),
        _payoff(steps, old),
    )


def _payoff(steps: Sequence[Step], tried: Sequence[int]) -> float | None:
    return _share([any(step.gained for step in steps[index : index + WIDTH]) for index in tried])


def _share(answers: Sequence[bool]) -> float | None:
    return sum(answers) / len(answers) if answers else None
