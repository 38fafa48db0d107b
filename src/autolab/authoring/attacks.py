"""Every attack must get its verdict by name, on inputs that nobody has seen."""

from autolab.authoring.findings import Report
from autolab.judge.judge import Judge
from autolab.judge.seeds import hidden_seeds
from autolab.judge.submission import from_folder
from autolab.ledger.records import Measurement
from autolab.task.task import Attack, Task


def check_attacks(task: Task, judge: Judge, report: Report) -> None:
    """One finding an attack. All share one hidden seed, so that anchors are counted once."""
    (seed,) = hidden_seeds(1)
    for attack in task.attacks:
        submission = from_folder(task, attack.folder / "app", refuse_hard_links=False)
        found = judge.measure(submission, seed)
        report.figures[f"attack {attack.name}"] = {"verdict": found.verdict, "reason": found.reason, "score": found.score, "dropped": [each.path for each in found.dropped]}
        wrong = complaint(attack, found)
        why = f" ({found.reason})" if found.reason else ""
        report.add(f"attack {attack.name}", wrong is None, wrong or f"{found.verdict}{why}")


def complaint(attack: Attack, found: Measurement) -> str | None:
    """What is not as attack.toml says, None if all is."""
    if found.verdict != attack.verdict:
        return f"must get {attack.verdict}, got {found.verdict}: {found.reason or f'score {found.score}'}"
    if attack.max_score is not None and found.score is not None and found.score > attack.max_score:
        return f"may score {attack.max_score} at most, scored {found.score:.4f}"
    missing = set(attack.dropped) - {each.path for each in found.dropped}
    if missing:
        return f"{', '.join(sorted(missing))} must be listed as dropped, but only {', '.join(each.path for each in found.dropped) or 'nothing'} was"
    return None
