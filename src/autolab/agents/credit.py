"""Which operators a search should try next, learnt from what they brought."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass
class Record:
    """What one operator brought so far. Counts of experiments; one that gained little counts for a part only."""

    gains: float = 0.0
    losses: float = 0.0
    failures: float = 0.0  # of the losses: did not build


class Credit:
    """Probability matching with a prior: weight = prior * (1 + 2 gains) / (1 + losses + failures).

    An operator keeps its prior while it is untried, halves it with its first loss (a third, if the program did not even
    build) and regains it with success. No weight reaches zero, so nothing is given up for good.
    """

    def __init__(self, prior: Mapping[str, float]) -> None:
        self._prior = prior
        self._records = {name: Record() for name in prior}

    def weights(self) -> dict[str, float]:
        """The weight of every operator now."""
        return {name: weight * self._factor(self._records[name]) for name, weight in self._prior.items()}

    def learn(self, name: str, *, worth: float, built: bool) -> None:
        """Takes one experiment into account. `worth`: 0 for no gain, 1 for a full one, between for a small one."""
        record = self._records[name]
        record.gains += worth
        record.losses += 1.0 - worth
        record.failures += not built

    def state(self) -> dict[str, dict[str, float]]:
        """What was learnt, as data."""
        return {name: asdict(record) for name, record in self._records.items() if record != Record()}

    def set_state(self, state: Mapping[str, Mapping[str, float]]) -> None:
        """Takes over what `state` gave; operators that are not known any more are left out."""
        for name, record in state.items():
            if name in self._records:
                self._records[name] = Record(**record)

    @staticmethod
    def _factor(record: Record) -> float:
        return (1.0 + 2.0 * record.gains) / (1.0 + record.losses + record.failures)
