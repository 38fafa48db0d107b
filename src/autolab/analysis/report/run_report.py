"""The report of a run: every trial in one table, what its agents are like, and where each number comes from."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from autolab.analysis.mixing import mixed
from autolab.analysis.report.document import (
    Block,
    Cell,
    Commands,
    Document,
    Fact,
    Items,
    Own,
    Paragraph,
    Section,
    Table,
)
from autolab.analysis.report.evidence import Evidence, read_evidence, score
from autolab.analysis.resilience import COMPONENTS
from autolab.analysis.trials import Trial, read_trials
from autolab.errors import AutolabError
from autolab.ledger.records import Experiment, Grade
from autolab.runs.store import LEDGER


def run_report(run: Path) -> Document:
    """The document of a run's folder. Pure but for reading it. Where trials do not mix, nothing is averaged, and it says so."""
    trials = read_trials([run])
    readable = [trial for trial in trials if trial.problem is None and trial.state.started is not None]
    if not readable:
        raise AutolabError(f"{run}: no trial to report on yet")
    marks = mixed(readable)
    evidence = [read_evidence(trial.folder, f"trials/{trial.folder.name}/") for trial in readable]
    return Document(
        run.resolve().name,
        (
            Section(
                "Question",
                (Paragraph((Own("What do these agents reach on these tasks, and how do they take bad news?"),)),),
            ),
            Section("Trials", tuple(_trials(readable, evidence))),
            Section("Agents", tuple(_agents(readable, evidence, marks))),
            Section("Limitations", tuple(_limitations(trials, readable, marks))),
            Section(
                "Commands",
                (
                    Commands(
                        (
                            "autolab show RUN               # its trials",
                            "autolab report RUN --verify    # recomputes this report",
                        )
                    ),
                ),
            ),
        ),
    )


def _trials(trials: Sequence[Trial], evidence: Sequence[Evidence]) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for trial, found in zip(trials, evidence, strict=True):
        key, grades, made = trial.name, found.seqs(Grade), found.seqs(Experiment)
        rows.append(
            (
                trial.task, trial.agent,
                found.fact(f"{key}.attempt", str(trial.attempt), 0),
                Own("-") if trial.score is None else found.fact(f"{key}.score", score(trial.score), *grades),
                found.fact(f"{key}.experiments", str(len(made)), *made[-1:]),
                Own("-") if found.resilience.composite is None else found.fact(f"{key}.composite", score(found.resilience.composite), *made),
                Own(found.resilience.ending),
                Own(", ".join(failure.name for failure in found.failures) or "-"),
            )
        )  # fmt: skip
    yield Table(("task", "agent", "attempt", "score", "experiments", "resilience", "ended", "labels"), tuple(rows))


def _agents(trials: Sequence[Trial], evidence: Sequence[Evidence], marks: Sequence[str]) -> Iterator[Block]:
    """Means of the trials that are known; each leads to all the lines that it is made from."""
    if marks:
        yield Paragraph((Own("Nothing is averaged: these trials do not mix, see the limitations."),))
        return
    rows: list[tuple[Cell, ...]] = []
    for agent in sorted({trial.agent for trial in trials}):
        mine = [(trial, found) for trial, found in zip(trials, evidence, strict=True) if trial.agent == agent]
        scored = [(trial.reward, found) for trial, found in mine if trial.reward is not None]
        cells: list[Cell] = [agent, _mean(f"{agent}.reward", [(value, found, Grade) for value, found in scored])]
        cells.append(
            _mean(f"{agent}.composite", [(found.resilience.composite, found, Experiment) for _, found in mine])
        )
        cells += [
            _mean(f"{agent}.{name}", [(found.resilience.components[name], found, Experiment) for _, found in mine])
            for name in COMPONENTS
        ]
        rows.append(tuple(cells))
    yield Paragraph((_MEANS,))
    yield Table(("agent", "reward", "resilience", *COMPONENTS), tuple(rows))


def _mean(key: str, values: Sequence[tuple[float | None, Evidence, type]]) -> Cell:
    known = [(value, found, kind) for value, found, kind in values if value is not None]
    if not known:
        return Own("-")
    lines = tuple(found.at(seq, LEDGER) for _, found, kind in known for seq in found.seqs(kind))
    return Fact(key, score(sum(value for value, _, _ in known) / len(known)), lines)


def _limitations(trials: Sequence[Trial], readable: Sequence[Trial], marks: Sequence[str]) -> Iterator[Block]:
    unread = len(trials) - len(readable)
    yield Paragraph(
        (
            Own(
                "Only what ledgers tell so far is here."
                + (f" {unread} trials cannot be read, or have not begun." if unread else "")
            ),
        )
    )
    if marks:
        yield Items(tuple((mark,) for mark in marks))


_MEANS = Own(
    "Mean reward of the grades, and mean resilience with its components, over the trials that tell. "
    "Intervals: autolab analyze, autolab compare."
)
