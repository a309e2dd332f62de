"""One page for all tests here; each has an element of its own on it, and none may leave a complaint."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.chat import Chat
from tests.browser.conformance.bench import Bench
from tests.browser.conftest import PATIENCE_MS, PROBE
from tests.browser.scripted import POLICY, ScriptedServer, page_app
from tests.browser.watch import Watch
from tests.support.loopback import serving

_POLICY = POLICY.replace("blob:;", "blob: https:;")
"""As on this package's page, pictures may come over HTTPS."""
SCRIPT = Path(__file__).with_name("bench.js")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def bench_page(browser: Browser) -> AsyncIterator[Chat]:
    """An empty page with the element's script."""
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serving(page_app(ScriptedServer(), "", policy=_POLICY)))
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        stack.push_async_callback(context.close)
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        parts = urlsplit(address)
        watch = Watch(context, f"{parts.scheme}://{parts.netloc}")
        for script in (PROBE, SCRIPT):
            await context.add_init_script(path=script)
        chat = Chat(await context.new_page(), watch)
        await chat.page.goto(f"{address}/page")
        await chat.page.evaluate("customElements.whenDefined('openai-chatkit').then(() => undefined)")
        yield chat


@pytest_asyncio.fixture(loop_scope="session")
async def bench(bench_page: Chat) -> AsyncIterator[Bench]:
    """The page, for one test."""
    before = len(bench_page.watch.problems())
    await bench_page.page.emulate_media(color_scheme="light")
    yield Bench(bench_page)
    await bench_page.page.unroute_all(behavior="ignoreErrors")
    assert bench_page.watch.problems()[before:] == []
