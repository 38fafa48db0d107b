"""`autolab mcp`."""

from autolab.cli.bench import HERE, ID, RUNS, find


def mcp(bench: ID, out: HERE = RUNS) -> None:
    """Serve a bench's operations over MCP on stdin and stdout, for any agent that speaks it.

    Open the bench first (autolab bench open TASK); close it for its grade when the agent is done.
    """
    from autolab.interop.mcp_server import serve
    from autolab.sandbox.bubblewrap import default_sandbox

    serve(find(out, bench), default_sandbox())
