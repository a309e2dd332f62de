"""One Chromium and one demo for each worker, an empty profile for each page."""

import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect
from starlette.types import ASGIApp

from tests.browser.chat import Chat
from tests.browser.demo import demo_running, quiet_environment
from tests.browser.profiles import Profile, Profiles
from tests.browser.reference import Reference, reference_running
from tests.browser.scripted import USER, ScriptedServer, app_of, page_app, server_of
from tests.browser.watch import Watch
from tests.support import chromium
from tests.support.loopback import serving

FLAGS = [
    *chromium.FLAGS,
    # A microphone that everybody has, and may use: it beeps.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Names of other hosts lead nowhere: what a test asserts, the browser could not break unseen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 15_000
"""The longest that anything may take. Nothing waits for it but a test that fails."""

PROBE = Path(__file__).with_name("probe.js")

OpenChat = Callable[..., Awaitable[Chat]]
Serve = Callable[[ASGIApp], Awaitable[str]]
OpenWith = Callable[..., Awaitable[Chat]]


BACKENDS = ("ours", "reference")
ALIKE = {
    "test_long_thread": "What is in the page does not depend on who sent it.",
    "test_counts": "What a thread costs the browser does not depend on who sent it.",
    "test_accessibility": "What axe-core finds depends on what is shown, not on who sent it.",
    "test_layout": "Widths and colours do not depend on the server.",
    "test_locales": "Languages do not depend on the server.",
    "test_frameworks": "What the documentation shows is for this package's server.",
    "test_popups": "Where a layer stands does not depend on the server.",
    "test_page_helpers": "What the helpers do to a request is the same for every server.",
    "test_react": "What React does with the element does not depend on the server.",
}
"""Modules whose tests run with this package's server only, each with its reason."""


CORE = {"test_attachments", "test_conversation", "test_element", "test_errors", "test_history", "test_scroll"}
"""Modules whose tests run with the reference's server each time; the others' do when `--every-server` says so."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--every-server` takes half as long again, and is for changes of the protocol and before a release."""
    parser.addoption("--every-server", action="store_true", help="browser tests: all with the reference's server too")


def pytest_configure(config: pytest.Config) -> None:
    """Names the mark that a test has which the reference cannot run."""
    config.addinivalue_line("markers", "ours_only(reason): uses what the reference's server has not")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that serves a script runs with this package's server and with the reference's, or says why not."""
    if "backend" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker("ours_only")
    module = metafunc.module.__name__.rpartition(".")[2]
    asked = module in CORE or metafunc.config.getoption("every_server", default=False)
    alone = marked is not None or module in ALIKE or not asked
    metafunc.parametrize("backend", BACKENDS[:1] if alone else BACKENDS, indirect=True, scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser and demo live in one event loop for the whole session, so the tests run there too."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    kept = quiet_environment()
    for name in os.environ:
        if name not in kept:
            monkeypatch.delenv(name)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """Chromium: the system's, else the one that Playwright brings."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def profiles(browser: Browser) -> Profiles:
    """The browser's profiles, each used again when its test is over."""
    return Profiles(browser, PROBE.read_text(encoding="utf-8"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str]:
    """The address of the demo. Each context is another visitor, so tests do not meet each other's todos."""
    async with demo_running(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reference(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Reference]:
    """The real `openai-chatkit`, running."""
    async with reference_running(tmp_path_factory.mktemp("reference")) as running:
        yield running


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> Reference | None:
    """What answers the element: None for this package's own server."""
    return request.getfixturevalue("reference") if request.param == "reference" else None


@pytest_asyncio.fixture(loop_scope="session")
async def servers() -> AsyncIterator[AsyncExitStack]:
    """The servers of a test; they outlive its pages."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def serve(servers: AsyncExitStack, backend: Reference | None) -> Serve:
    """Serves an app on a free port for as long as the test runs; gives its address."""

    async def serve_app(app: ASGIApp) -> str:
        server = server_of(app)
        if backend is not None and server is not None:
            app = await servers.enter_async_context(backend.in_front(app, server, USER))
        address = await servers.enter_async_context(serving(app))
        if server is not None:
            server.files.address = address
        return address

    return serve_app


@pytest_asyncio.fixture(loop_scope="session")
async def open_chat(profiles: Profiles, servers: AsyncExitStack) -> AsyncIterator[OpenChat]:
    """Opens a page in a profile of its own. When the test is over, nothing may have gone wrong in any of them.

    `last` is for a test that does to its profile what emptying it does not undo: nobody has it after.
    """
    del servers  # asked for so that they outlive the pages
    expect.set_options(timeout=PATIENCE_MS)
    opened: list[tuple[Profile, Watch]] = []

    async def open_page(
        address: str,
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 800,
        scheme: Any = "light",
        ready: bool = True,
        last: bool = False,
        **options: Any,
    ) -> Chat:
        viewport = {"width": width, "height": height}
        profile = await profiles.take({"viewport": viewport, "color_scheme": scheme, "locale": "en-GB", **options})
        profile.context.set_default_timeout(PATIENCE_MS)
        parts = urlsplit(address)
        watch = Watch(profile.context, f"{parts.scheme}://{parts.netloc}")
        opened.append((profile, watch))
        profile.last = profile.last or last
        chat = Chat(await profile.context.new_page(), watch)
        await chat.page.goto(address + path)
        return await chat.ready() if ready else chat

    yield open_page
    problems: list[str] = []
    for profile, watch in opened:
        problems += watch.problems()
        await profiles.give_back(profile, watch)
    assert problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(demo: str, open_chat: OpenChat) -> Chat:
    """The demo, opened by a visitor who was never there before."""
    return await open_chat(demo)


@pytest.fixture
def server() -> ScriptedServer:
    """A server under the test's control."""
    return ScriptedServer()


@pytest_asyncio.fixture(loop_scope="session")
async def scripted(server: ScriptedServer, serve: Serve) -> str:
    """The address of the project's page, with the scripted server behind it."""
    return await serve(app_of(server))


@pytest_asyncio.fixture(loop_scope="session")
async def open_with(server: ScriptedServer, serve: Serve, open_chat: OpenChat) -> OpenWith:
    """Opens a page with nothing but the element, which gets its options as the properties of a JavaScript object."""
    body = '<openai-chatkit url="/chatkit" locale="en"></openai-chatkit>'
    address = await serve(page_app(server, body))

    async def open_page(options: str = "", **view: Any) -> Chat:
        chat = await open_chat(address, "/page", **view)
        await chat.element.evaluate("(element) => { element.style.height = 'calc(100vh - 16px)'; }")
        return await chat.options(options)

    return open_page
