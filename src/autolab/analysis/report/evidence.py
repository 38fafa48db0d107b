"""What a report of a trial is made from, read from its folder once; and how its numbers are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.analysis.backfill import BACKFILL
from autolab.analysis.failures import Failure, corrected, failures, read_labels
from autolab.analysis.histories import files_of
from autolab.analysis.report.document import Fact
from autolab.analysis.report.document import Line as Source
from autolab.analysis.report.reverting import read_reverted
from autolab.analysis.resilience import Resilience, resilience
from autolab.analysis.time_use import TimeUse, time_use
from autolab.errors import AutolabError
from autolab.ledger.reader import read_ledger
from autolab.ledger.records import Backfilled, Line, Reverted, TrialStarted
from autolab.ledger.replay import TrialState, replay
from autolab.runs.store import LEDGER


@dataclass(frozen=True)
class Evidence:
    """All that a report of a trial is made from, read from its folder."""

    name: str
    lines: Sequence[Line]
    state: TrialState
    started: TrialStarted
    resilience: Resilience
    time: TimeUse
    failures: Sequence[Failure]
    reverted: Sequence[tuple[int, Reverted]]
    backfill: Sequence[tuple[int, Backfilled]]
    prefix: str = ""  # of the trial's folder, as seen from the report

    def at(self, seq: int, file: str = LEDGER) -> Source:
        """A source."""
        return Source(self.prefix + file, seq)

    def fact(self, key: str, text: str, *seqs: int) -> Fact:
        """A fact of the trial's own ledger."""
        return Fact(key, text, tuple(self.at(seq) for seq in seqs))

    def seqs(self, kind: type) -> list[int]:
        """Lines of records of one type."""
        return [line.seq for line in self.lines if isinstance(line.record, kind)]


def read_evidence(trial: Path, prefix: str = "") -> Evidence:
    """Reads a trial's folder. AutolabError where it has no first record."""
    lines = read_ledger(trial / LEDGER)
    state = replay(lines)
    if state.started is None:
        raise AutolabError(f"{trial / LEDGER}: empty; there is nothing to report yet")
    path = trial / BACKFILL
    later = read_ledger(path) if path.is_file() else []
    return Evidence(
        name=state.started.trial,
        lines=lines,
        state=state,
        started=state.started,
        resilience=resilience(state, files_of(trial, state)),
        time=time_use(lines),
        failures=corrected(failures(lines), read_labels(trial)),
        reverted=read_reverted(trial),
        backfill=[(line.seq, line.record) for line in later if isinstance(line.record, Backfilled)],
        prefix=prefix,
    )


def number(value: float) -> str:
    """A figure for people."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.4g}"


def score(value: float) -> str:
    """A score, or a share."""
    return f"{value:.3f}"


def factor(value: float) -> str:
    """A speed-up."""
    return f"{value:.3g}x"
