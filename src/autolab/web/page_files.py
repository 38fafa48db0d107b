"""The built page: its files, and its HTML as served live or written into a site."""

import html
from functools import cache
from importlib.resources import files

from autolab.errors import AutolabError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Content security policy: the page's own files and data, nothing inline, nothing from elsewhere."""

ASSETS = {"app.js": "text/javascript", "app.css": "text/css", "icon.svg": "image/svg+xml", "licenses.txt": "text/plain"}


@cache
def asset(name: str) -> bytes:
    """One file of the built page. AutolabError where it was not built."""
    path = files("autolab.web").joinpath("page", name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise AutolabError(f"{path}: the page is not built; in a checkout: scripts/page build (it needs npm)") from error


def page(*, live: bool, token: str = "", policy: str = "") -> str:
    """index.html. `token`: what acts must carry; `policy`: set where no server can send it as a header."""
    head = [f'<meta name="autolab-live" content="{"yes" if live else "no"}">']
    if token:
        head.append(f'<meta name="autolab-token" content="{html.escape(token)}">')
    if policy:
        head.insert(0, f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">')
    return asset("index.html").decode().replace("<!--head-->", "\n    ".join(head))
