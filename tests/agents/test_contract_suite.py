"""The contract, run on every built-in agent and on the agent of docs/write-an-agent.md, loaded from a file of its own."""

import re
import sys
from pathlib import Path

import pytest

from autolab.agents.coding.programs import PROGRAMS
from autolab.agents.contract import AgentContract
from autolab.agents.fake import FakeBench, fake_task
from autolab.agents.nop import Nop
from autolab.agents.oracle import Oracle
from autolab.agents.registry import agent_names, load_agent
from autolab.agents.search.anneal import Anneal
from autolab.agents.search.climb import Climb
from autolab.agents.search.contract import StrategyContract
from autolab.agents.search.evolve import Evolve
from autolab.agents.search.sampling import RandomSearch
from autolab.agents.search.tree import Tree

PAGE = Path(__file__).parents[2] / "docs" / "write-an-agent.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def lines_of_code(text: str) -> int:
    return len([line for line in text.splitlines() if line.strip()])


class TestNop(AgentContract):
    make_agent = Nop


class TestOracle(AgentContract):
    make_agent = Oracle


class TestClimb(AgentContract):
    make_agent = Climb


class TestRandom(AgentContract):
    make_agent = RandomSearch


class TestAnneal(AgentContract):
    make_agent = Anneal


class TestEvolve(AgentContract):
    make_agent = Evolve


class TestTree(AgentContract):
    make_agent = Tree


class TestAgentOfThePage(AgentContract):
    @pytest.fixture(autouse=True)
    def _agent_file(self, tmp_path: Path) -> None:
        file = tmp_path / "pragmas.py"
        file.write_text(BLOCKS[0], encoding="utf-8")
        type(self).make_agent = staticmethod(lambda: load_agent(f"{file}:Pragmas"))

    def test_it_is_30_lines_of_code(self) -> None:
        assert lines_of_code(BLOCKS[0]) <= 30

    def test_the_test_on_the_page_passes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(str(tmp_path))
        namespace: dict[str, object] = {"__name__": "page"}
        exec(compile(BLOCKS[1], "page.py", "exec"), namespace)
        namespace["test_keeps_what_helps"]()

    def test_it_keeps_an_option_only_if_it_helps(self) -> None:
        bench = FakeBench(lambda files: 3.0 - files["solve.c"].count(b'"O3"'), task=fake_task({"solve.c": b"int x;\n"}))
        type(self).make_agent().run(bench)
        found = [entry.files["solve.c"] for entry in bench.entries]
        after = [b'"O3"' in content for content in found]
        assert after == sorted(after), "O3 was the best, so it stays"
        assert not any(content.count(b'", "') > 1 for content in found), "nothing else helped"


class StrategyOfThePage:
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        (tmp_path / "late.py").write_text(BLOCKS[2], encoding="utf-8")
        agent = load_agent(f"{tmp_path}/late.py:Late")
        type(self).make_agent = staticmethod(lambda: agent)
        type(self).make_strategy = sys.modules[type(agent).__module__].LateAcceptance


class TestStrategyOfThePage(StrategyOfThePage, StrategyContract):
    def test_it_is_40_lines_of_code(self) -> None:
        assert lines_of_code(BLOCKS[2]) <= 40

    def test_the_test_on_the_page_is_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(str(tmp_path))
        namespace: dict[str, object] = {"__name__": "page"}
        exec(compile(BLOCKS[3], "page.py", "exec"), namespace)
        assert issubclass(namespace["TestLateAcceptance"], StrategyContract)
        assert namespace["TestLateAcceptance"].make_strategy is sys.modules["late"].LateAcceptance


class TestAgentOfTheStrategy(StrategyOfThePage, AgentContract):
    pass


def test_every_built_in_agent_is_under_contract() -> None:
    covered = {kind.make_agent().name for kind in (TestNop, TestOracle, TestClimb, TestRandom, TestAnneal, TestEvolve, TestTree)}
    controls = {"stubborn", "quitter", "restarter", "recoverer"}  # test_controls.py
    others = {*PROGRAMS, "researcher", *controls}  # scripts/agents has the programs, test_researcher.py the researcher
    assert covered | others == set(agent_names())


@pytest.mark.parametrize("name", agent_names())
def test_the_page_names_every_built_in_agent(name: str) -> None:
    assert f"| `{name}` |" in PAGE.read_text(encoding="utf-8")


class Stubborn:
    """Goes on after BudgetSpent."""

    name = "stubborn"

    def run(self, bench: FakeBench) -> None:
        for _ in range(30):
            try:
                bench.measure("again")
            except Exception:  # noqa: BLE001 - that is what is wrong with it
                continue


class Scribbler:
    """Writes where nothing is editable, and not the same each time."""

    name = "scribbler"
    _runs = 0

    def run(self, bench: FakeBench) -> None:
        Scribbler._runs += 1
        bench.write("Makefile", b"all:\n")
        bench.measure(f"run {self._runs}")


@pytest.mark.parametrize(
    ("agent", "test"),
    [
        (Stubborn, "test_ends_with_its_budget"),
        (Scribbler, "test_writes_editable_files_only"),
        (Scribbler, "test_repeats_itself_for_one_seed"),
    ],
)
def test_the_contract_finds_agents_that_break_it(agent: type, test: str) -> None:
    contract = type("Broken", (AgentContract,), {"make_agent": agent})()
    with pytest.raises(AssertionError):
        getattr(contract, test)()
