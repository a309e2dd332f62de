"""A page with the React harness on it, the scripted server behind it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, Serve
from tests.browser.react.app import ReactChat
from tests.browser.react.build import built
from tests.browser.scripted import POLICY, ScriptedServer, app_of

OpenReact = Callable[..., Awaitable[ReactChat]]
OpenPlain = Callable[..., Awaitable[Chat]]

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A React page</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">%s</head>
<body><div id="app"></div></body></html>"""
_SCRIPT = '<script src="/chatkit.js" defer></script>'
_HARNESS = '<script type="module" src="/react/harness.js"></script>'
_PLAIN = '<link rel="stylesheet" href="/react/plain.css"><script type="module" src="/react/plain.js"></script>'
_STYLE = """html, body { height: 100%; margin: 0 }
#app { display: flex; height: 100% }
.place { flex: 1; min-width: 0 }
.chat { display: block; height: 100% }"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def react_build() -> Path:
    """The folder of the built pages."""
    return await built()


@pytest.fixture(params=["openai", "own"])
def package(request: pytest.FixtureRequest) -> str:
    """Whose package for React drives the element: OpenAI's, unmodified, or the one of the element's build."""
    return request.param


@pytest_asyncio.fixture(loop_scope="session")
async def open_react(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, react_build: Path, package: str
) -> OpenReact:
    """Opens the harness. `script=False` leaves the element's script out; `routes` come before all others."""
    folder = react_build / ("harness" if package == "openai" else "own")

    async def page(request: Request) -> Response:
        script = "" if "bare" in request.query_params else _SCRIPT
        return HTMLResponse(_PAGE % (script + _HARNESS), headers={"Content-Security-Policy": POLICY})

    async def style(_: Request) -> Response:
        return Response(_STYLE, media_type="text/css")

    async def open_page(
        *,
        script: bool = True,
        routes: list[BaseRoute] | None = None,
        chatkit: dict[str, Any] | None = None,
        **options: Any,
    ) -> ReactChat:
        own = [Route("/page", page), Route("/page.css", style)]
        files = [Mount("/react", StaticFiles(directory=folder))]
        app = Starlette(routes=[*(routes or []), *own, *files, *app_of(server, **(chatkit or {})).routes])
        app.state.server = server
        address = await serve(app)
        opened = await open_chat(address, "/page" if script else "/page?bare", ready=False, **options)
        await opened.until("'react' in window")
        return ReactChat(opened, address)

    return open_page


@pytest_asyncio.fixture(loop_scope="session")
async def open_plain(open_chat: OpenChat, serve: Serve, server: ScriptedServer, react_build: Path) -> OpenPlain:
    """Opens the page with the component of our own and its style sheet; gives the page before anything is on it."""

    async def page(_: Request) -> Response:
        return HTMLResponse(_PAGE % (_SCRIPT + _PLAIN), headers={"Content-Security-Policy": POLICY})

    async def style(_: Request) -> Response:
        return Response("html, body { height: 100%; margin: 0 } #app { height: 100% }", media_type="text/css")

    async def open_page(**options: Any) -> Chat:
        files = [Mount("/react", StaticFiles(directory=react_build / "own"))]
        app = Starlette(routes=[Route("/page", page), Route("/page.css", style), *files, *app_of(server).routes])
        app.state.server = server
        opened = await open_chat(await serve(app), "/page", ready=False, **options)
        await opened.until("'plain' in window")
        return opened

    return open_page
