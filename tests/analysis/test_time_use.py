"""Where time went: parts sum to the elapsed time, whatever the ledger; known ledgers give known parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_searches import lines, measured, records

from autolab.analysis.time_use import PARTS, PHASES, more, spans, time_use
from autolab.ledger.records import AnyRecord, BenchClosed, Executed, Experiment, ModelCall, State, TrialResumed

SECONDS = st.integers(0, 50_000).map(lambda each: each / 1000)
PHASE = st.dictionaries(st.sampled_from([*sorted(PHASES), "other"]), SECONDS, max_size=5)


def experiment(number: int, seconds: float, elapsed: float, phases: dict[str, float]) -> Experiment:
    return Experiment(
        number=number, commit="c", tree="t", parent=None, hypothesis="", seconds_before=0.0, seconds=seconds,
        elapsed=elapsed, best=False, measurement=measured(1.5, phases),
    )  # fmt: skip


def call(seconds: float, waited: float, elapsed: float) -> ModelCall:
    return ModelCall(model="a/b", via="gateway", status="ok", seconds=seconds, waited_s=waited, elapsed=elapsed)


def command(seconds: float, elapsed: float) -> Executed:
    return Executed(argv=("make",), exit_code=0, seconds=seconds, elapsed=elapsed)


@st.composite
def trials(draw: st.DrawFn) -> list[AnyRecord]:
    """Any order of records, durations that overlap or exceed what passed, elapsed times that stand still."""
    found, elapsed, number = list(records(closed=None)), 0.0, 0
    for kind in draw(st.lists(st.sampled_from("excsr"), max_size=15)):
        elapsed += draw(SECONDS)
        seconds = draw(SECONDS)
        if kind == "e":
            number += 1
            found.append(experiment(number, seconds, elapsed, draw(PHASE)))
        else:
            found.append(
                {
                    "x": command(seconds, elapsed),
                    "c": call(seconds, draw(SECONDS), elapsed),
                    "s": State(commit="c", tree="t", elapsed=elapsed, cause="write"),
                    "r": TrialResumed(spent={"wall_s": elapsed}),
                }[kind]
            )
    if draw(st.booleans()):
        found.append(BenchClosed(reason="finished", elapsed=elapsed + draw(SECONDS)))
    return found


@given(trials())
def test_parts_sum_to_the_elapsed_time(found: list[AnyRecord]) -> None:
    from autolab.ledger.replay import replay

    use = time_use(lines(found))
    assert use.elapsed == pytest.approx(replay(lines(found)).elapsed, abs=1e-6)
    assert sum(use.seconds.values()) == pytest.approx(use.elapsed)
    assert all(seconds >= 0 for seconds in use.seconds.values())
    assert (use.bottleneck is None) == (use.elapsed - use.seconds["idle"] < 1e-6)


def test_a_trial_with_one_of_everything() -> None:
    phases = {"build": 1.0, "run": 0.5, "verify": 0.5, "pair": 2.0, "queue": 1.0}
    found = [
        *records(closed=None),
        call(3.0, 2.0, 6.0),  # 1 s of nothing, 2 waiting, 3 model
        command(1.0, 8.0),  # 1 s before it and 1 s in it: edit
        experiment(1, 6.0, 15.0, phases),  # 1 s before it: edit; 1 s without a phase: instrument
        BenchClosed(reason="finished", elapsed=17.0),
    ]
    use = time_use(lines(found))
    wanted = {
        "model": 3.0,
        "waiting": 2.0,
        "edit": 3.0,
        "build": 1.0,
        "run": 1.0,
        "instrument": 3.0,
        "queue": 1.0,
        "idle": 3.0,
    }
    assert use.seconds == {part: pytest.approx(wanted[part]) for part in PARTS}
    assert use.bottleneck == "model"


def test_waiting_for_a_core_that_the_budget_did_not_count_is_taken_off_the_queue() -> None:
    cut = list(
        spans(lines([*records(closed=None), experiment(1, 2.0, 2.0, {"build": 1.0, "pair": 1.0, "queue": 30.0})]))
    )
    assert {span.part: span.seconds for span in cut} == {"build": 1.0, "instrument": 1.0}


def test_calls_at_the_same_time_count_once() -> None:
    found = [*records(closed=None), call(5.0, 0.0, 5.0), call(5.0, 0.0, 6.0)]
    assert time_use(lines(found)).seconds["model"] == 6.0


def test_a_part_that_ran_twice_as_fast_makes_room() -> None:
    assert more(10.0, 20.0, 10) == pytest.approx(10 / 3)  # 2 s each become 1.5 s: 13.3 fit where 10 did
    assert more(20.0, 20.0, 10) == 10.0  # everything twice as fast: twice as many
    assert more(0.0, 20.0, 10) == 0.0
    assert more(1.0, 20.0, 0) is None


@given(st.floats(0.01, 1e4), st.floats(0.0, 1.0), st.integers(1, 500))
def test_room_for_more_is_what_the_same_time_holds(elapsed: float, share: float, experiments: int) -> None:
    part = elapsed * share
    found = more(part, elapsed, experiments)
    assert found is not None
    assert (experiments + found) * (elapsed - part / 2) / experiments == pytest.approx(elapsed)


def test_the_constraint_shifts_where_another_part_takes_over() -> None:
    found = list(records(closed=None))
    for number in range(1, 11):
        name = "build" if number <= 5 else "instrument"
        found.append(experiment(number, 1.0, float(number), {name: 1.0}))
    assert [(shift.experiment, shift.part) for shift in time_use(lines(found), window=5).shifts] == [
        (1, "build"),
        (6, "instrument"),
    ]
