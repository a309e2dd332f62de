"""Fetches what tests would otherwise wait for when they first need it: `python -m tests.support.prepare`."""

import asyncio
from pathlib import Path

from tests.support.environments import versions_python
from tests.support.npm import alone, installed
from tests.support.reference import reference_python

TESTS = Path(__file__).parents[1]
PACKAGES = [TESTS / "agents" / "aimock", TESTS / "browser", TESTS / "browser" / "react"]


async def main() -> None:
    """npm's packages one after the other; the reference package and the oldest versions meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(asyncio.to_thread(reference_python))
        tasks.create_task(asyncio.to_thread(versions_python, "oldest"))
        tasks.create_task(_npm())


async def _npm() -> None:
    for folder in PACKAGES:
        async with alone(folder):
            await installed(folder)


if __name__ == "__main__":
    asyncio.run(main())
