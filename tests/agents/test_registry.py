"""What `-a` accepts, and one line for everything it does not."""

from pathlib import Path

import pytest

from autolab.agents.coding.programs import PROGRAMS
from autolab.agents.registry import agent_names, load_agent
from autolab.errors import AgentError

GOOD = "class Mine:\n    name = 'mine'\n\n    def run(self, bench):\n        pass\n"


def refusal(spec: str) -> str:
    with pytest.raises(AgentError) as caught:
        load_agent(spec)
    text = str(caught.value)
    assert "\n" not in text
    return text


def in_file(folder: Path, text: str) -> Path:
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", agent_names())
def test_a_short_name_gives_that_agent(name: str, tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text("[]")
    spec = f"{name}@scripted/{tmp_path}/script.json" if name in {*PROGRAMS, "researcher"} else name
    assert load_agent(spec).name == spec


def test_every_call_gives_a_fresh_agent() -> None:
    assert load_agent("climb") is not load_agent("climb")


def test_a_file_and_a_class_give_an_agent(tmp_path: Path) -> None:
    assert load_agent(f"{in_file(tmp_path, GOOD)}:Mine").name == "mine"


def test_a_relative_path_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_file(tmp_path, GOOD)
    monkeypatch.chdir(tmp_path)
    assert load_agent("mine.py:Mine").name == "mine"


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    load_agent(f"{in_file(tmp_path, GOOD)}:Mine")
    assert (
        load_agent(f"{in_file(tmp_path, GOOD.replace(chr(39) + 'mine', chr(39) + 'a new name'))}:Mine").name
        == "a new name"
    )


def test_dataclasses_in_an_agent_file_work(tmp_path: Path) -> None:
    text = "from __future__ import annotations\nfrom dataclasses import dataclass\n\n@dataclass\nclass Kept:\n    a: int\n\n"
    assert load_agent(f"{in_file(tmp_path, text + GOOD)}:Mine").name == "mine"


@pytest.mark.parametrize("typed", ["clim", "climbe", "Climb", "orcale", "nope"])
def test_a_mistyped_name_gets_a_suggestion(typed: str) -> None:
    text = refusal(typed)
    assert f"unknown agent {typed!r}" in text
    assert "did you mean" in text


@pytest.mark.parametrize("typed", ["", "gpt", "module:Class", ":", "x.txt:A"])
def test_an_unknown_name_lists_what_there_is(typed: str) -> None:
    text = refusal(typed)
    assert all(name in text for name in (*agent_names(), "path/to/file.py:Class"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "no agent file" in refusal(f"{tmp_path}/absent.py:Mine")
    assert "no agent file" in refusal(f"{tmp_path}.py:Mine")


def test_a_missing_class_lists_the_classes(tmp_path: Path) -> None:
    file = in_file(tmp_path, "from pathlib import Path\n" + GOOD)
    for spec in (f"{file}:Min", f"{file}:", str(file), f"{file}:Path"):
        text = refusal(spec)
        assert "has Mine: write" in text
    assert "no class at all" in refusal(f"{in_file(tmp_path, 'x = 1')}:Mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Mine:\n  def", "SyntaxError"),
        ("import not_there_at_all\n", "ModuleNotFoundError: No module named 'not_there_at_all'"),
        ("raise ValueError('two\\nlines')\n", "ValueError: two lines"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("\0", "cannot be imported"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = in_file(tmp_path, text)
    refused = refusal(f"{file}:Mine")
    assert refused.startswith(f"{file}: cannot be imported")
    assert said in refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("class Mine:\n    name = 'mine'\n", "no method run"),
        ("class Mine:\n    def run(self, bench):\n        pass\n", "has no name"),
        (GOOD.replace("'mine'", "''"), "has no name"),
        (GOOD + "\n    def __init__(self, model):\n        pass\n", "without arguments"),
        (GOOD + "\n    def __init__(self):\n        raise OSError('no key')\n", "OSError: no key"),
    ],
)
def test_a_class_that_is_no_agent_says_what_is_missing(tmp_path: Path, text: str, said: str) -> None:
    assert said in refusal(f"{in_file(tmp_path, text)}:Mine")
