"""Takes the pictures of the demo that README.md shows: `python -m scripts.take_screenshots`, when its looks changed.

Needs what the browser tests need. Writes `docs/images/demo-light.png` and `demo-dark.png`.
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from tests.browser.conftest import FLAGS
from tests.browser.demo import demo_running

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE: ViewportSize = {"width": 960, "height": 1100}


async def take(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> Path:
    """Talks a little with the demo and takes a picture of it."""
    context = await browser.new_context(
        viewport=SIZE, color_scheme=scheme, device_scale_factor=2, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto(address)
    field = page.get_by_role("textbox", name="Message", exact=True)
    copy = page.get_by_role("button", name="Copy")
    # An answer can be copied when it is complete; a message, as soon as it is sent.
    for said, complete in (("hello", 2), ("add buy milk, call mum and water the plants", 4), ("show me a chart", 6)):
        await field.fill(said)
        await field.press("Enter")
        await expect(copy).to_have_count(complete)
        if complete == 4:
            await page.get_by_role("checkbox", name="Call mum").check()
            await expect(page.get_by_text("1 of 3 done")).to_be_visible()
    await page.mouse.move(8, SIZE["height"] / 2)
    asked = page.locator("[part=user-message]").nth(1)
    box = await asked.bounding_box()
    if box is None:
        raise RuntimeError("the conversation is not on show")
    await page.mouse.wheel(0, box["y"] - 80)
    await expect(asked).to_be_in_viewport()
    await page.wait_for_timeout(1000)  # nothing tells when the wheel's last pixels have come
    path = FOLDER / f"demo-{scheme}.png"
    await page.screenshot(path=path)
    await context.close()
    return path


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for scheme in ("light", "dark"):
            with tempfile.TemporaryDirectory() as folder:
                async with demo_running(Path(folder)) as address:
                    sys.stdout.write(f"{await take(browser, address, scheme)}\n")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
