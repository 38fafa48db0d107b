"""A bench over MCP, as the SDK's own client sees it over stdio."""

import os
import sys
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from small_tasks import REFERENCE_C, make_quick_task

from autolab.agents.tools import TOOLS
from autolab.lab.budget import Budget
from autolab.lab.by_hand import Opening, close_by_hand, open_by_hand
from autolab.sandbox.box import Sandbox
from autolab.task.load import load_task


def opened(folder: Path, sandbox: Sandbox, experiments: int) -> Path:
    task = load_task(make_quick_task(folder / "task"))
    return open_by_hand(folder / "run", Opening(task, Budget(600, experiments), seed=1), sandbox)


def server(folder: Path) -> StdioServerParameters:
    return StdioServerParameters(command=sys.executable, args=["-m", "autolab.cli.main", "mcp", str(folder)], env=dict(os.environ))


def text(result: object) -> str:
    return "".join(each.text for each in result.content)  # type: ignore[attr-defined]


def test_an_mcp_client_edits_measures_and_submits_and_the_ledger_has_it(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = opened(tmp_path, sandbox, experiments=2)

    async def work() -> None:
        async with Client(stdio_client(server(folder))) as client:
            listed = await client.list_tools()
            assert {each.name for each in listed.tools} == set(TOOLS)
            assert listed.tools[5].input_schema["required"] == ["hypothesis", "expected"]
            assert "uint32_t sum = 0" in text(await client.call_tool("read", {"path": "solve.c"}))
            wrong = await client.call_tool("measure", {"hypothesis": "no expectation"})
            assert wrong.is_error
            assert "expected: Field required" in text(wrong)
            await client.call_tool("write", {"path": "solve.c", "content": REFERENCE_C})
            assert "score 1." in text(await client.call_tool("measure", {"hypothesis": "a running sum", "expected": 50}))
            assert "1 experiments left" in text(await client.call_tool("status", {}))
            assert "exit code 0" in text(await client.call_tool("run", {"command": "ls"}))
            await client.call_tool("measure", {"hypothesis": "again", "expected": 1})
            spent = await client.call_tool("status", {})
            assert spent.is_error
            assert "the experiments budget is used up" in text(spent)

    anyio.run(work)
    state = close_by_hand(folder, sandbox)
    assert [each.hypothesis for each in state.experiments] == ["a running sum", "again"]
    assert state.experiments[0].expected == 50
    assert state.grade is not None
    assert state.grade.reward > 0.9
