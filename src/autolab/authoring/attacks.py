"""Every attack must get its verdict by name, on inputs that nobody has seen."""

import shutil
import tempfile
from pathlib import Path

from autolab.authoring.findings import Report
from autolab.errors import AutolabError
from autolab.judge.judge import Judge
from autolab.judge.seeds import hidden_seeds
from autolab.judge.submission import Submission, from_folder
from autolab.ledger.records import Measurement
from autolab.task.task import Attack, Change, Task


def check_attacks(task: Task, judge: Judge, report: Report) -> None:
    """One finding an attack. All share one hidden seed, so that anchors are counted once."""
    (seed,) = hidden_seeds(1)
    for attack in task.attacks:
        try:
            found = judge.measure(submission_of(task, attack), seed)
        except AutolabError as error:
            report.add(f"attack {attack.name}", False, str(error))
            continue
        report.figures[f"attack {attack.name}"] = {"verdict": found.verdict, "reason": found.reason, "score": found.score, "dropped": [each.path for each in found.dropped]}
        wrong = complaint(attack, found)
        why = f" ({found.reason})" if found.reason else ""
        report.add(f"attack {attack.name}", wrong is None, wrong or f"{found.verdict}{why}")


def submission_of(task: Task, attack: Attack) -> Submission:
    """What an agent that does this attack would leave. AutolabError where a change does not fit its file."""
    with tempfile.TemporaryDirectory(prefix="autolab-attack-") as folder:
        app = Path(folder)
        if attack.begin == "reference":
            for path, content in task.reference_files.items():
                _write(app / path, content)
        if (attack.folder / "app").is_dir():
            shutil.copytree(attack.folder / "app", app, symlinks=True, dirs_exist_ok=True)
        for change in attack.changes:
            _apply(change, app, task)
        return from_folder(task, app)


def _apply(change: Change, app: Path, task: Task) -> None:
    place = app / change.file
    before = place.read_bytes() if place.is_file() else task.baseline_files.get(change.file, b"")
    found = before.count(change.find.encode())
    if found != 1:
        raise AutolabError(f"{change.find.strip()[:60]!r} is {found} times in {change.file}; a change needs it there exactly once")
    _write(place, before.replace(change.find.encode(), change.replace.encode()))


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


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
