"""Does the composite put the controls in the order that they were made for? Pure functions over their trials."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autolab.analysis.paired import PairedDifference, paired_difference
from autolab.analysis.resilience import COMPONENTS, composite

Components = Mapping[str, float | None]

CLAIMS = (
    ("recoverer", "stubborn"),
    ("recoverer", "restarter"),
    ("recoverer", "quitter"),
    ("stubborn", "quitter"),
    ("restarter", "quitter"),
)
"""Who takes bad news better than whom, by how they were made. Stubborn and restarter are not ordered: each lacks one half,
the one leaves no frame, the other builds on nothing."""

CHANGES = 0.02
"""A difference between two controls that moves by more than this, with an interval that leaves out 0, has changed."""


@dataclass(frozen=True)
class Subject:
    """One control's trial: its seed's number, the grade's score, its components."""

    agent: str
    attempt: int
    score: float
    components: Components


@dataclass(frozen=True)
class Claim:
    """`better` should be above `worse`: the mean difference, paired by seed."""

    better: str
    worse: str
    difference: PairedDifference

    @property
    def holds(self) -> bool:
        """The whole interval lies above 0."""
        return self.difference.above


@dataclass(frozen=True)
class Dropped:
    """The composite without one component: the claims then, and the pair whose difference moves most."""

    component: str
    held: int  # claims that hold without it
    better: str
    worse: str
    move: PairedDifference  # of the difference, without less with

    @property
    def changes(self) -> bool:
        """Whether leaving it out changes what the study says of at least one pair."""
        return abs(self.move.mean) > CHANGES and (self.move.above or self.move.below)


def claims(subjects: Sequence[Subject], figure: str) -> tuple[Claim, ...]:
    """The claims by `composite`, by raw `score`, or by the composite without a component (its name)."""
    found = []
    for better, worse in CLAIMS:
        difference = paired_difference([_differences(subjects, better, worse, figure)])
        if difference is not None:
            found.append(Claim(better, worse, difference))
    return tuple(found)


def dropped(subjects: Sequence[Subject], component: str) -> Dropped:
    """What the study would say without the component. ValueError where no pair of controls is there."""
    moves = []
    for better, worse in CLAIMS:
        pairs = zip(
            _differences(subjects, better, worse, component),
            _differences(subjects, better, worse, "composite"),
            strict=True,
        )
        move = paired_difference([[without - whole for without, whole in pairs]])
        if move is not None:
            moves.append((better, worse, move))
    better, worse, move = max(moves, key=lambda each: abs(each[2].mean))
    return Dropped(component, sum(claim.holds for claim in claims(subjects, component)), better, worse, move)


def figure_of(subject: Subject, figure: str) -> float:
    """A figure of a trial by its name, see `claims`. A composite that is not known counts 0: it did not come to the test."""
    if figure == "score":
        return subject.score
    left = {name: value for name, value in subject.components.items() if name != figure}
    known = [value for value in left.values() if value is not None]
    whole = composite(subject.components)
    return whole or 0.0 if figure == "composite" else sum(known) / len(known) if known and whole is not None else 0.0


def means(subjects: Sequence[Subject], agent: str) -> Mapping[str, float | None]:
    """Mean score, composite and components of a control; of each over the trials that know it."""
    mine = [subject for subject in subjects if subject.agent == agent]
    values: dict[str, list[float | None]] = {
        "score": [each.score for each in mine],
        "composite": [composite(each.components) for each in mine],
    }
    values |= {name: [each.components[name] for each in mine] for name in COMPONENTS}
    return {name: _mean([value for value in found if value is not None]) for name, found in values.items()}


def _differences(subjects: Sequence[Subject], better: str, worse: str, figure: str) -> list[float]:
    by = {(subject.agent, subject.attempt): figure_of(subject, figure) for subject in subjects}
    attempts = sorted({subject.attempt for subject in subjects})
    return [by[better, n] - by[worse, n] for n in attempts if (better, n) in by and (worse, n) in by]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
