"""Properties of the repository itself: scripts, documents, sizes, and what an import costs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autolab import __version__
from autolab.agents.fake import FakeBench, size
from autolab.agents.registry import load_agent
from autolab.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
SCRIPTS = sorted(file for file in [*(ROOT / "scripts").iterdir(), *(ROOT / ".ci").iterdir()] if file.is_file())
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])
LONGEST_FILE = 400  # lines; past this a file is about more than one thing

# Paths of one machine; the brackets keep this file from finding itself.
OF_ONE_MACHINE = re.compile(r"/wor[k]/[a-z]+/|/roo[t]/\.|/hom[e]/[a-z]")


def written_by_hand() -> Iterator[Path]:
    """Every text file of the project, without the attacks, which look for such paths on purpose."""
    for folder in ("src", "tasks", "tests", "docs", "scripts", "benchmarks", ".ci"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and not {"__pycache__", "attacks"} & set(file.parts):
                yield file
    yield from (file for file in ROOT.iterdir() if file.suffix in {".md", ".toml"})


def code_in(text: str) -> str:
    """The code blocks and back-quoted words of a Markdown text, one a line."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", rest)])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_is_plain_sh_that_stops_at_the_first_failure(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert script.stat().st_mode & 0o111, "not executable"
    assert lines[0] == "#!/bin/sh"
    assert "set -eu" in lines
    subprocess.run(["/bin/sh", "-n", script], check=True)


def test_scripts_that_documents_name_exist() -> None:
    named = {name for document in DOCUMENTS for name in re.findall(r"\bscripts/[a-z_]+", document.read_text())}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_no_source_file_is_too_long() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in SOURCES}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [str(file) for file in SOURCES if not ast.get_docstring(ast.parse(file.read_text()))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_document_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_a_document_exist(document: Path) -> None:
    called = re.findall(r"\bautolab +([a-z]+)(?: +([a-z]+))?", code_in(document.read_text()))
    unknown = [words for words in called if words[0] not in COMMANDS]
    groups = {name for name, (target, _) in COMMANDS.items() if not target}
    unknown += [words for words in called if words[0] in groups and words[1] and " ".join(words) not in COMMANDS]
    assert unknown == []


def test_readme_lists_every_document() -> None:
    readme = (ROOT / "README.md").read_text()
    documents = [str(file.relative_to(ROOT)) for file in DOCUMENTS if file.name != "README.md"]
    assert [name for name in documents if f"({name})" not in readme] == []


def test_every_benchmark_is_listed_with_its_target() -> None:
    table = (ROOT / "benchmarks" / "README.md").read_text()
    assert [file.name for file in (ROOT / "benchmarks").glob("*.py") if f"python benchmarks/{file.name}`" not in table] == []


def test_agent_in_the_readme_works(tmp_path: Path) -> None:
    """The example is a whole agent: it loads from a file and makes an experiment for each option."""
    example = re.search(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert example
    (tmp_path / "flags.py").write_text(example[1])
    bench = FakeBench(size)
    load_agent(f"{tmp_path}/flags.py:Flags").run(bench)
    assert bench.entries[0].hypothesis == "O3 suits these loops"
    assert len(bench.entries) == 3


def test_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first
    assert first[1] == __version__


def test_nothing_names_a_path_of_one_machine() -> None:
    found = {}
    for file in written_by_hand():
        text = file.read_text(errors="replace")
        if match := OF_ONE_MACHINE.search(text):
            found[str(file.relative_to(ROOT))] = match[0]
    assert found == {}


@pytest.mark.parametrize("module", ["autolab", "autolab.cli.main", "autolab.sandbox.box", "autolab.judge.verify_host"])
def test_import_brings_in_nothing_heavy(module: str) -> None:
    heavy = "{'numpy', 'rich', 'pydantic', 'tree_sitter'}"
    code = f"import sys, {module}; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    assert done.stderr == ""
