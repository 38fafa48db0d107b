"""Plateaus: stretches in which nothing gets better. Definitions: docs/metrics.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from autolab.analysis.steps import Step

WIDTH = 5
"""Experiments without a new best after which an agent is on a plateau."""


@dataclass(frozen=True)
class Plateau:
    """From the experiment that made it one to the one before the new best that ended it, both by index of the steps."""

    onset: int  # the WIDTH-th experiment in a row without a new best
    last: int
    escaped: bool  # a new best ended it, not the trial

    def answers(self) -> range:
        """Indices of the experiments made in answer to it: those after its onset, the new best that ended it included."""
        return range(self.onset + 1, self.last + 1 + self.escaped)


def plateaus(steps: Sequence[Step], width: int = WIDTH) -> tuple[Plateau, ...]:
    """Every maximal run of at least `width` experiments without a new best."""
    found: list[Plateau] = []
    length = 0
    for index, step in enumerate(steps):
        if not step.gained:
            length += 1
            continue
        if length >= width:
            found.append(Plateau(index - length + width - 1, index - 1, escaped=True))
        length = 0
    if length >= width:
        found.append(Plateau(len(steps) - length + width - 1, len(steps) - 1, escaped=False))
    return tuple(found)
