"""What a ledger amounts to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_records import COMMIT, experiment, started

from autolab.errors import LedgerError
from autolab.ledger.records import (
    AnyRecord,
    BenchClosed,
    Executed,
    Experiment,
    Line,
    ModelCall,
    Note,
    State,
    StopAsked,
    Submitted,
    TrialResumed,
    Veto,
)
from autolab.ledger.replay import TrialState, replay

Seconds = st.floats(0, 1e6)
Drawn = st.one_of(
    st.builds(lambda elapsed: State(commit=COMMIT, tree=COMMIT, elapsed=elapsed, cause="exec"), st.none() | Seconds),
    st.builds(lambda elapsed: TrialResumed(spent={"wall_s": elapsed}), Seconds),
    st.builds(lambda cpu: Executed(argv=("make",), exit_code=0, seconds=1.0, cpu_s=cpu, elapsed=0.0), st.none() | Seconds),
    st.builds(
        lambda tokens, usd: ModelCall(
            model="any/model", via="agent", status="ok", seconds=1.0, elapsed=0.0, input_tokens=tokens, output_tokens=1, usd=usd
        ),
        st.none() | st.integers(0, 999), st.none() | Seconds,
    ),
    st.builds(lambda elapsed: BenchClosed(reason="wall", elapsed=elapsed), Seconds),
    st.builds(lambda text: Note(author="person", text=text), st.text(max_size=3)),
    st.builds(lambda number: Submitted(experiment=number, commit=COMMIT), st.integers(1, 9)),
    st.builds(
        lambda score, elapsed, tree: experiment(1, score, elapsed=elapsed, tree=tree),
        st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.2]), Seconds, st.sampled_from("abc"),
    ),
    st.builds(lambda number: Veto(experiment=number, reason="a trick"), st.integers(1, 9)),
    st.builds(lambda act: StopAsked(act=act), st.sampled_from(["", "1", "2"])),
    st.builds(lambda elapsed: experiment(1, None, "wrong_output", elapsed=elapsed), Seconds),
    st.just(experiment(1, 9.0, "quarantined")),
)


def lines(records: list[AnyRecord]) -> list[Line]:
    """With experiments numbered as they come, and vetoes and choices of such alone. Nothing here looks at the chain."""
    found, number = [], 0
    for seq, record in enumerate(records):
        if isinstance(record, Veto | Submitted):
            if not number:
                continue
            record = record.model_copy(update={"experiment": (record.experiment - 1) % number + 1})  # noqa: PLW2901
        if isinstance(record, Experiment):
            number += 1
            record = record.model_copy(update={"number": number})  # noqa: PLW2901
        found.append(Line(seq=seq, time="", prev="", record=record, hash=""))
    return found


Ledgers = st.lists(Drawn, max_size=12).map(lambda records: lines([started(), *records]))


@given(Ledgers)
def test_every_experiment_is_kept_and_the_best_is_the_first_of_the_highest_that_are_ok_and_not_vetoed(ledger: list[Line]) -> None:
    state = replay(ledger)
    experiments = [line.record for line in ledger if isinstance(line.record, Experiment)]
    assert list(state.experiments) == experiments
    vetoed = {experiments[line.record.experiment - 1].tree for line in ledger if isinstance(line.record, Veto)}
    assert state.vetoed_trees == vetoed
    fine = [each for each in experiments if each.measurement.verdict == "ok" and each.tree not in vetoed]
    assert state.best == max(fine, key=lambda each: each.measurement.score or 0.0, default=None)


@given(Ledgers)
def test_spent_is_the_most_that_any_line_knows_of_and_never_shrinks(ledger: list[Line]) -> None:
    spent = [replay(ledger[:end]).elapsed for end in range(len(ledger) + 1)]
    assert spent == sorted(spent)
    known = [getattr(line.record, "elapsed", None) or 0.0 for line in ledger]
    known += [line.record.spent["wall_s"] for line in ledger if isinstance(line.record, TrialResumed)]
    assert spent[-1] == max(known)
    assert replay(ledger).spent["wall_s"] == spent[-1]
    assert replay(ledger).spent["experiments"] == len(replay(ledger).experiments)


@given(Ledgers)
def test_cpu_tokens_and_money_are_summed_and_money_without_every_price_is_not_known(ledger: list[Line]) -> None:
    calls = [line.record for line in ledger if isinstance(line.record, ModelCall)]
    ran = [line.record.cpu_s or 0.0 for line in ledger if isinstance(line.record, Executed | Experiment)]
    spent = replay(ledger).spent
    assert spent["tokens"] == sum((call.input_tokens or 0) + 1 for call in calls)
    assert spent["cpu_s"] == pytest.approx(sum(ran))
    priced = [call.usd for call in calls if call.usd is not None]
    assert spent["usd"] == (pytest.approx(sum(priced)) if len(priced) == len(calls) else None)


@given(Ledgers)
def test_resuming_opens_the_bench_again_and_forgets_nothing_else(ledger: list[Line]) -> None:
    before = replay(ledger)
    resumed = Line(seq=len(ledger), time="", prev="", record=TrialResumed(spent=before.spent), hash="")
    after = replay([*ledger, resumed])
    assert after.closed is None
    assert after.resumed == before.resumed + 1
    assert (after.experiments, after.best, after.elapsed, after.commit) == (
        before.experiments, before.best, before.elapsed, before.commit,
    )  # fmt: skip


@given(Ledgers)
def test_a_choice_of_a_vetoed_state_is_void_and_people_s_words_are_told_in_their_order(ledger: list[Line]) -> None:
    state = replay(ledger)
    if state.submitted is not None:
        assert state.experiments[state.submitted.experiment - 1].tree not in state.vetoed_trees
    told = [line.record for line in ledger if isinstance(line.record, Veto | Note)]
    assert len(state.told) == len(told)
    assert all((record.reason if isinstance(record, Veto) else record.text) in said for record, said in zip(told, state.told, strict=True))
    assert state.stop == next((line.record for line in ledger if isinstance(line.record, StopAsked)), None)


def test_a_veto_of_what_is_not_there_is_an_error() -> None:
    veto = Line(seq=0, time="", prev="", record=Veto(experiment=1, reason="no"), hash="")
    with pytest.raises(LedgerError, match="a veto of experiment 1, where there are 0"):
        replay([veto])


def test_nothing_recorded_is_nothing_known() -> None:
    assert replay([]) == TrialState()
    assert replay([]).commit is None


@pytest.mark.parametrize("numbers", [(2,), (1, 1), (1, 3)])
def test_an_experiment_that_is_missing_or_twice_is_an_error(numbers: tuple[int, ...]) -> None:
    found = [Line(seq=0, time="", prev="", record=experiment(number), hash="") for number in numbers]
    with pytest.raises(LedgerError, match="one is missing or twice"):
        replay(found)
