"""Three browsers, each started once; a window of a new person for each test."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from starlette.responses import FileResponse
from starlette.routing import Route

from tests.browser.scripted import POLICY, ScriptedServer, page_app
from tests.engines.bidi import Firefox, firefox_running
from tests.engines.chromium import Chromium, chromium_running
from tests.engines.person import Person
from tests.engines.webdriver import WebKit, webkit_running
from tests.support.loopback import serving

Engine = Chromium | Firefox | WebKit
OpenPage = Callable[..., Awaitable[Person]]

ENGINES = {"chromium": chromium_running, "firefox": firefox_running, "webkit": webkit_running}
HERE = Path(__file__).parent
SCRIPTS = {"probe": HERE.parent / "browser" / "probe.js", "hands": HERE / "hands.js", "older": HERE / "older.js"}
PAGE = (
    '<script src="/scripts/probe.js"></script><script src="/scripts/hands.js"></script>{older}'
    '<openai-chatkit url="/chatkit" locale="{locale}"></openai-chatkit>'
)
OLDER = '<script src="/scripts/older.js"></script>'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each scenario runs in each engine; those of one engine run in one process, which starts it once.

    `older` is for what the oldest supported browsers do otherwise; each time in Chromium, on demand in all.
    """
    if "engine" in metafunc.fixturenames:
        each = [pytest.param(name, marks=pytest.mark.xdist_group(f"engine-{name}")) for name in ENGINES]
        metafunc.parametrize("engine", each, indirect=True, scope="session")
    if "older" in metafunc.fixturenames:
        metafunc.parametrize("older", [False, True], ids=["newer", "older"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The engines live in one event loop for the whole session, so the tests run there too."""
    for item in items:
        if item.path.is_relative_to(HERE) and isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            given = item.callspec.params if hasattr(item, "callspec") else {}
            if given.get("older") and given["engine"] != "chromium":
                item.add_marker(pytest.mark.all)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Engine]:
    """A browser of one of the engines."""
    async with ENGINES[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def server() -> ScriptedServer:
    """A server under the test's control."""
    return ScriptedServer()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(engine: Engine, server: ScriptedServer) -> AsyncIterator[OpenPage]:
    """Opens a page with nothing but the element, under the strictest policy. Nothing may have gone wrong in it.

    `older` takes from the browser what the oldest supported ones have not.
    """
    async with AsyncExitStack() as stack:
        people: list[Person] = []

        async def open_one(
            options: str = "", *, width: int = 1000, height: int = 700, older: bool = False, locale: str = "en"
        ) -> Person:
            scripts = [Route(f"/scripts/{name}.js", _script(path)) for name, path in SCRIPTS.items()]
            body = PAGE.format(older=OLDER if older else "", locale=locale)
            app = page_app(server, body, policy=POLICY, routes=scripts)
            address = server.files.address = await stack.enter_async_context(serving(app))
            person = Person(await stack.enter_async_context(engine.window()))
            people.append(person)
            await person.window.resize(width, height)
            await person.window.goto(f"{address}/page")
            await person.evaluate("() => { probe.element().style.height = 'calc(100vh - 16px)'; }")
            await person.opened()
            if options:
                await person.options(options)
            return person

        yield open_one
        troubles = [trouble for person in people for trouble in await person.troubles()]
    assert troubles == []


def _script(path: Path) -> Callable[[Any], Awaitable[FileResponse]]:
    async def give(_: Any) -> FileResponse:
        return FileResponse(path)

    return give
