"""The driver and the search agents on benches in memory."""

import contextlib
import functools
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from statistics import mean

import pytest
from landscapes import LANDSCAPES, bench_on, rugged, slope

from autolab.agents.bench import BudgetSpent, Outcome, Past
from autolab.agents.fake import FakeBench, Judge
from autolab.agents.registry import load_agent
from autolab.agents.search.driver import search
from autolab.agents.search.mutator import Mutator
from autolab.agents.search.strategy import Child, Files, Proposal, Result
from autolab.errors import AgentError
from autolab.ledger.records import Origin, Verdict

SEARCHES = ("random", "climb", "anneal", "evolve", "tree")
LISTENING = SEARCHES[1:]


def go_on(agent: str, bench: FakeBench) -> FakeBench:
    with contextlib.suppress(BudgetSpent):
        load_agent(agent).run(bench)
    return bench


def done(agent: str, judge: Judge, seed: int = 1, experiments: int = 60) -> FakeBench:
    return go_on(agent, bench_on(judge, seed, experiments))


def lowest(bench: FakeBench) -> float:
    return min(each.outcome.metric for each in bench.entries if each.outcome.metric is not None)


@functools.cache
def reached(agent: str, landscape: str, experiments: int) -> float:
    """Mean over ten seeds."""
    return mean(lowest(done(agent, LANDSCAPES[landscape], seed, experiments)) for seed in range(10))


@pytest.mark.parametrize(
    ("landscape", "better", "worse", "experiments"),
    [
        *(("slope", agent, "random", 60) for agent in LISTENING),
        ("slope", "climb", "anneal", 60),  # nothing is quicker uphill than taking the best at once
        ("slope", "climb", "evolve", 60),
        ("rugged", "tree", "random", 60),
        ("rugged", "tree", "climb", 60),  # turns back out of a valley
        ("rugged", "tree", "anneal", 60),
        ("rugged", "evolve", "random", 60),
        ("plateau", "anneal", "random", 60),
        ("plateau", "anneal", "climb", 60),  # takes a step that changes nothing
        ("plateau", "tree", "climb", 60),
        ("plateau", "evolve", "climb", 60),
        ("deceptive", "evolve", "random", 200),
        ("deceptive", "evolve", "climb", 200),  # keeps the best of every distance, however bad
        ("deceptive", "evolve", "anneal", 200),
        ("deceptive", "evolve", "tree", 200),
    ],
)
def test_each_search_has_a_landscape_that_it_is_for(landscape: str, better: str, worse: str, experiments: int) -> None:
    assert reached(better, landscape, experiments) < reached(worse, landscape, experiments)


@pytest.mark.parametrize("agent", SEARCHES)
def test_every_experiment_names_experiments_before_it_as_its_origin(agent: str) -> None:
    bench = done(agent, rugged)
    assert bench.entries[0].origin == Origin()
    for number, entry in enumerate(bench.entries[1:], 2):
        assert entry.origin is not None
        assert entry.origin.operator
        assert all(1 <= parent < number for parent in entry.origin.parents)
        assert all(bench.entries[parent - 1].outcome.verdict == "ok" for parent in entry.origin.parents)
    listens = {parent for entry in bench.entries for parent in (entry.origin or Origin()).parents}
    assert bool(listens) == (agent != "random")


def test_a_crossover_names_both_parents_and_a_mutation_one() -> None:
    found = [entry.origin for entry in done("evolve?crossover=1", slope, experiments=100).entries[1:] if entry.origin]
    assert {len(each.parents) for each in found if each.operator == "crossover"} == {2}
    assert {len(each.parents) for each in found if each.operator != "crossover"} == {1}


@pytest.mark.parametrize("agent", SEARCHES)
def test_no_state_is_measured_twice_and_a_continued_trial_knows_what_was(agent: str) -> None:
    bench = done(agent, slope, experiments=15)
    bench.extend(25)
    go_on(agent, bench)
    states = [tuple(entry.files.items()) for entry in bench.entries]
    assert len(states) == 40
    assert len(set(states)) == len(states)


@pytest.mark.parametrize("agent", SEARCHES)
@pytest.mark.parametrize("kept", [True, False])
def test_a_continued_trial_goes_on_with_what_it_had(agent: str, kept: bool) -> None:
    """With its memory, and, where that was lost with the lab, from the history alone."""
    bench = done(agent, slope, seed=2, experiments=40)
    before = lowest(bench)
    if not kept:
        bench.memory = None
    bench.extend(40)
    bench.files["numbers.txt"] = b"left by a break\n"
    go_on(agent, bench)
    assert len(bench.entries) == 80
    assert all(b"left" not in entry.files["numbers.txt"] for entry in bench.entries)
    if agent != "random":
        assert min(each.outcome.metric for each in bench.entries[40:] if each.outcome.metric is not None) < before


