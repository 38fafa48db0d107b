"""Four ways of taking bad news. Each lacks one thing that the recoverer has; the quitter has the best start of all."""

import hashlib
from collections.abc import Callable

from autolab.agents.bench import Bench
from autolab.agents.controls.space import Files
from autolab.agents.controls.work import Base, Habit, Work

HOPE = 1.5
"""The speed-up that those who do not learn expect, every time."""

PATIENCE = 6
"""Experiments without a gain after which the recoverer takes its frame for exhausted."""

TRIAL = 4
"""Refinements without a gain that the recoverer grants a new frame that is not the best yet."""

TRIES = 50
"""Proposals in a row that bring nothing new, after which a recoverer takes what comes."""


class Stubborn:
    """Refines the best it has and never leaves its frame; has no memory, so it tries the same again; hopes every time."""

    name = "stubborn"

    def run(self, bench: Bench) -> None:
        """Until the budget is spent."""
        work = Work(bench)
        best = work.begin()
        while True:
            files, words = work.space.refine(best.files, work.rng)
            new = work.measure(files, words, best, HOPE, "refine")
            best = new if work.beats(new, best) else best


class Quitter:
    """Knows the task's own reference, and gives up at the first bad news."""

    name = "quitter"

    def run(self, bench: Bench) -> None:
        """Measures the reference, then refines it until the first experiment that is no gain."""
        work = Work(bench)
        spec = bench.task.optimization
        known = max(spec.baseline.score, spec.reference.score) / min(spec.baseline.score, spec.reference.score)
        best = work.measure(bench.task.reference_files, "what is known to be good", None, known)
        while True:
            files, words = work.space.refine(best.files, work.rng)
            new = work.measure(files, words, best, HOPE, "refine")
            if not work.beats(new, best):
                return
            best = new


class Restarter:
    """Begins again from scratch every time: restructures always, and builds on nothing that it learned."""

    name = "restarter"
    CHANGES = 2  # of the fresh state, before it is measured

    def run(self, bench: Bench) -> None:
        """Until the budget is spent."""
        work = Work(bench)
        best = work.begin()
        while True:
            files, words = work.space.restructure(best.files, work.rng)
            for _ in range(self.CHANGES):
                files, _ = work.space.refine(files, work.rng)
            work.measure(files, words, best, HOPE, "restart")


class Recoverer:
    """Goes back to its best after bad news, tries nothing twice, expects what experience says.

    Where its frame is exhausted it tries another, which it grants a few refinements before it judges it.
    """

    name = "recoverer"

    def run(self, bench: Bench) -> None:
        """Until the budget is spent."""
        work = Work(bench)
        best = work.begin()
        seen, habits = {digest(best.files)}, {"refine": Habit(), "restructure": Habit()}

        def step(kind: str, base: Base, propose: Callable[..., tuple[Files, str]]) -> Base:
            for _ in range(TRIES):
                files, words = propose(base.files, work.rng)
                if digest(files) not in seen:
                    break
            seen.add(digest(files))
            new = work.measure(files, words, base, habits[kind].expected(), kind)
            habits[kind].learn(base.figure, new.figure, work.direction)
            return new

        def tune(base: Base, patience: int) -> Base:
            failures = 0
            while failures < patience:
                new = step("refine", base, work.space.refine)
                if work.beats(new, base):
                    base, failures = new, 0
                else:
                    failures += 1
            return base

        best = tune(best, PATIENCE)
        while True:
            fresh = step("restructure", best, work.space.restructure)
            if fresh.figure.metric is not None:
                fresh = tune(fresh, PATIENCE if work.beats(fresh, best) else TRIAL)
            best = fresh if work.beats(fresh, best) else best


def digest(files: Files) -> str:
    """A state's name."""
    state = hashlib.sha256()
    for path, content in sorted(files.items()):
        state.update(f"{path}\0{len(content)}\0".encode() + content)
    return state.hexdigest()
