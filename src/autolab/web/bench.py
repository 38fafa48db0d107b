"""The documents of the lab bench: a trial, one experiment, the program's files, what the agent did."""

from typing import Any

from autolab.errors import AutolabError
from autolab.ledger.replay import TrialState
from autolab.web.follow import FollowedTrial
from autolab.web.rows import trial_row

STEPS = 200
"""Steps of an agent in one document."""
_WORDS = 240  # characters of a hypothesis in the list; the experiment's own document has all


def trial_document(trial: FollowedTrial, since: int = 0) -> dict[str, Any]:
    """A trial with the figures of every experiment after number `since`, by column."""
    state = trial.state
    started = state.started
    return {
        "row": trial_row(trial),
        "since": since,
        "columns": columns(trial, since),
        "vetoed": [each.number for each in state.experiments if state.veto_of(each)] if state.vetoes else [],
        "best": state.best.number if state.best else None,
        "submitted": state.submitted.experiment if state.submitted else None,
        "graded": _graded(state),
        "noise": started.noise.model_dump(mode="json", exclude={"pairs"}) if started and started.noise else None,
        "prices": started.prices if started else {},
        "provenance": started.provenance.model_dump(mode="json") if started else None,
        "seed": started.seed if started else None,
        "events": events(trial),
        "steps": len(trial.steps),
    }


def columns(trial: FollowedTrial, since: int = 0) -> dict[str, list[Any]]:
    """Figures of experiments as columns, a tenth of the size of a list of objects. What is not known is null."""
    experiments = trial.state.experiments[since:]
    measured = [each.measurement for each in experiments]
    found: dict[str, list[Any]] = {
        "verdict": [each.verdict for each in measured],
        "score": [each.score for each in measured],
        "metric": [each.metric for each in measured],
        "elapsed": [round(each.elapsed, 3) for each in experiments],
        "seconds": [round(each.seconds, 3) for each in experiments],
        "before": [round(each.seconds_before, 3) for each in experiments],
        "tokens": [each.spent.get("tokens") for each in experiments],
        "usd": [each.spent.get("usd") for each in experiments],
        "expected": [each.expected for each in experiments],
        "parent": [trial.parent(each) for each in experiments],
        "hypothesis": [each.hypothesis[:_WORDS] for each in experiments],
        "flags": [len(each.flags) for each in measured],
    }
    if any(each.paired for each in measured):
        found["low"] = [each.paired.low if each.paired else None for each in measured]
        found["high"] = [each.paired.high if each.paired else None for each in measured]
    if any(each.origin for each in experiments):
        found["parents"] = [list(each.origin.parents) if each.origin else [] for each in experiments]
        found["operator"] = [each.origin.operator if each.origin else "" for each in experiments]
        found["place"] = [each.origin.place if each.origin else "" for each in experiments]
    return found


def experiment_document(trial: FollowedTrial, number: int) -> dict[str, Any]:
    """One experiment as the ledger has it, with all it holds; what `autolab show TRIAL N --json` prints."""
    if not 1 <= number <= len(trial.experiments):
        raise AutolabError(f"no experiment {number}; there are {len(trial.experiments)}, numbered from 1")
    return trial.whole(trial.experiments[number - 1])


def grade_document(trial: FollowedTrial) -> dict[str, Any]:
    """The final grade as the ledger has it."""
    if trial.grade is None:
        raise AutolabError("not graded yet")
    return trial.whole(trial.grade)


def files_document(trial: FollowedTrial, which: str) -> dict[str, Any]:
    """The editable files of a state as text: `start`, `grade`, an experiment's number, or the parent of one (`12p`)."""
    from autolab.lab.snapshots import Snapshots

    files = Snapshots.read(trial.folder / "history.git").files(_commit(trial.state, which))
    return {"which": which, "files": {path: content.decode(errors="replace") for path, content in sorted(files.items())}}


def steps_document(trial: FollowedTrial, part: int) -> dict[str, Any]:
    """The `part`-th STEPS steps of the agent and of people, with their words and outputs."""
    chosen = trial.steps[part * STEPS : (part + 1) * STEPS]
    return {
        "part": part,
        "steps": [
            {"seq": placed.line.seq, "time": placed.line.time, "at": round(at, 3), "after": after, **_told(trial.whole(placed))}
            for placed, at, after in chosen
        ],
    }


def events(trial: FollowedTrial) -> list[dict[str, Any]]:
    """What people, the lab and the agent's choices add to the curve: when, after how many experiments, and in words."""
    found = []
    for placed, at, after in trial.steps:
        record = placed.line.record
        if record.type in {"experiment", "executed", "model_call", "trial_started"}:
            continue
        data = record.model_dump(mode="json", exclude={"measurement", "commit", "tree", "act"})
        found.append({"time": placed.line.time, "at": round(at, 3), "after": after, **data})
    return found


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """A step without what its own document has."""
    if record["type"] == "experiment":
        measured = record["measurement"]
        return {
            "type": "experiment",
            "number": record["number"],
            "hypothesis": record["hypothesis"],
            "verdict": measured["verdict"],
            "score": measured["score"],
            "seconds": record["seconds"],
        }
    return {name: value for name, value in record.items() if name not in {"measurement", "provenance", "commit", "tree", "act", "prices"}}


def _graded(state: TrialState) -> dict[str, Any] | None:
    if state.grade is None:
        return None
    of = next((each.number for each in state.experiments if each.tree == state.grade.tree), None)
    return {"experiment": of, **state.grade.model_dump(mode="json", exclude={"type"})}


def _commit(state: TrialState, which: str) -> str:
    if which == "start" and state.start:
        return state.start.commit
    if which == "grade" and state.grade:
        return state.grade.commit
    number, parent = which.removesuffix("p"), which.endswith("p")
    if number.isdecimal() and 1 <= int(number) <= len(state.experiments):
        found = state.experiments[int(number) - 1]
        if not parent:
            return found.commit
        if found.parent:
            return found.parent
        if state.start:
            return state.start.commit
    raise AutolabError(f"no state {which[:40]!r} of this trial")
