"""The documents of the leaderboard and of comparison between agents. All statistics come from analysis."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from itertools import combinations
from statistics import fmean
from typing import Any

from autolab.analysis.compare import compare, words
from autolab.analysis.mixing import mixed
from autolab.analysis.permutation import holm
from autolab.analysis.summary import AgentRow, by_agent
from autolab.analysis.table import rewards_of
from autolab.analysis.trials import Trial
from autolab.errors import AutolabError
from autolab.task.load import load_task
from autolab.web.shelf import Shelf

ALL = "all"
FILTERS = ("axis", "category", "budget", "machine", "feedback", "flagged")
"""Parts of a leaderboard's key, each a value or ALL; flagged: `with` or `without`."""

_mutex = threading.Lock()
_kept: dict[tuple[Any, ...], dict[str, Any]] = {}
_MOST_KEPT = 64


def board_document(shelf: Shelf, chosen: tuple[str, ...]) -> dict[str, Any]:
    """Agents x tasks under these filters, see FILTERS: cells, a row of statistics for each agent, what does not mix."""
    return _once("board", shelf, chosen, _board)


def pairs_document(shelf: Shelf, chosen: tuple[str, ...]) -> dict[str, Any]:
    """Every two agents under these filters, paired by task. Apart from the board, since it takes far longer."""
    return _once("pairs", shelf, chosen, _pairs)


def _once(what: str, shelf: Shelf, chosen: tuple[str, ...], make: Callable[[list[Trial], tuple[str, ...]], dict[str, Any]]) -> dict[str, Any]:
    """The document, made anew only where a ledger has changed. One at a time: statistics take memory."""
    if len(chosen) != len(FILTERS):
        raise AutolabError(f"a leaderboard has {len(FILTERS)} filters: {', '.join(FILTERS)}")
    everything = shelf.lean()
    ledgers = hash(tuple((str(trial.folder), size) for trial, size in everything))
    key = (what, chosen, ledgers)
    with _mutex:
        if key not in _kept:
            _kept[key] = make([trial for trial, _ in everything], chosen)
            while len(_kept) > _MOST_KEPT:
                _kept.pop(next(iter(_kept)))
        return _kept[key]


def choices(trials: Iterable[Trial]) -> dict[str, list[dict[str, str]]]:
    """The values that each filter can take, in order: in words, and as they stand in a key."""
    found = list(trials)
    values = {name: sorted({_value(trial, name) for trial in found}) for name in FILTERS[:-1]}
    return {name: [{"key": slug(each), "text": each} for each in known] for name, known in values.items()}


def slug(text: str) -> str:
    """A value as part of a key, which may be a file's name: itself if short and plain, else ten digits of its hash."""
    return text if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text) else hashlib.sha256(text.encode()).hexdigest()[:10]


def _board(everything: list[Trial], chosen: tuple[str, ...]) -> dict[str, Any]:
    trials = [trial for trial in everything if _passes(trial, chosen)]
    rows = by_agent(trials)
    return {
        "filters": dict(zip(FILTERS, chosen, strict=True)),
        "choices": choices(everything),
        "marks": mixed(trials),
        "tasks": sorted({trial.task for trial in trials}),
        "agents": [_agent(row) for row in rows],
        "cells": _cells(trials),
    }


def _passes(trial: Trial, chosen: tuple[str, ...]) -> bool:
    wanted = dict(zip(FILTERS, chosen, strict=True))
    if wanted.pop("flagged") == "without" and trial.flags:
        return False
    return all(value in {ALL, slug(_value(trial, name))} for name, value in wanted.items())


def _value(trial: Trial, name: str) -> str:
    match name:
        case "axis":
            return trial.axis or _task_fact(trial.task, "axis")
        case "category":
            return _task_fact(trial.task, "category")
        case "budget":
            return ", ".join(f"{limit:g} {kind}" for kind, limit in sorted(trial.budget.items()) if limit) or "unlimited"
        case "machine":
            return trial.machine or "not known"
        case _:
            return trial.feedback or "not known"


_facts: dict[str, dict[str, str]] = {}


def _task_fact(task: str, name: str) -> str:
    """Axis and category (the first tag) of a task of the suite; `other` for one that is not."""
    if task not in _facts:
        try:
            spec = load_task(task).spec
        except AutolabError:
            _facts[task] = {}
        else:
            tags = [tag for tag in spec.metadata.get("tags", ()) if tag != spec.optimization.axis]
            _facts[task] = {"axis": spec.optimization.axis, "category": str(spec.metadata.get("category") or next(iter(tags), "other"))}
    return _facts[task].get(name, "other")


def _agent(row: AgentRow) -> dict[str, Any]:
    """Of an agent's row what the page shows; cost per trial, so that agents with more trials do not look dearer."""
    cost = row.cost
    return {
        **{name: getattr(row, name) for name in ("agent", "model", "place", "tasks", "attempts", "flagged", "graded", "iqm_flagged_zero")},
        "missing": list(row.missing),
        "trials": dict(row.trials),
        "iqm": asdict(row.iqm),
        "mean": asdict(row.mean),
        "wall_s": cost.wall_s / cost.trials if cost.trials else None,
        "usd": cost.usd / cost.trials if cost.usd is not None and cost.trials else None,
        "tokens": cost.tokens / cost.trials if cost.tokens is not None and cost.trials else None,
        "unpriced": cost.unpriced,
        "calls": cost.calls,
    }


def _cells(trials: list[Trial]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((trial.agent, trial.task), []).append(trial)
    return [_cell(agent, task, each) for (agent, task), each in groups.items()]


def _cell(agent: str, task: str, trials: list[Trial]) -> dict[str, Any]:
    rewards = [trial.reward for trial in trials if trial.reward is not None]
    best = max(trials, key=lambda trial: (trial.reward is not None, trial.reward or 0.0))
    return {
        "agent": agent,
        "task": task,
        "mean": fmean(rewards) if rewards else None,
        "low": min(rewards, default=None),
        "high": max(rewards, default=None),
        "graded": len(rewards),
        "trials": len(trials),
        "flagged": sum(bool(trial.flags) for trial in trials),
        "run": best.folder.parent.parent.name,
        "trial": best.name,
    }


def _pairs(everything: list[Trial], chosen: tuple[str, ...]) -> dict[str, Any]:
    """With the p of all pairs together (Holm) in the words."""
    trials = [trial for trial in everything if _passes(trial, chosen)]
    agents = sorted({trial.agent for trial in trials if trial.reward is not None})
    rewards = {agent: rewards_of(trial for trial in trials if trial.agent == agent) for agent in agents}
    found = [compare((a, rewards[a]), (b, rewards[b])) for a, b in combinations(agents, 2)]
    known = [each for each in found if each is not None]
    decided = holm([each.p for each in known])
    pairs = [{**asdict(each), "p": p, "words": words(each, p)} for each, p in zip(known, decided, strict=True)]
    return {"marks": mixed(trials), "pairs": pairs}
