"""Chromium, driven by Playwright, as in the other browser tests."""

import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.engines.window import Window, is_named
from tests.support.chromium import FLAGS

__all__ = ["Chromium", "chromium_running"]


class ChromiumWindow(Window):
    """The page of one context."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def goto(self, url: str) -> None:
        await self._page.goto(url)

    async def reload(self) -> None:
        await self._page.reload()

    async def evaluate(self, function: str, *arguments: Any) -> Any:
        return await self._page.evaluate(f"(given) => ({function})(...given)", list(arguments))

    async def click(self, x: float, y: float) -> None:
        await self._page.mouse.click(x, y)

    async def keys(self, *keys: str) -> None:
        for key in keys:
            if is_named(key):
                await self._page.keyboard.press(key)
            else:
                await self._page.keyboard.type(key)

    async def choose_files(self, function: str, files: Sequence[Path]) -> None:
        element = (await self._page.evaluate_handle(function)).as_element()
        assert element is not None
        await element.set_input_files(list(files))

    async def resize(self, width: int, height: int) -> None:
        await self._page.set_viewport_size({"width": width, "height": height})

    async def picture(self) -> bytes:
        return await self._page.screenshot()

    async def printed(self) -> bytes | None:
        return await self._page.pdf()


class Chromium:
    """A running Chromium."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @asynccontextmanager
    async def window(self) -> AsyncGenerator[Window]:
        """A window as of a person who was never here."""
        async with await self._browser.new_context(locale="en-GB") as context:
            yield ChromiumWindow(await context.new_page())


@asynccontextmanager
async def chromium_running(folder: Path) -> AsyncGenerator[Chromium]:
    """Chromium without a screen: the system's, else the one that Playwright brings."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            yield Chromium(browser)
        finally:
            await browser.close()
