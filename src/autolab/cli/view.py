"""`autolab view`."""

import contextlib
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autolab.cli.output import say
from autolab.errors import AutolabError

if TYPE_CHECKING:
    from autolab.web.shelf import Shelf

_PORT = 8642
_TRIED = 20  # ports after the usual one


def view(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A folder of runs, a run or a trial.")] = Path("runs"),
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=f"Default: {_PORT}, or the next that is free.")] = None,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
) -> None:
    """Show runs in a browser, live: curves, experiments, diffs, comparison. Ctrl-C ends it.

    The page is served to this machine only.
    """
    import webbrowser

    import uvicorn

    from autolab.web.page_files import asset
    from autolab.web.server import application
    from autolab.web.shelf import open_shelf

    asset("index.html")
    shelf = open_shelf(folder)
    app = application(shelf)
    threading.Thread(target=_ahead, args=(shelf,), daemon=True).start()
    sock = _listen(port)
    address = f"http://127.0.0.1:{sock.getsockname()[1]}/"
    say(f"autolab: {folder} at {address}  (Ctrl-C ends it)")
    if browser:
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(address)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="off")
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[sock])


def _ahead(shelf: "Shelf") -> None:
    """So that tables of many trials are there when they are asked for; a run that goes meanwhile ends it."""
    from autolab.web.ahead import read_ahead

    with contextlib.suppress(AutolabError, OSError):
        read_ahead(shelf)


def _listen(port: int | None) -> socket.socket:
    """A listening socket on loopback; without `port` the usual one or the next that is free."""
    wanted = [port] if port else [*range(_PORT, _PORT + _TRIED), 0]
    for each in wanted:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", each))
        except OSError:
            sock.close()
            continue
        sock.listen(128)  # now: the browser is faster than the server
        return sock
    raise AutolabError(f"port {port} is taken; give another --port, or none")