def test_a_memory_older_than_the_history_is_completed_from_it() -> None:
    """As after a kill between a measure and the save behind it."""
    bench = done("climb", slope, seed=3, experiments=10)
    early = bench.memory
    bench.extend(20)
    go_on("climb", bench)
    best = min(bench.entries, key=lambda each: each.outcome.metric or 1e9).outcome.number
    bench.memory = early
    bench.extend(1)
    go_on("climb", bench)
    assert bench.entries[-1].origin is not None
    assert bench.entries[-1].origin.parents == (best,)


@pytest.mark.parametrize("agent", SEARCHES)
def test_a_start_that_the_lab_failed_to_measure_before_a_break_is_measured_after_it(agent: str) -> None:
    bench = bench_on(lambda files: slope(files) if len(bench.entries) else "lab_error", 1, 1)
    go_on(agent, bench)
    bench.extend(3)
    go_on(agent, bench)
    assert [entry.hypothesis for entry in bench.entries[:2]] == ["the starting program"] * 2


@pytest.mark.parametrize("agent", LISTENING)
def test_nothing_is_made_of_a_vetoed_best(agent: str) -> None:
    """A person vetoes every new best as soon as it is seen, from the tenth experiment on."""
    vetoed_at: dict[int, int] = {}

    def judged(files: Mapping[str, bytes]) -> float | Verdict:
        best = bench._best()
        if len(bench.entries) > 10 and best is not None:
            bench.vetoed.add(best.number)
            vetoed_at.setdefault(best.number, len(bench.entries) + 1)
        return slope(files)

    bench = bench_on(judged, 1, 60)
    go_on(agent, bench)
    assert len(vetoed_at) > 10
    for number, entry in enumerate(bench.entries, 1):
        for parent in entry.origin.parents if entry.origin else ():
            assert number <= vetoed_at.get(parent, number), f"{number} was made of {parent}, vetoed at {vetoed_at[parent]}"


class Telling(FakeBench):
    """A bench that tells less: nothing, each result `late` experiments after it, or any earlier one's (`late` 0)."""

    late: int | None = None

    def measure(self, hypothesis: str, expected: float | None = None, origin: Origin | None = None) -> Outcome:
        return self._told(super().measure(hypothesis, expected, origin))

    def history(self) -> tuple[Past, ...]:
        return tuple(replace(past, outcome=self._told(past.outcome)) for past in super().history())

    def _told(self, outcome: Outcome) -> Outcome:
        if self.late == 0 and outcome.number > 1:
            told = self.entries[Random(outcome.number).randrange(1, outcome.number) - 1].outcome
            return replace(told, number=outcome.number)
        if self.late is None or outcome.number <= max(1, self.late):
            return replace(outcome, verdict="recorded", reason=None, metric=None, best=False)
        source = outcome.number - self.late
        return replace(self.entries[source - 1].outcome, number=outcome.number, of=source)


def telling(late: int | None, experiments: int) -> Telling:
    plain = bench_on(slope, 1, experiments)
    bench = Telling(slope, experiments=experiments, task=plain.task)
    bench.late = late
    return bench


@pytest.mark.parametrize("agent", SEARCHES)
def test_where_nothing_is_told_every_program_comes_from_the_start(agent: str) -> None:
    bench = go_on(agent, telling(None, 20))
    bench.extend(8)
    go_on(agent, bench)
    assert len(bench.entries) == 28
    assert all(entry.origin is not None and entry.origin.parents == () for entry in bench.entries)


@pytest.mark.parametrize("agent", LISTENING)
def test_a_late_result_is_taken_for_the_experiment_that_it_is_about(agent: str) -> None:
    bench = go_on(agent, telling(5, 60))
    start = bench.entries[0].outcome.metric
    assert start is not None
    for number, entry in enumerate(bench.entries, 1):
        for parent in entry.origin.parents if entry.origin else ():
            assert parent + 5 < number, "its result is not known yet"
            assert bench.entries[parent - 1].outcome.verdict == "ok"
    assert lowest(bench) < start - 10, "a generation takes six experiments, and there are sixty"


