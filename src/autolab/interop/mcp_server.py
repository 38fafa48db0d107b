"""A bench's operations over MCP, the protocol that agents of all kinds call tools with: the same table as the researcher's.

The bench is one that was opened by hand; each call is one sitting in it, so that the budget, the ledger and the lock are
those of any other call, and a server that is killed loses nothing.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autolab import __version__
from autolab.agents.bench import Bench
from autolab.agents.tools import TOOLS, MalformedCallError, answer
from autolab.errors import AutolabError
from autolab.lab.by_hand import working
from autolab.sandbox.box import Sandbox

if TYPE_CHECKING:
    from mcp.server.lowlevel.server import Server

INSTALL = "autolab mcp needs the MCP SDK, which is not installed: pip install 'autolab-bench[mcp]'"


def serve(folder: Path, sandbox: Sandbox) -> None:
    """Serves the bench in this folder on stdin and stdout until the client goes. AutolabError: it is closed, or no bench."""
    try:
        import anyio
        from mcp.server.stdio import stdio_server
    except ImportError as error:
        raise AutolabError(INSTALL) from error
    with working(folder, sandbox) as bench:  # what is wrong with it is said before a client is there
        server = make_server(bench.task.instruction, lambda ask: _call(folder, sandbox, ask))

    async def run() -> None:
        async with stdio_server() as (requests, answers):
            await server.run(requests, answers, server.create_initialization_options())

    anyio.run(run)


def _call(folder: Path, sandbox: Sandbox, ask: Callable[[Bench], str]) -> str:
    with working(folder, sandbox) as bench:
        return ask(bench)


def make_server(instruction: str, sitting: Callable[[Callable[[Bench], str]], str]) -> "Server[dict[str, Any]]":
    """A server whose tool calls are functions of a bench, which `sitting` runs on one. One call at a time."""
    import anyio
    import mcp_types as types
    from mcp.server.lowlevel.server import Server

    one_at_a_time = anyio.Lock()

    async def list_tools(context: Any, asked: Any) -> types.ListToolsResult:
        del context, asked
        return types.ListToolsResult(
            tools=[types.Tool(name=each.name, description=each.about, input_schema=each.schema) for each in TOOLS.values()]
        )

    async def call_tool(context: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        del context
        async with one_at_a_time:
            said, failed = await anyio.to_thread.run_sync(_answered, sitting, asked.name, asked.arguments or {})
        return types.CallToolResult(content=[types.TextContent(type="text", text=said)], is_error=failed)

    return Server("autolab", version=__version__, instructions=instruction, on_list_tools=list_tools, on_call_tool=call_tool)


def _answered(sitting: Callable[[Callable[[Bench], str]], str], name: str, arguments: dict[str, Any]) -> tuple[str, bool]:
    """The answer, and whether it is an error: a call that means nothing, a spent budget, a bench that is closed."""
    try:
        return sitting(lambda bench: answer(bench, name, arguments)), False
    except (MalformedCallError, AutolabError) as error:
        return str(error), True
