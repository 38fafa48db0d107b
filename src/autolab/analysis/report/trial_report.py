"""The report of one trial: question, method, experiments, ablation, figures, limitations, versions and commands."""

from collections.abc import Callable, Iterator

from autolab.analysis.backfill import BACKFILL
from autolab.analysis.failures import LABELS
from autolab.analysis.report.document import (
    Block,
    Cell,
    Commands,
    Document,
    Fact,
    Figure,
    Items,
    Own,
    Paragraph,
    Section,
    Table,
)
from autolab.analysis.report.evidence import Evidence, factor, number, score
from autolab.analysis.report.figures import Dot, curve, shares
from autolab.analysis.report.reverting import MOST, REVERTED
from autolab.analysis.time_use import PARTS
from autolab.ledger.records import BenchClosed, Experiment, Grade, Measurement, TrialStarted


def trial_report(found: Evidence) -> Document:
    """The document. A pure function: the same ledgers give the same document to the byte."""
    sections = [
        Section("Question", tuple(_question(found))),
        Section("Method", tuple(_method(found))),
        Section("Result", tuple(_result(found))),
        Section("Experiments", tuple(_experiments(found))),
        Section("Ablation of the final program", tuple(_ablation(found))),
        Section("How it took bad news", tuple(_resilience(found))),
        Section("Where the time went", tuple(_time(found))),
        Section("What went wrong", tuple(_failures(found))),
        Section("Limitations", (Items(tuple(_limitations(found))),)),
        Section("Versions and commands", tuple(_versions(found))),
    ]
    return Document(found.name, tuple(sections))


def _question(found: Evidence) -> Iterator[Block]:
    start = found.started
    graded = found.state.grade.measurement if found.state.grade else None
    parts: list[Cell] = [Own("How far does "), start.agent, Own(" improve "), start.provenance.task]
    if graded is not None and graded.anchors is not None:
        seq = found.seqs(Grade)[-1]
        parts += [
            Own(", whose starting program has "), found.fact("baseline", number(graded.anchors.baseline), seq), Own(" "), graded.unit,
            Own(" and whose reference has "), found.fact("reference", number(graded.anchors.reference), seq),
        ]  # fmt: skip
    yield Paragraph((*parts, Own(", within its budget?")))


def _method(found: Evidence) -> Iterator[Block]:
    start, seq = found.started, found.seqs(TrialStarted)[0]
    limits: list[Cell] = []
    for name, limit in start.budget.items():
        if limit is not None:
            limits += [
                Own(", " if limits else ""),
                found.fact(f"budget.{name}", number(limit), seq),
                Own(f" {_UNITS.get(name, name)}"),
            ]
    yield Paragraph(
        (
            Own("One trial, attempt "), found.fact("attempt", str(start.attempt), seq), Own(", seed "), found.fact("seed", str(start.seed), seq),
            Own(", budget: "), *(limits or [Own("unlimited")]), Own(". The agent was told: "), start.feedback,
            Own(". Every experiment builds, runs, checks and measures the program in boxes without network, on inputs that the agent "
            "does not see; the final program is graded once on hidden inputs. 0 is the starting program, 1 the reference."),
        )
    )  # fmt: skip


def _result(found: Evidence) -> Iterator[Block]:
    state = found.state
    ends = found.seqs(BenchClosed)[-1:]
    if state.grade is None:
        yield Paragraph((Own("Not graded yet."),))
    else:
        seq, graded = found.seqs(Grade)[-1], state.grade.measurement
        parts: list[Cell] = [Own("The grade of the "), Own(state.grade.choice), Own(" state is "), Own(graded.verdict)]
        if graded.score is not None and graded.metric is not None:
            parts += [
                Own(": score "),
                found.fact("grade.score", score(graded.score), seq),
                Own(", "),
                found.fact("grade.metric", number(graded.metric), seq),
                Own(" "),
                graded.unit,
            ]
        parts += [Own("; reward "), found.fact("grade.reward", score(state.grade.reward), seq), Own(".")]
        yield Paragraph(tuple(parts))
    made = found.seqs(Experiment)
    parts = [Own("It made "), found.fact("experiments", str(len(made)), *made[-1:]), Own(" experiments")]
    if ends:
        parts += [Own(" in "), found.fact("elapsed", number(state.elapsed), *ends), Own(" s")]
    yield Paragraph((*parts, Own(f"; it ended {found.resilience.ending}.")))
    if dots := list(_dots(found)):
        yield Figure("curve", curve(dots, "s of the wall budget"), _CURVE)


def _dots(found: Evidence) -> Iterator[Dot]:
    dots = [
        Dot(each.elapsed, _ok(each.measurement), each.best, f"experiment {each.number}: {each.measurement.verdict}")
        for each in found.state.experiments
    ]  # fmt: skip
    dots += [
        Dot(each.elapsed, _ok(each.measurement), best=False, words=f"state of line {each.seq}", backfilled=True)
        for _, each in found.backfill if each.elapsed is not None
    ]  # fmt: skip
    yield from sorted(dots, key=lambda dot: dot.x)


