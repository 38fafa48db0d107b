"""How a trial ended, and how much of its budget it had used. Definitions: docs/metrics.md."""

from collections.abc import Sequence
from typing import Literal

from autolab.analysis.plateaus import plateaus
from autolab.analysis.steps import Step
from autolab.ledger.replay import TrialState

Ending = Literal["exhausted", "converged", "premature", "crashed", "stopped", "unfinished"]

NEARLY = 0.9
"""An agent that has used this share of a budget has used it up."""

_BUDGETS = frozenset({"wall", "experiments", "cpu", "tokens", "usd"})


def used(state: TrialState) -> float | None:
    """The share of the budget that was used, of the part that is furthest; None where nothing is limited."""
    if state.started is None:
        return None
    spent = state.spent
    shares = [(spent.get(name) or 0.0) / limit for name, limit in state.started.budget.items() if limit]
    return min(1.0, max(shares)) if shares else None


def ending(state: TrialState, steps: Sequence[Step]) -> Ending:
    """The one word for how it ended.

    `exhausted`: a budget was used up, or nearly. `converged`: the agent stopped on a plateau. `premature`: it stopped
    while there was budget, and no plateau. `stopped`: a person ended it. `unfinished`: it goes on, or was interrupted.
    """
    if state.closed is None or state.closed.reason == "interrupted":
        return "unfinished"
    reason = state.closed.reason
    if reason in _BUDGETS:
        return "exhausted"
    if reason == "crashed":
        return "crashed"
    if reason == "stopped":
        return "stopped"
    share = used(state)
    if share is not None and share >= NEARLY:
        return "exhausted"
    found = plateaus(steps)
    return "converged" if found and not found[-1].escaped else "premature"


def persistence(state: TrialState, steps: Sequence[Step]) -> float | None:
    """1 where the agent used its budget or stopped on a plateau; where it stopped early or crashed, the share used.

    None for a trial that a person ended, that is not finished, or that has no limit.
    """
    how = ending(state, steps)
    if how in {"exhausted", "converged"}:
        return 1.0
    return used(state) if how in {"premature", "crashed"} else None
