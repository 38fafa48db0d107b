"""What every agent must do, as tests that anyone can run on one's own:

    from autolab.agents.contract import AgentContract
    from my_agent import MyAgent

    class TestMyAgent(AgentContract):
        make_agent = MyAgent

An agent that talks to a model, and so repeats nothing, says `deterministic = False`.
"""

from collections.abc import Callable, Mapping
from typing import get_args

from autolab.agents.agent import Agent
from autolab.agents.bench import BudgetSpent
from autolab.agents.fake import Entry, FakeBench, Judge, size
from autolab.ledger.records import Verdict

EXPERIMENTS = 12

FAILURES = tuple(verdict for verdict in get_args(Verdict) if verdict != "ok")


class AgentContract:
    """Runs the agent on benches in memory (`FakeBench`)."""

    make_agent: Callable[[], Agent]
    deterministic = True

    def run_on(self, judge: Judge = size, seed: int = 1, experiments: int = EXPERIMENTS) -> FakeBench:
        """A bench after the agent has worked in it."""
        bench = FakeBench(judge, seed=seed, experiments=experiments)
        self._continue(bench)
        return bench

    def test_has_a_name_that_stays(self) -> None:
        """Ledgers tell agents apart by it."""
        names = {type(self).make_agent().name for _ in range(2)}
        assert len(names) == 1
        assert all(names), "the name is empty"

    def test_ends_with_its_budget(self) -> None:
        """It returns, or lets BudgetSpent through; then it calls nothing any more."""
        for experiments in (0, 1, EXPERIMENTS):
            bench = self.run_on(experiments=experiments)
            assert len(bench.entries) <= experiments
            assert bench.calls_after_end == 0, "the agent went on after BudgetSpent"

    def test_writes_editable_files_only(self) -> None:
        """Anything else never crosses, so writing it is a mistake about the task."""
        bench = self.run_on()
        assert bench.written <= set(bench.task.optimization.editable)

    def test_repeats_itself_for_one_seed(self) -> None:
        """All randomness comes from bench.seed."""
        if self.deterministic:
            first, second = (_states(self.run_on(seed=7).entries) for _ in range(2))
            assert first == second

    def test_survives_failures(self) -> None:
        """Any verdict may come at any time, from the first measure on."""
        for verdict in FAILURES:
            assert all(entry.outcome.verdict == verdict for entry in self.run_on(_always(verdict)).entries)

    def test_goes_on_after_a_break(self) -> None:
        """A trial that was cut off runs a fresh agent on the same bench."""
        bench = self.run_on(experiments=3)
        bench.extend(EXPERIMENTS)
        self._continue(bench)
        assert len(bench.entries) <= 3 + EXPERIMENTS

    def _continue(self, bench: FakeBench) -> None:
        try:
            type(self).make_agent().run(bench)
        except BudgetSpent:
            return


def _always(verdict: Verdict) -> Judge:
    def judge(files: Mapping[str, bytes]) -> Verdict:
        del files
        return verdict

    return judge


def _states(history: list[Entry]) -> list[tuple[str, Mapping[str, bytes]]]:
    return [(entry.hypothesis, entry.files) for entry in history]