def _experiments(found: Evidence) -> Iterator[Block]:
    rows = []
    for line in found.lines:
        if not isinstance(line.record, Experiment):
            continue
        each, key = line.record, f"experiment.{line.record.number}"
        measured = each.measurement
        rows.append(
            (
                found.fact(f"{key}.number", str(each.number), line.seq),
                Own("best" if each.best else measured.verdict),
                _maybe(found, f"{key}.score", measured.score, score, line.seq),
                _maybe(found, f"{key}.metric", measured.metric, number, line.seq),
                _maybe(found, f"{key}.expected", each.expected, factor, line.seq),
                found.fact(f"{key}.seconds", f"{each.seconds:.1f}", line.seq),
                each.hypothesis or "-",
            )
        )
    if not rows:
        yield Paragraph((Own("There are none."),))
        return
    unit = found.state.experiments[0].measurement.unit
    yield Paragraph((Own("Metric in "), unit, Own("; seconds are those of the measure.")))
    yield Table(("n", "result", "score", "metric", "expected", "seconds", "hypothesis"), tuple(rows))


def _ablation(found: Evidence) -> Iterator[Block]:
    if not found.reverted:
        yield Paragraph(
            (Own("Nothing was taken back: there is no kept change, or the report was written without measuring."),)
        )
        return
    rows = []
    hypotheses = {each.number: each.hypothesis for each in found.state.experiments}
    for seq, each in found.reverted:
        where, key = (found.at(seq, REVERTED),), f"reverted.{each.experiment}"
        left, whole = each.measurement, each.whole
        worth = (
            None
            if left is None or whole is None or left.score is None or whole.score is None
            else whole.score - left.score
        )
        rows.append(
            (
                Fact(f"{key}.experiment", str(each.experiment), where),
                Own("does not come off alone" if left is None else left.verdict),
                Own("-") if left is None or left.score is None else Fact(f"{key}.score", score(left.score), where),
                Own("-") if worth is None else Fact(f"{key}.worth", f"{worth:+.3f}", where),
                hypotheses.get(each.experiment, "") or "-",
            )
        )
    yield Paragraph((_ABLATED,))
    yield Table(("experiment", "without it", "score", "worth", "what it was"), tuple(rows))


def _resilience(found: Evidence) -> Iterator[Block]:
    bad = found.resilience
    made = found.seqs(Experiment)
    yield Paragraph(
        (
            Own("Setbacks: "), found.fact("setbacks", str(bad.recovery.setbacks), *made), Own(" of "), found.fact("steps", str(bad.experiments), *made),
            Own(" experiments. Composite: "), _maybe(found, "composite", bad.composite, score, *made), Own(", the mean of the components that are known."),
        )
    )  # fmt: skip
    rows = [
        (Own(name), _maybe(found, f"component.{name}", value, score, *made)) for name, value in bad.components.items()
    ]
    extra = [
        ("recovery rate within 10 experiments", "recovery.rate", bad.recovery.rate, score),
        ("experiments until half have recovered", "recovery.median", bad.recovery.median, number),
        ("score gained after the first setback", "recovery.gain", bad.recovery.gain_after, score),
        ("plateaus with an answer", "plateaus", None if bad.moves is None else float(bad.moves.plateaus), number),
        (
            "restructures among experiments on plateaus",
            "restructures",
            None if bad.moves is None else bad.moves.rate,
            score,
        ),
        (
            "pay-off of restructures",
            "payoff.restructure",
            None if bad.moves is None else bad.moves.restructure_payoff,
            score,
        ),
        ("pay-off of refinements", "payoff.refine", None if bad.moves is None else bad.moves.refine_payoff, score),
        ("duplicate experiments", "duplicates", float(len(bad.duplicates)), number),
    ]
    rows += [(Own(words), _maybe(found, key, value, shown, *made)) for words, key, value, shown in extra]
    yield Table(("component or figure", "value"), tuple(rows))
    if bad.forecasts:
        judged = {
            word: [each.number for each in bad.forecasts if each.judgement == word]
            for word in ("confirmed", "partly", "refuted")
        }
        seq = {line.record.number: line.seq for line in found.lines if isinstance(line.record, Experiment)}
        parts: list[Cell] = [Own("Forecasts: ")]
        for word, numbers in judged.items():
            parts += [
                found.fact(f"forecasts.{word}", str(len(numbers)), *(seq[n] for n in numbers)),
                Own(f" {word}" + ("; " if word != "refuted" else ".")),
            ]
        yield Paragraph(tuple(parts))


