"""Browser profiles that tests use one after the other: emptying one costs a fraction of what making one does."""

from collections.abc import Mapping
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.watch import Watch

__all__ = ["Profile", "Profiles"]

KEPT = 4
"""Profiles that wait for the next test at most, in each worker."""


class Profile:
    """A context, and a blank page that keeps its window open. Once it is somebody's `last`, nobody else gets it."""

    def __init__(self, kind: str, context: BrowserContext, blank: Page) -> None:
        self.kind = kind
        self.context = context
        self._blank = blank
        self.last = False

    async def leave(self) -> None:
        """Closes the pages. What still handles a request of one may fail then, and is nobody's trouble."""
        for page in self.context.pages:
            await page.unroute_all(behavior="ignoreErrors")
            if page is not self._blank:
                await page.close()

    async def empty(self, watch: Watch) -> None:
        """Leaves nothing of the pages that were here: as if nobody had ever used the profile."""
        watch.end()
        await self.context.clear_cookies()
        devtools = await self.context.new_cdp_session(self._blank)
        for origin in watch.origins:
            await devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        await devtools.detach()


class Profiles:
    """Lends profiles. The same options may get one that was used before, and is empty."""

    def __init__(self, browser: Browser, script: str) -> None:
        self._browser = browser
        self._script = script
        self._free: list[Profile] = []

    async def take(self, options: Mapping[str, Any]) -> Profile:
        """A profile that nobody else has, with the options of Playwright's `new_context`."""
        kind = repr(sorted(options.items()))
        for profile in self._free:
            if profile.kind == kind:
                self._free.remove(profile)
                return profile
        context = await self._browser.new_context(**options)
        await context.add_init_script(script=self._script)
        return Profile(kind, context, await context.new_page())

    async def give_back(self, profile: Profile, watch: Watch) -> None:
        """Empties the profile for the next test."""
        await profile.leave()
        if profile.last:
            await profile.context.close()
            return
        await profile.empty(watch)
        self._free.append(profile)
        if len(self._free) > KEPT:
            await self._free.pop(0).context.close()
