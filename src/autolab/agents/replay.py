"""The agent that does again what a stored trial did: its states one by one, each written and measured."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autolab.agents.bench import Bench
from autolab.errors import AgentError, AutolabError
from autolab.ledger.reader import read_ledger
from autolab.ledger.replay import TrialState, replay

_GIT_S = 120.0


class _Step(NamedTuple):
    commit: str
    hypothesis: str


class Replay:
    """Made from a trial's folder. States that the stored trial never measured are measured too, so it gets a curve."""

    def __init__(self, folder: Path) -> None:
        try:
            state = replay(read_ledger(folder / "ledger.jsonl"))
        except AutolabError as error:
            raise AgentError(f"replay:{folder}: {error}; give the folder of a trial") from error
        if state.started is None:
            raise AgentError(f"replay:{folder}: the trial has not begun; give one that has")
        self._history = folder / "history.git"
        self._task = state.started.provenance.task
        self._steps = list(_steps(state))
        self.name = f"replay-{state.started.agent}-{state.started.attempt}"

    def run(self, bench: Bench) -> None:
        """One measure a state; a trial that is continued goes on with the first state that has none."""
        task = bench.task.spec.task.name
        if task != self._task:
            raise AgentError(f"the stored trial is of {self._task}, this one is of {task}")
        for step in self._steps[bench.status().experiments :]:
            files = self._files(step.commit)
            for path in bench.task.optimization.editable:
                if path in files:
                    bench.write(path, files[path])
                else:  # the stored state lacks it
                    bench.exec(("/bin/rm", "-f", "--", path))
            bench.measure(step.hypothesis)

    def _files(self, commit: str) -> dict[str, bytes]:
        entries = [each for each in self._git("ls-tree", "-r", "-z", commit).split(b"\0") if each]
        found = {}
        for entry in entries:  # MODE TYPE NAME<TAB>PATH
            head, _, path = entry.partition(b"\t")
            found[path.decode("utf-8", "surrogateescape")] = self._git("cat-file", "blob", head.split()[2].decode())
        return found

    def _git(self, *words: str) -> bytes:
        environment = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
        command = ["git", "-c", "safe.bareRepository=all", "-c", "safe.directory=*", f"--git-dir={self._history}", *words]
        try:
            done = subprocess.run(command, capture_output=True, env=environment, timeout=_GIT_S)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AgentError(f"{self._history}: git {words[0]}: {error}") from error
        if done.returncode != 0:
            said = " ".join(done.stderr.decode(errors="replace").split())[:300]
            raise AgentError(f"{self._history}: git {words[0]}: {said}; is the trial's folder whole?")
        return done.stdout


def _steps(state: TrialState) -> Iterator[_Step]:
    """The states in the order in which they came, each commit once, with the words of its first experiment."""
    said = {experiment.commit: experiment.hypothesis for experiment in reversed(state.experiments)}
    seen: set[str] = set()
    for found in state.states:
        if found.commit not in seen:
            seen.add(found.commit)
            yield _Step(found.commit, said.get(found.commit, f"a state that was not measured ({found.cause})"))