def _time(found: Evidence) -> Iterator[Block]:
    use = found.time
    ends = [line.seq for line in found.lines][-1:]
    rows = []
    for part in PARTS:
        more = use.more[part]
        rows.append(
            (
                Own(part),
                found.fact(f"time.{part}", f"{use.seconds[part]:.1f}", *ends),
                _maybe(found, f"more.{part}", more, lambda value: f"{value:.1f}", *ends),
            )
        )
    yield Table(("part", "seconds", "experiments more if it took half as long"), tuple(rows))
    words = (
        "There is no constraint: nothing took time."
        if use.bottleneck is None
        else f"The constraint is {use.bottleneck}."
    )
    parts: list[Cell] = [Own(words)]
    made = {line.record.number: line.seq for line in found.lines if isinstance(line.record, Experiment)}
    for shift in use.shifts:
        parts += [
            Own(" From experiment "),
            found.fact(f"shift.{shift.experiment}", str(shift.experiment), made[shift.experiment]),
            Own(f": {shift.part or 'none'}."),
        ]
    yield Paragraph(tuple(parts))
    yield Figure(
        "time", shares({part: use.seconds[part] for part in PARTS}), Own("Share of each part in the wall budget used.")
    )


def _failures(found: Evidence) -> Iterator[Block]:
    if not found.failures:
        yield Paragraph((Own("No label of the taxonomy holds."),))
        return
    rows = []
    for failure in found.failures:
        seqs = failure.evidence
        count = found.fact(f"failure.{failure.name}", str(len(seqs)), *seqs)
        rows.append((Own(failure.name), count, failure.by or Own("automatic"), failure.reason or Own("-")))
    yield Table(("label", "ledger lines", "by", "reason"), tuple(rows))


def _limitations(found: Evidence) -> Iterator[tuple[Cell, ...]]:
    state, start = found.state, found.started
    yield (
        Own(
            "One trial says little: agents differ from attempt to attempt. Compare agents over several attempts and tasks."
        ),
    )
    yield (Own("The experiments' scores are on development inputs; only the grade is on hidden ones."),)
    if start.feedback != "true":
        yield (Own("The agent was not told the truth of its experiments: "), start.feedback, Own("."))
    if state.resumed:
        yield (
            Own("The lab came back to this trial "),
            found.fact("resumed", str(state.resumed), found.seqs(TrialStarted)[0]),
            Own(" times."),
        )
    if start.noise is not None:
        seq = found.seqs(TrialStarted)[0]
        yield (
            Own("Timed: improvements below a ratio of "),
            found.fact("noise.floor", number(start.noise.floor), seq),
            Own(" are not told from none."),
        )
    if start.noise is not None and start.noise.low_precision:
        yield (Own("The host was too noisy to grade timed tasks by."),)
    for missing in start.provenance.sandbox.get("missing", ()):
        yield (Own("A protection was not in force: "), str(missing), Own("."))
    if state.grade is not None:
        for flag in state.grade.measurement.flags:
            yield (Own("The grade is marked for review: "), flag, Own("."))
    for veto in state.vetoes:
        yield (Own(f"Experiment {veto.experiment} was vetoed by a person: "), veto.reason)
    if found.backfill:
        count = Fact(
            "backfilled", str(len(found.backfill)), tuple(found.at(seq, BACKFILL) for seq, _ in found.backfill)
        )
        yield (count, Own(" states were measured afterwards, outside the budget."))
    if (found.resilience.moves is None) and found.state.experiments:
        yield (Own("The trial's history was not at hand: nothing is said of structure."),)
    if any(failure.by for failure in found.failures):
        yield (Own(f"Some labels are a person's, see {LABELS}."),)


def _versions(found: Evidence) -> Iterator[Block]:
    facts = found.started.provenance
    rows: list[tuple[Cell, ...]] = [
        (Own("autolab"), facts.autolab), (Own("task"), facts.task), (Own("task digest"), facts.task_digest),
        (Own("toolchain fingerprint"), facts.fingerprint), (Own("sandbox"), " ".join(str(facts.sandbox.get(name, "")) for name in ("kind", "version"))),
    ]  # fmt: skip
    rows += [(Own(f"machine: {name}"), value) for name, value in sorted(facts.machine.items())]
    rows += [(name, value) for name, value in sorted(facts.toolchain.items())]
    if found.started.model:
        rows.append((Own("model"), found.started.model))
    yield Table(("what", "version"), tuple(rows))
    yield Commands(
        (
            "autolab show TRIAL              # its experiments",
            "autolab grade TRIAL             # repeats the grade",
            "autolab report TRIAL --verify   # recomputes this report",
        )
    )


def _maybe(found: Evidence, key: str, value: float | None, shown: Callable[[float], str], *seqs: int) -> Cell:
    return Own("-") if value is None else found.fact(key, shown(value), *seqs)


def _ok(measured: Measurement) -> float | None:
    return measured.score if measured.verdict == "ok" else None


_CURVE = Own("Every experiment's score, and the best so far. Hollow: measured afterwards. Cross: no score.")
_ABLATED = Own(
    f"Each kept change of the graded program (the last {MOST} at most) was taken back on its own, and what is left was measured on "
    "the development inputs, without confirmation by time. Worth: what the whole program scores more."
)
_UNITS = {
    "wall_s": "s of wall time",
    "experiments": "experiments",
    "cpu_s": "s of CPU time",
    "tokens": "tokens",
    "usd": "US dollars",
}
