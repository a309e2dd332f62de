"""One measurement in one new browser: what the main thread did, how long it took, what is left in memory."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, cast
from urllib.parse import urlsplit

from playwright.async_api import Page, Playwright

from bench.element import site

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--enable-precise-memory-info",
]
VIEW = {"width": 1024, "height": 800}
PULSE = 0.05
"""Seconds between two looks at the main thread."""
QUIET_PULSES = 10
QUIET_WORK = 0.004
"""Seconds of work between two looks that count as none: the looks themselves take some."""
PATIENCE = 180
"""Seconds after which a contestant has not done it."""
PRESSES = 40

Metrics = dict[str, float]
Send = Callable[..., Awaitable[dict[str, Any]]]
"""Sends a command of the DevTools protocol; its library leaves this untyped."""


class NotDone(Exception):
    """The contestant did not get to the end in time, or broke."""


@dataclass(frozen=True)
class Work:
    """What one action cost. Times in milliseconds, memory in megabytes."""

    main: float
    script: float
    style: float
    layout: float
    longest: float
    """The longest task; 0 when none took 50 ms."""
    shown: float
    idle: float
    heap: float
    memory: float
    """What the page's processes have for themselves: the heap, the document, what was drawn."""
    updates: float
    """How often an answer on show was brought up to date; 0 for what is no answer."""


@dataclass(frozen=True)
class Typing:
    """What one key press cost, in milliseconds."""

    main: float
    paint: float


@dataclass(frozen=True)
class Weight:
    """Bytes of scripts and style sheets with gzip: to show an empty chat, and all that is asked for unbidden."""

    first: int
    all: int


class Stage:
    """A contestant's page in a browser of its own."""

    def __init__(self, page: Page, send: Send, send_to_browser: Send, requested: set[str]) -> None:
        self.page = page
        self.send = send
        self.send_to_browser = send_to_browser
        self.requested = requested

    async def call(self, expression: str, *arguments: Any) -> Any:
        """Calls a function of the page's bench."""
        source = f"(given) => bench.{expression}(...given)"
        try:
            return await asyncio.wait_for(self.page.evaluate(source, list(arguments)), PATIENCE)
        except TimeoutError as error:
            raise NotDone(f"not in {PATIENCE} s") from error

    async def metrics(self) -> Metrics:
        found = await self.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in found["metrics"]}

    async def until_idle(self) -> float:
        """Waits until the main thread has nothing to do. Gives the moment when it last had, on the loop's clock."""
        loop = asyncio.get_running_loop()
        begun = busy = loop.time()
        done = (await self.metrics())["TaskDuration"]
        quiet = 0
        while quiet < QUIET_PULSES:
            await asyncio.sleep(PULSE)
            now = (await self.metrics())["TaskDuration"]
            quiet = quiet + 1 if now - done < QUIET_WORK else 0
            if quiet == 0:
                busy = loop.time()
            done = now
            if loop.time() - begun > PATIENCE:
                raise NotDone(f"busy after {PATIENCE} s")
        return busy

    async def heap(self) -> float:
        """Megabytes of JavaScript objects that are reachable."""
        await self.send("HeapProfiler.enable")
        await self.send("HeapProfiler.collectGarbage")
        return (await self.metrics())["JSHeapUsedSize"] / 1e6

    async def memory(self) -> float:
        """Megabytes that the processes of pages share with no other."""
        found = await self.send_to_browser("SystemInfo.getProcessInfo")
        pages = [each["id"] for each in found["processInfo"] if each["type"] == "renderer"]
        return sum(_private_bytes(process) for process in pages) / 1e6

    async def work(self, function: str, *arguments: Any) -> Work:
        """Runs a function of the bench from rest to rest."""
        # Handed over before the clock starts: reading it is the page's work, not the contestant's.
        await self.page.evaluate("(given) => { window.given = given }", list(arguments))
        if function == "open":
            await self.page.evaluate("bench.prepare(...window.given)")
        await self.until_idle()
        await self.call("takeLongest")
        before = await self.metrics()
        begun = asyncio.get_running_loop().time()
        try:
            shown = await asyncio.wait_for(self.page.evaluate(f"bench.{function}(...window.given)"), PATIENCE)
        except TimeoutError as error:
            raise NotDone(f"not in {PATIENCE} s") from error
        idle = await self.until_idle()
        after = await self.metrics()
        longest = await self.call("takeLongest")
        spent = {name: (after[name] - before[name]) * 1000 for name in after}
        return Work(
            main=spent["TaskDuration"],
            script=spent["ScriptDuration"],
            style=spent["RecalcStyleDuration"],
            layout=spent["LayoutDuration"],
            longest=longest,
            shown=shown,
            idle=max((idle - begun) * 1000, shown),
            heap=await self.heap(),
            memory=await self.memory(),
            updates=await self.call("updates"),
        )

    async def typing(self) -> Typing | None:
        """Presses keys one after another; None where there is nothing to type in."""
        if not await self.call("focus"):
            return None
        await self.page.keyboard.press("a")
        await self.until_idle()
        await self.call("takePresses")
        before = (await self.metrics())["TaskDuration"]
        for _ in range(PRESSES):
            await self.page.keyboard.press("a")
            await asyncio.sleep(PULSE)
        await self.until_idle()
        spent = (await self.metrics())["TaskDuration"] - before
        presses = await self.call("takePresses")
        return Typing(main=spent * 1000 / PRESSES, paint=median(presses))


def _private_bytes(process: int) -> int:
    """Linux's own figure, for a process id."""
    rows = (row.split() for row in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines())
    return sum(int(row[1]) * 1024 for row in rows if row[0] in ("Private_Clean:", "Private_Dirty:"))


@asynccontextmanager
async def stage(playwright: Playwright, address: str, contestant: str) -> AsyncGenerator[Stage]:
    """Opens a contestant's page in a new browser with a new profile."""
    browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    try:
        page = await browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE * 1000)
        requested: set[str] = set()
        page.on("request", lambda request: requested.add(urlsplit(request.url).path))
        session: Any = await page.context.new_cdp_session(page)
        send = cast(Send, session.send)
        # The processor time of the main thread, not the time that passes: others share these machines.
        await send("Performance.enable", {"timeDomain": "threadTicks"})
        await page.goto(f"{address}/{contestant}/index.html")
        await page.wait_for_function("window.bench !== undefined")
        whole: Any = await browser.new_browser_cdp_session()
        yield Stage(page, send, cast(Send, whole.send), requested)
    finally:
        await browser.close()


async def weigh(at: Stage, element: Path) -> Weight:
    """Mounts an empty chat and counts what was there when it was painted, and what came later."""
    await at.call("open", [])
    first = site.weight(set(await at.call("loaded")), element)
    await asyncio.sleep(1)
    await at.until_idle()
    return Weight(first=first, all=site.weight(at.requested, element))
