"""axe-core, put into the page under test."""

import asyncio
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Page

from tests.support.npm import alone, installed

__all__ = ["findings", "put_axe"]

_HERE = Path(__file__).parent
_SCRIPT = _HERE / "node_modules/axe-core/axe.min.js"

_RUN = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const where = ({ target, any }) => `${target.flat().join(' ')} (${any[0]?.message ?? ''})`;
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(where).join('; ')}`);
}"""


async def put_axe(page: Page) -> None:
    """Has `axe` in the page, past its policy; installs what `package.json` names when it is not there yet."""
    if await page.evaluate("'axe' in window"):
        return
    async with alone(_HERE):
        await installed(_HERE)
    await page.evaluate(await asyncio.to_thread(_SCRIPT.read_text, "utf-8"))


async def findings(page: Page) -> list[str]:
    """What the checker has to report of the page as it stands."""
    await put_axe(page)
    # Colours in the middle of a transition are nobody's design.
    await page.evaluate("probe.settled()")
    found: Any = await page.evaluate(_RUN)
    return cast("list[str]", found)
