"""The page as files: for any static host, and for file://, where scripts load and nothing else does."""

import json
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

from autolab.analysis.curves import Over
from autolab.errors import AutolabError
from autolab.web.bench import STEPS
from autolab.web.board import FILTERS
from autolab.web.documents import Key, document
from autolab.web.page_files import ASSETS, POLICY, asset, page
from autolab.web.shelf import Shelf

SAFE = "!'()*-_.~"
"""What encodeURIComponent leaves as it is: the page builds the same names."""

MOST_BOARDS = 96
"""Leaderboards of a site; where all combinations of filters are more, each filter is there alone."""

ALL_BOARD: Key = ("leaderboard", *(["all"] * (len(FILTERS) - 1)), "with")


def write_site(shelf: Shelf, out: Path, tell: Callable[[str], None] = lambda _: None) -> int:
    """Writes the site and gives the number of documents. AutolabError where `out` holds something else."""
    _clear(out)
    for name in ASSETS:
        (out / name).write_bytes(asset(name))
    (out / "index.html").write_text(page(live=False, policy=POLICY), encoding="utf-8")
    count = 0
    for key in overview_keys(shelf):
        _write(out, key, public(document(shelf, key)), as_json=True)
        count += 1
    for run in shelf.runs():
        for folder in shelf.trials(run):
            tell(f"{run}/{folder.name}")
            for key in trial_keys(shelf, run, folder.name):
                _write(out, key, public(document(shelf, key)), as_json=len(key) == 3)
                count += 1
    return count


def overview_keys(shelf: Shelf) -> Iterator[Key]:
    """The documents that are of no single trial."""
    yield ("index",)
    yield ("tasks",)
    for run in shelf.runs():
        yield ("run", run)
    for task in document(shelf, ("tasks",))["tasks"]:
        yield ("task", task["task"])
        if task["trials"]:
            yield from (("agents", task["task"], over) for over in get_args(Over))
    yield from _boards(document(shelf, ALL_BOARD)["choices"])


def trial_keys(shelf: Shelf, run: str, name: str) -> Iterator[Key]:
    """A trial's own document first, then its parts."""
    base: Key = ("trial", run, name)
    yield base
    trial = shelf.trial(run, name)
    if trial.problem is not None:
        return
    count = len(trial.experiments)
    if count:
        yield (*base, "analysis")
    yield from ((*base, "steps", str(part)) for part in range(-(-len(trial.steps) // STEPS)))
    yield from ((*base, "experiment", str(number)) for number in range(1, count + 1))
    if (trial.folder / "history.git").is_dir() and trial.state.start:
        yield from ((*base, "files", which) for which in ("start", *(["grade"] if trial.grade else [])))
        for each in trial.state.experiments:
            yield (*base, "files", str(each.number))
            if trial.parent(each) is None:
                yield (*base, "files", f"{each.number}p")


def public(value: Any) -> Any:
    """The document without this machine's paths and processes."""
    if isinstance(value, dict):
        return {
            name: None if name == "holder" else _short(each) if name == "folder" else public(each) for name, each in value.items()
        }
    return [public(each) for each in value] if isinstance(value, list) else value


def _short(folder: Any) -> Any:
    """runs/NAME, or the trial's folder in it."""
    parts = Path(str(folder)).parts
    return "/".join(parts[-3:] if "trials" in parts[-2:-1] else parts[-1:])


def _boards(choices: dict[str, list[dict[str, str]]]) -> Iterator[Key]:
    values = [["all", *(each["key"] for each in choices[name])] if len(choices[name]) > 1 else ["all"] for name in FILTERS[:-1]]
    combinations = list(product(*values))
    if len(combinations) * 2 > MOST_BOARDS:
        combinations = [each for each in combinations if sum(value != "all" for value in each) <= 1]
    yield from ((what, *each, flagged) for each in combinations for flagged in ("with", "without") for what in ("leaderboard", "pairs"))


def _write(out: Path, key: Key, value: Any, *, as_json: bool) -> None:
    place = out.joinpath("data", *(quote(part, safe=SAFE) for part in key))
    place.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    place.with_name(place.name + ".js").write_text(f"autolabData({json.dumps('/'.join(key))},{text});\n", encoding="ascii")
    if as_json:
        place.with_name(place.name + ".json").write_text(text + "\n", encoding="ascii")


def _clear(out: Path) -> None:
    """Makes room for a site; only an earlier one is replaced."""
    front = out / "index.html"
    ours = front.is_file() and 'name="autolab-live"' in front.read_text(encoding="utf-8", errors="replace")
    if out.exists() and not ours and (not out.is_dir() or any(out.iterdir())):
        raise AutolabError(f"{out}: is there and is no site of autolab; give --out a new folder")
    try:
        shutil.rmtree(out / "data", ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AutolabError(f"{out}: cannot be written: {error.strerror or error}; give --out another folder") from error
