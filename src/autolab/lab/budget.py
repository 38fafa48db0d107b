"""What a trial may use, as small stop rules, and the clock that says what wall time it has used."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from autolab.ledger.replay import TrialState

Part = Literal["wall", "experiments", "cpu", "tokens", "usd"]
"""The parts of a budget, by the names that the command line and `bench_closed` have for them."""

FIELDS: Mapping[Part, str] = {"wall": "wall_s", "experiments": "experiments", "cpu": "cpu_s", "tokens": "tokens", "usd": "usd"}
"""The same by the names that ledgers, run.json and `TrialState.spent` have for them."""

Used = Mapping[str, float | None]
"""What was used of each part, by field. None: not known, as money is where a model has no price."""

_UNKNOWN: Mapping[Part, str] = {
    "usd": "a call of its model has no price, so nobody knows what is left of the money budget",
    "tokens": "its model's provider did not say how many tokens a call used, so nobody knows what is left",
}


@dataclass(frozen=True)
class Stop:
    """Why a trial ends: a part of its budget, and the story where that is not simply used up."""

    part: Part
    detail: str = ""


@dataclass(frozen=True)
class Rule:
    """One stop rule: at most so much of one part. Rules know nothing of each other; a budget is several of them."""

    part: Part
    most: float

    def left(self, used: Used) -> float | None:
        """What is left, never below 0; None where nobody knows."""
        spent = used.get(FIELDS[self.part], 0.0)
        return None if spent is None else max(0.0, self.most - spent)

    def stop(self, used: Used) -> Stop | None:
        """Ends the trial where nothing is left, or nobody knows what is: an unknown cost must not run free."""
        left = self.left(used)
        if left is None:
            return Stop(self.part, _UNKNOWN.get(self.part, f"what was used of the {self.part} budget is not known"))
        return Stop(self.part) if left <= 0 else None


@dataclass(frozen=True)
class Budget:
    """Wall and CPU seconds, experiments, tokens, US dollars; None: unlimited. Whichever ends first ends the trial.

    Wall time excludes queueing and freezes of the lab's own making. CPU time is that of commands in the bench and of the
    candidate's native runs, not of instruments. Tokens are those of models, in and out.
    """

    wall_s: float | None = None
    experiments: int | None = None
    cpu_s: float | None = None
    tokens: int | None = None
    usd: float | None = None

    @classmethod
    def of(cls, recorded: Used) -> "Budget":
        """What `recorded` gave; a part that an older record does not name is unlimited."""
        experiments, tokens = recorded.get("experiments"), recorded.get("tokens")
        return cls(
            recorded.get("wall_s"), None if experiments is None else int(experiments),
            recorded.get("cpu_s"), None if tokens is None else int(tokens), recorded.get("usd"),
        )  # fmt: skip

    def recorded(self) -> dict[str, float | None]:
        """As a ledger's first record has it."""
        return asdict(self)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """A stop rule for each part that is limited."""
        limits = self.recorded()
        return tuple(Rule(part, most) for part, field in FIELDS.items() if (most := limits[field]) is not None)

    def left(self, used: Used) -> dict[Part, float | None]:
        """What is left of each part that is limited; None where nobody knows."""
        return {rule.part: rule.left(used) for rule in self.rules}

    def stop(self, used: Used) -> Stop | None:
        """The first rule that ends the trial, None if it may go on."""
        return next((stop for rule in self.rules if (stop := rule.stop(used)) is not None), None)

    def __str__(self) -> str:
        """For people: `120 s, 40 experiments, 2 $`; what is unlimited is left out."""
        return amounts({rule.part: rule.most for rule in self.rules})


def amounts(parts: Mapping[Part, float | None]) -> str:
    """Amounts of a budget in one line of words, `-` for one that nobody knows."""
    return ", ".join(_amount(part, amount) for part, amount in parts.items())


def _amount(part: Part, amount: float | None) -> str:
    match part:
        case "wall":
            return f"{_digits(amount, '.0f')} s"
        case "cpu":
            return f"{_digits(amount, '.1f')} s of CPU"
        case "usd":
            return f"{_digits(amount, '.2f')} $"
        case _:
            return f"{_digits(amount, ',.0f')} {part}"


def _digits(amount: float | None, form: str) -> str:
    return "-" if amount is None else format(amount, form)


def used(state: TrialState, wall_s: float) -> dict[str, float | None]:
    """What a trial that has used `wall_s` seconds has used of each part, as a budget counts.

    That is what its ledger says was spent, without the experiments that failed by the lab's fault, and with no tokens
    known where a provider did not count them.
    """
    experiments = len(state.experiments) - state.lab_errors
    tokens = None if state.uncounted else state.tokens
    return {**state.spent, "wall_s": wall_s, "experiments": experiments, "tokens": tokens}


class WallClock:
    """Seconds of the wall budget used, on the monotonic clock. Waiting of the lab's own making is taken off."""

    def __init__(self, spent: float = 0.0) -> None:
        self._begun = time.monotonic() - spent
        self._waited = 0.0

    def used(self) -> float:
        """Seconds so far, those of earlier sittings included."""
        return time.monotonic() - self._begun - self._waited

    @contextlib.contextmanager
    def not_counting(self) -> Iterator[None]:
        """The time inside the `with` is the lab's, not the agent's."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._waited += time.monotonic() - begun
