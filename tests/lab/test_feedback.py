"""Feedback modes: what is told of experiments, and what a bench with each of them keeps to itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_bench import Acts, make_plan
from small_records import experiment
from small_tasks import REFERENCE_C

from autolab.agents.bench import Bench, BudgetSpent, Outcome
from autolab.agents.registry import load_agent
from autolab.errors import AgentError, AutolabError
from autolab.lab.feedback import TRUE, Blinded, Feedback, parse_feedback, told
from autolab.lab.operations import operate
from autolab.lab.trial import run_trial
from autolab.ledger.records import Experiment
from autolab.sandbox.box import Sandbox

SCORES = (0.0, 0.3, None, 0.2, 0.6, 0.5)


def made() -> list[Experiment]:
    """Six experiments with scores as above, the third a failed build."""
    found = []
    for number, score in enumerate(SCORES, 1):
        failed = {"verdict": "build_failed", "metric": None, "reason": "no"}
        measured = {"verdict": "ok", "metric": 100.0 - number, "reason": None} if score is not None else failed
        measurement = experiment(number).measurement.model_copy(update={**measured, "score": score})
        found.append(experiment(number).model_copy(update={"measurement": measurement}))
    return found


def hear(words: str, seed: int = 1) -> list[Outcome]:
    return [told(parse_feedback(words), made()[:number], number, seed) for number in range(1, len(SCORES) + 1)]


def test_true_feedback_is_each_experiment_s_own() -> None:
    assert [each.score for each in hear("true")] == list(SCORES)


def test_withheld_feedback_has_no_figure_and_no_verdict() -> None:
    for each in hear("withheld"):
        assert (each.verdict, each.score, each.metric, each.reason, each.best) == ("recorded", None, None, None, False)
        assert (each.build_output, each.run_output) == ("", "")


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_feedback_is_an_earlier_result_and_the_same_for_one_seed(seed: int) -> None:
    heard = hear("shuffled", seed)
    assert heard == hear("shuffled", seed)
    assert [each.number for each in heard] == [1, 2, 3, 4, 5, 6]
    assert (heard[0].verdict, heard[0].metric) == ("recorded", None)
    best = None
    for number, each in enumerate(heard[1:], 2):
        earlier = [(one.measurement.verdict, one.measurement.metric) for one in made()[: number - 1]]
        assert (each.verdict, each.metric) in earlier
        assert each.best == (each.score is not None and (best is None or each.score > best))
        best = each.score if each.best else best


def test_shuffled_feedback_differs_between_seeds() -> None:
    assert len({tuple(each.metric for each in hear("shuffled", seed)) for seed in range(20)}) > 5


def test_delayed_feedback_comes_n_experiments_later_and_names_its_experiment() -> None:
    heard = hear("delayed:2")
    assert [each.of for each in heard] == [None, None, 1, 2, 3, 4]
    assert [each.score for each in heard[2:]] == list(SCORES[:4])
    assert [each.verdict for each in heard[:2]] == ["recorded", "recorded"]


@pytest.mark.parametrize("words", ["true", "withheld", "shuffled", "delayed:3"])
def test_a_mode_is_recorded_as_it_is_typed(words: str) -> None:
    assert parse_feedback(words).words == words


@pytest.mark.parametrize("words", ["", "True", "delayed", "delayed:", "delayed:0", "delayed:-1", "delayed:1.5", "delayed:x"])
def test_other_words_are_refused_and_name_the_modes(words: str) -> None:
    with pytest.raises(AutolabError, match="withheld"):
        parse_feedback(words)


def test_a_bench_that_withholds_executes_nothing_and_shows_no_figure(sandbox: Sandbox, tmp_path: Path) -> None:
    seen: list[str] = []

    def act(bench: Bench) -> None:
        assert isinstance(bench, Blinded)
        bench.write("solve.c", REFERENCE_C.encode())
        assert bench.measure("a running sum").verdict == "recorded"
        done = bench.exec(("/bin/true",))
        assert (done.exit_code, b"withheld" in done.stderr) == (126, True)
        status = bench.status()
        assert (status.experiments, status.best_experiment, status.best_score, status.best_metric) == (1, None, None, None)
        with pytest.raises(AgentError, match="no profile"):
            operate(bench, ["profile"])
        bench.restore(1)
        assert "+    uint32_t sum = 0;" in operate(bench, ["diff", "1"])[0]
        for words in (["status"], ["history"], ["show", "1"], ["measure", "-m", "again"]):
            text, data = operate(bench, words)
            seen.extend([text, str(data)])
        with pytest.raises(BudgetSpent):
            bench.measure("one too many")
        with pytest.raises(BudgetSpent):
            bench.exec(("/bin/true",))
        seen.append("all done")

    plan = make_plan(tmp_path, Acts(act), experiments=2)
    state = run_trial(replace(plan, feedback=Feedback("withheld")), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, state.closed.detail) == ("finished", "")
    assert seen[-1] == "all done"
    assert not [text for text in seen if "score 1" in text or "4127" in text or "4,127" in text or "'ok'" in text], seen
    assert state.started is not None
    assert state.started.feedback == "withheld"
    assert state.grade is not None
    assert (state.grade.choice, state.experiments[0].best) == ("best", True)
    assert state.grade.measurement.score == pytest.approx(1.0, abs=0.05)


def test_climb_works_on_what_it_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    plan = make_plan(tmp_path, load_agent("climb"), experiments=3)
    state = run_trial(replace(plan, feedback=Feedback("shuffled")), sandbox)
    assert state.closed is not None
    assert (state.closed.reason, len(state.experiments)) == ("experiments", 3)
    assert state.grade is not None


def test_a_trial_does_not_go_on_with_another_feedback(sandbox: Sandbox, tmp_path: Path) -> None:
    def stopped(bench: Bench) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_trial(make_plan(tmp_path, Acts(stopped)), sandbox)
    plan = make_plan(tmp_path, Acts(stopped))
    assert plan.feedback == TRUE
    with pytest.raises(AutolabError, match=r"the feedback .* --name"):
        run_trial(replace(plan, feedback=Feedback("shuffled")), sandbox)
