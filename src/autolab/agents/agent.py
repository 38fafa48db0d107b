"""The Agent Protocol."""

from typing import Protocol

from autolab.agents.bench import Bench


class Agent(Protocol):
    """Whatever changes the program.

    Made without arguments, or by a class method `from_settings(Settings)` if it has one; run once per trial. A trial that is continued runs a fresh agent on the same bench.
    """

    name: str

    def run(self, bench: Bench) -> None:
        """Works until it returns, or until a bench call raises `BudgetSpent`, which it lets through."""
