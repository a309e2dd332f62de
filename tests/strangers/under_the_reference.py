"""Plays the story with every stranger under whichever `chatkit` is installed: prints one JSON array a line."""

import asyncio
import importlib.util
import json
import logging
import sys
from pathlib import Path

HERE = Path(__file__).parent
# By its file: on the path, beside it, are folders with the names of other packages.
SPEC = importlib.util.spec_from_file_location("strangers", HERE / "__init__.py", submodule_search_locations=[str(HERE)])
assert SPEC is not None
sys.modules["strangers"] = importlib.util.module_from_spec(SPEC)

story = importlib.import_module("strangers.story")

logging.disable(logging.CRITICAL)


async def main() -> None:
    for name in story.STRANGERS:
        try:
            async with asyncio.timeout(10):
                steps = await story.play(name)
        except TimeoutError:
            steps = {"create": ["raised", "TimeoutError"]}
        print(json.dumps([name, steps]), flush=True)


asyncio.run(main())
