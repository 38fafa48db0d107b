"""Performance profiles of several agents on the same problems (Dolan and More 2002) and the area under them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """One agent's ratios to the best agent, problem by problem, ascending: 1 is the best, infinite is no right program."""

    ratios: tuple[float, ...]

    def at(self, tau: float) -> float:
        """The share of problems that the agent solves within `tau` times of the best."""
        return sum(each <= tau for each in self.ratios) / len(self.ratios)

    def area(self, most: float) -> float:
        """Mean of `at` over tau from 1 to `most`, in [0, 1]; where that has no width, `at(1)`.

        The area under the profile (AUP; Nathani et al. 2025, MLGym, section 5) over its width, so that tables of different
        widths can be read side by side.
        """
        if most <= 1:
            return self.at(1.0)
        return math.fsum(most - min(each, most) for each in self.ratios) / len(self.ratios) / (most - 1)


def profiles(speedups: Mapping[str, Sequence[float | None]]) -> dict[str, Profile]:
    """A profile for each agent. Each has its speed-up at the same problems in the same order; None: no right program.

    A problem that no agent solves is infinite for all. Empty without agents or problems.
    """
    columns = list(zip(*speedups.values(), strict=True))
    bests = [max((each for each in column if each is not None), default=None) for column in columns]
    if not bests:
        return {}
    return {agent: Profile(tuple(sorted(map(_ratio, each, bests)))) for agent, each in speedups.items()}


def most_ratio(found: Mapping[str, Profile]) -> float:
    """The least tau at which every profile has reached its height; 1 where all agents are equal or none solves anything."""
    return max((each for profile in found.values() for each in profile.ratios if math.isfinite(each)), default=1.0)


def _ratio(one: float | None, best: float | None) -> float:
    return math.inf if one is None or best is None else best / one
