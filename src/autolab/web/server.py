"""The live page's server: documents, events, and people's acts, on this machine only."""

import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from autolab.errors import AutolabError
from autolab.runs import people
from autolab.web import live
from autolab.web.documents import Key, document
from autolab.web.page_files import ASSETS, POLICY, asset, page
from autolab.web.shelf import Shelf

_PATIENCE_S = 0.4  # for a table of many trials; the rest follows by events
_QUICK = 4  # documents made at a time
_SLOW = {"leaderboard", "pairs", "agents", "analysis"}  # statistics: one at a time, or they would keep the others waiting
_MAX_BODY = 16 << 10
_HEADERS = {
    "Content-Security-Policy": POLICY + "; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def application(shelf: Shelf, token: str | None = None) -> Starlette:
    """The server of this shelf. Acts need `token`, drawn anew for each server unless given; only the page knows it."""
    secret = token or secrets.token_urlsafe(24)

    def front(_: Request) -> Response:
        return Response(page(live=True, token=secret), media_type="text/html", headers=_HEADERS)

    def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return _problem(f"no page {name[:100]!r}; the page is at /", 404)
        return Response(asset(name), media_type=ASSETS[name], headers=_HEADERS)

    quick, slow = CapacityLimiter(_QUICK), CapacityLimiter(1)

    async def data(request: Request) -> Response:
        shelf.asked = time.monotonic()
        key = tuple(unquote(part) for part in _key(request, "/data/").removesuffix(".json").split("/"))
        return await to_thread.run_sync(_answer, shelf, key, limiter=slow if _SLOW.intersection({key[0], key[-1]}) else quick)

    async def events(request: Request) -> Response:
        asked = request.query_params
        try:
            look, every = await run_in_threadpool(_look, shelf, asked)
        except (AutolabError, ValueError) as error:
            return _problem(str(error), 404)
        return StreamingResponse(live.events(look, every), media_type="text/event-stream", headers=_HEADERS)

    async def act(request: Request) -> Response:
        if not _from_the_page(request, secret):
            return _problem("acts are taken from this server's own page only; open it anew", 403)
        body = await request.body()
        if len(body) > _MAX_BODY:
            return _problem(f"an act of {len(body)} bytes; at most {_MAX_BODY}", 413)
        try:
            said = await request.json()
            told = await run_in_threadpool(_act, shelf, request.path_params["what"], said)
        except AutolabError as error:
            return _problem(str(error), 400)
        except (ValueError, TypeError, KeyError):
            return _problem("an act that cannot be understood", 400)
        return _json({"told": told})

    routes = [
        Route("/", front),
        Route("/data/{key:path}", data),
        Route("/events", events),
        Route("/act/{what}", act, methods=["POST"]),
        Route("/{name}", file),
    ]
    # Another site's page may point a name of its own at this address: only these names are answered.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])
    return Starlette(routes=routes, middleware=[hosts])


def _answer(shelf: Shelf, key: Key) -> Response:
    try:
        return _json(document(shelf, key, _PATIENCE_S))
    except AutolabError as error:
        return _problem(str(error), 404)


def _look(shelf: Shelf, asked: Any) -> tuple[live.Look, float]:
    if "trial" in asked:
        run, _, name = asked["trial"].partition("/")
        return live.look_at_trial(shelf, run, name, int(asked.get("since", "0")))
    if "run" in asked:
        shelf.run(asked["run"])
        return live.look_at_run(shelf, asked["run"])
    return live.look_at_index(shelf)


def _act(shelf: Shelf, what: str, said: dict[str, Any]) -> str:
    if what == "check":
        return _check(str(said["folder"]))
    run = shelf.run(str(said["run"]))
    folder = shelf.trial(run.name, str(said["trial"])).folder if said.get("trial") else run
    acts: dict[str, Callable[[], str]] = {
        "note": lambda: people.note(folder, str(said["text"])),
        "veto": lambda: people.veto(folder, int(said["experiment"]), str(said["text"])),
        "stop": lambda: "; ".join(f"{name}: {fate}" for name, fate in people.stop(folder, str(said.get("text") or ""))),
    }
    if what not in acts:
        raise AutolabError(f"no act {what[:40]!r}; there are: {', '.join(acts)}")
    return acts[what]()


def _check(folder: str) -> str:
    """A quick check of a task, as `autolab tasks check --quick --json` prints it."""
    from autolab.authoring.check import check_task
    from autolab.sandbox.bubblewrap import default_sandbox

    report = check_task(folder, default_sandbox(), quick=True)
    return json.dumps([{"ok": report.ok, **asdict(report)}], default=str)


def _from_the_page(request: Request, secret: str) -> bool:
    """Whether the request carries the page's token, and does not come from another site."""
    given = request.headers.get("x-autolab-token", "")
    origin = request.headers.get("origin")
    same = origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
    return same and hmac.compare_digest(given.encode(), secret.encode())


def _key(request: Request, prefix: str) -> str:
    """The path as it was sent, so that a name with an escaped slash stays one part."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("ascii", "replace").partition("?")[0].removeprefix(prefix)


def _json(value: Any) -> Response:
    return JSONResponse(value, headers=_HEADERS)


def _problem(text: str, code: int) -> Response:
    return JSONResponse({"problem": text}, status_code=code, headers=_HEADERS)
