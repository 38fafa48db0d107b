"""The maker without a model: syntactic mutations by what they have brought so far, and crossover of two parents."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from autolab.agents.credit import Credit
from autolab.agents.mutate.crossover import crossover
from autolab.agents.mutate.operators import WEIGHTS, mutate
from autolab.agents.mutate.syntax import language_of
from autolab.agents.search.strategy import Child, Files, Proposal

PROPOSALS = 200
"""Mutants in a row that were all tried before, after which a parent's neighbourhood counts as searched."""


class Mutator:
    """Implements `Maker`. It never makes the same state twice, the starting program included.

    `start` is the common ancestor of all parents. `learning`: whether operators that brought something come up more often.
    """

    def __init__(self, start: Files, rng: Random, *, learning: bool = True) -> None:
        self._start = start
        self._rng = rng
        self._learning = learning
        self._credit = Credit(WEIGHTS)
        self._tried = {_digest(start)}

    def make(self, proposal: Proposal, parents: Sequence[Files]) -> Child | None:
        """Two parents are crossed where that gives something new; else the first is mutated, `steps` times."""
        if len(parents) > 1 and (child := self._crossed(parents[0], parents[1])) is not None:
            return child
        if not parents[0]:
            return None
        for _ in range(PROPOSALS):
            child = self._mutated(parents[0], proposal.steps)
            if child is not None and self._new(child.files):
                return replace(child, of=proposal.parents[:1])
        return None

    def learn(self, operator: str, worth: float, *, built: bool) -> None:
        """Credit goes to operators that work alone; a crossover, or several mutations in a row, teach nothing."""
        if self._learning and operator in WEIGHTS:
            self._credit.learn(operator, worth=worth, built=built)

    def save(self) -> bytes:
        """What operators brought, and which states were made."""
        return json.dumps({"credit": self._credit.state(), "tried": sorted(self._tried)}).encode()

    def load(self, state: bytes) -> None:
        """Goes on from what `save` gave."""
        kept = json.loads(state)
        self._credit.set_state(kept["credit"])
        self._tried |= set(kept["tried"])

    def _mutated(self, files: Files, steps: int) -> Child | None:
        """Larger files come up more often."""
        said, operators = [], []
        for _ in range(steps):
            path = self._rng.choices(list(files), [len(content) + 1 for content in files.values()])[0]
            mutation = mutate(files[path], language_of(path), self._rng, self._credit.weights())
            if mutation is None:
                continue
            files = {**files, path: mutation.content}
            said.append(f"{path} {mutation.description}")
            operators.append(mutation.operator)
        return Child(files, "; ".join(said), "+".join(operators)) if said else None

    def _crossed(self, first: Files, second: Files) -> Child | None:
        files, said = dict(first), []
        for path in first:
            base, other = self._start.get(path, b""), second.get(path)
            mixed = None if other is None else crossover(base, first[path], other, language_of(path), self._rng)
            if mixed is not None:
                files[path] = mixed.content
                said.append(f"{path} {mixed.description}")
        return Child(files, "; ".join(said), "crossover") if said and self._new(files) else None

    def _new(self, files: Files) -> bool:
        state = _digest(files)
        new = state not in self._tried
        self._tried.add(state)
        return new


def _digest(files: Files) -> str:
    state = hashlib.sha256()
    for path, content in sorted(files.items()):
        state.update(f"{path}\0{len(content)}\0".encode() + content)
    return state.hexdigest()[:32]