@pytest.mark.parametrize("agent", LISTENING)
@pytest.mark.parametrize("late", [None, 0])
def test_the_loop_is_worth_something_to_each_that_listens(agent: str, late: int | None) -> None:
    """With the same budget it reaches more by its own results than by none, or by another's."""
    told, untold = (lowest(go_on(agent, bench)) for bench in (bench_on(slope, 1, 60), telling(late, 60)))
    assert told < untold


def test_random_does_the_same_whatever_it_is_told() -> None:
    benches = [go_on("random", bench) for bench in (bench_on(slope, 1, 40), telling(None, 40), telling(0, 40), telling(3, 40))]
    first, *others = [[entry.files for entry in bench.entries] for bench in benches]
    assert all(each == first for each in others)


@pytest.mark.parametrize("agent", ["evolve?islands=4&migration=3", "anneal?heat=1.5", "tree?width=2", "random?cascade=yes"])
def test_options_reach_the_agent_and_stand_in_its_name(agent: str) -> None:
    name, _, options = agent.partition("?")
    assert load_agent(agent).name == name + "?" + "&".join(sorted(options.split("&")))


def test_options_change_what_is_done() -> None:
    plain, wide = (done(agent, slope, experiments=30) for agent in ("evolve", "evolve?islands=4"))
    places = [{entry.origin.place for entry in each.entries[1:] if entry.origin} for each in (plain, wide)]
    assert places == [{"island 1", "island 2"}, {"island 1", "island 2", "island 3", "island 4"}]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("evolve?islands=0", "islands=0: give a whole number from 1 to 100"),
        ("evolve?islands=2.5", "whole number"),
        ("evolve?cascade=maybe", "give yes or no"),
        ("anneal?heat=hot", "heat=hot: give a number from 0 to 100"),
        ("anneal?cooling=nan", "give a number from 0 to 1"),
        ("tree?depth=3", "unknown option 'depth': there are width, cascade"),
    ],
)
def test_a_wrong_option_is_one_line(agent: str, said: str) -> None:
    with pytest.raises(AgentError, match=said) as raised:
        load_agent(agent)
    assert "\n" not in str(raised.value)


class Halving:
    """A maker that is no mutation, as one that asks a model: keeps the first half of the lines."""

    def __init__(self, start: Files, rng: Random) -> None:
        self.learnt: list[tuple[str, float, bool]] = []

    def make(self, proposal: Proposal, parents: list[Files]) -> Child | None:
        lines = parents[0]["numbers.txt"].splitlines(keepends=True)
        if len(lines) < 2:
            return None
        return Child({"numbers.txt": b"".join(lines[: len(lines) // 2])}, "half of it", "halving", expected=2.0)

    def learn(self, operator: str, worth: float, *, built: bool) -> None:
        self.learnt.append((operator, worth, built))

    def save(self) -> bytes:
        return b""

    def load(self, state: bytes) -> None:
        pass


class Last:
    """A strategy of a few lines: goes on from the last experiment that worked."""

    def __init__(self, rng: Random) -> None:
        self.last = 0

    def ask(self) -> Proposal | None:
        return Proposal((self.last,)) if self.last else Proposal()

    def tell(self, proposal: Proposal, result: Result) -> None:
        if result.fitness is not None and result.experiment is not None:
            self.last = result.experiment

    def forget(self, experiment: int) -> None:
        self.last = 0 if self.last == experiment else self.last

    def save(self) -> bytes:
        return b"%d" % self.last

    def load(self, state: bytes) -> None:
        self.last = int(state)


def test_the_driver_runs_any_strategy_with_any_maker_and_ends_when_nothing_is_made() -> None:
    makers: list[Halving] = []

    def maker(start: Files, rng: Random) -> Halving:
        makers.append(Halving(start, rng))
        return makers[-1]

    bench = bench_on(lambda files: float(len(files["numbers.txt"])), 1, 50)
    search(bench, Last, maker)
    assert [len(entry.files["numbers.txt"].splitlines()) for entry in bench.entries] == [4, 2, 1]
    assert [entry.expected for entry in bench.entries] == [None, 2.0, 2.0]
    assert makers[0].learnt == [("halving", 1.0, True), ("halving", 1.0, True)]


def test_credit_of_a_mutator_outlives_a_break() -> None:
    start = bench_on(slope, 1, 1).task.baseline_files
    first = Mutator(start, Random(1))
    for _ in range(20):
        first.learn("lines.delete", 0.0, built=False)
    second = Mutator(start, Random(1))
    second.load(first.save())
    assert second.save() == first.save()
    made = [child for _ in range(60) if (child := second.make(Proposal(), [start])) is not None]
    assert sum(child.operator == "lines.delete" for child in made) < 5
