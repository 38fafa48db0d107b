"""From tasks, agents and attempts to trials."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autolab.agents.registry import load_agent
from autolab.errors import AutolabError
from autolab.lab.budget import Budget
from autolab.lab.feedback import parse_feedback
from autolab.lab.trial import TrialPlan
from autolab.task.task import Task

MAX_TRIALS = 100_000

_LONGEST_WORD = 120


@dataclass(frozen=True)
class RunPlan:
    """What a run is to hold. `wall_s` None: each task's own wall budget. `agents` as a person types them after -a."""

    tasks: tuple[Task, ...]
    agents: tuple[str, ...]
    attempts: int
    wall_s: float | None
    experiments: int | None
    seed: int
    feedback: str = "true"  # see autolab.lab.feedback
    cpu_s: float | None = None
    tokens: int | None = None
    usd: float | None = None

    def budget(self, task: Task) -> Budget:
        """What each trial on this task may use."""
        return Budget(self.wall_s or task.spec.agent.timeout_sec, self.experiments, self.cpu_s, self.tokens, self.usd)

    def name(self) -> str:
        """A name that the same plan always gets, so that giving the same command again continues the run."""
        facts = [sorted((task.name, task.digest) for task in self.tasks), self.agents, self.attempts]
        told: list[object] = [] if self.feedback == "true" else [self.feedback]
        more = {"cpu_s": self.cpu_s, "tokens": self.tokens, "usd": self.usd}
        told += [(part, most) for part, most in more.items() if most is not None]
        key = hashlib.sha256(repr([facts, self.wall_s, self.experiments, self.seed, *told]).encode()).hexdigest()[:6]
        what = self.tasks[0].name if len(self.tasks) == 1 else f"{len(self.tasks)}-tasks"
        return f"{what}-{_word('-'.join(self.agents))[:40]}-{key}"


def expand(plan: RunPlan, folder: Path) -> list[TrialPlan]:
    """Every trial of the plan, attempts first so that each agent is seen on each task early. AgentError for no agent."""
    return [trial for _, trial in with_agents(plan, folder)]


def with_agents(plan: RunPlan, folder: Path) -> list[tuple[str, TrialPlan]]:
    """The same, each trial with its agent as typed after -a. AutolabError where two of them would be one trial."""
    found = list(_trials(plan, folder))
    seen: set[str] = set()
    for agent, trial in found:
        if trial.name in seen:
            raise AutolabError(f"{agent}: a second trial {trial.name}; give tasks and agents different names, or run them apart")
        seen.add(trial.name)
    return found


def _trials(plan: RunPlan, folder: Path) -> Iterator[tuple[str, TrialPlan]]:
    if plan.attempts < 1 or plan.attempts * len(plan.tasks) * len(plan.agents) > MAX_TRIALS:
        raise AutolabError(f"{plan.attempts} attempts: give from 1 up to {MAX_TRIALS} trials in all")
    for attempt in range(1, plan.attempts + 1):
        for task in plan.tasks:
            for spec in plan.agents:
                agent = load_agent(spec)
                if getattr(agent, "runs_in_bench", False) and plan.feedback != "true":
                    raise AutolabError(f"{spec} runs in the bench, where it could time the program: --feedback {plan.feedback} needs another agent")
                yield spec, TrialPlan(
                    task=task,
                    agent=agent,
                    budget=plan.budget(task),
                    folder=folder / "trials" / f"{task.name}__{_word(agent.name)}__{attempt}",
                    run=folder.name,
                    attempt=attempt,
                    seed=trial_seed(plan.seed, task.name, attempt),
                    cases_seed=plan.seed,
                    feedback=parse_feedback(plan.feedback),
                )


def trial_seed(seed: int, task: str, attempt: int) -> int:
    """The agent's seed: the same for every agent, so that agents can be compared pair by pair."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{task}/{attempt}".encode()).digest()[:4], "big")


def distinct(names: Sequence[str], what: str) -> tuple[str, ...]:
    """Names in order, without doubles and blanks; AutolabError if none is left."""
    found = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not found:
        raise AutolabError(f"no {what} given")
    return found


def _word(text: str) -> str:
    word = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("._") or "agent"
    if len(word) <= _LONGEST_WORD:
        return word
    return f"{word[:_LONGEST_WORD - 9]}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"  # a folder's name has 255 bytes
