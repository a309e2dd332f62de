"""axe-core, put into the page under test."""

from pathlib import Path
from typing import Any, cast

from playwright.async_api import Page

from tests.support.npm import alone, installed

__all__ = ["axe_script", "findings"]

_HERE = Path(__file__).parent
_SCRIPT = _HERE / "node_modules/axe-core/axe.min.js"

_RUN = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const where = ({ target, any }) => `${target.flat().join(' ')} (${any[0]?.message ?? ''})`;
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(where).join('; ')}`);
}"""


async def axe_script() -> Path:
    """The checker's file; installs what `package.json` names when it is not there yet, one process at a time."""
    async with alone(_HERE):
        await installed(_HERE)
    return _SCRIPT


async def findings(page: Page) -> list[str]:
    """What the checker has to report of the page as it stands. The page's context must have `bypass_csp`."""
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=await axe_script())
    # Colours in the middle of a transition are nobody's design.
    await page.evaluate("probe.settled()")
    found: Any = await page.evaluate(_RUN)
    return cast("list[str]", found)
