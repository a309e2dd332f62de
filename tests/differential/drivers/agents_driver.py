"""Plays agents scenarios with whichever `chatkit` is installed and prints a JSON line for each: its name and outcome.

    python agents_driver.py                every scenario
    python agents_driver.py text image     the named ones

(It cannot be called `agents.py`: this folder comes first on the path, before the Agents SDK.)
"""

import asyncio
import json
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")  # the reference warns about components that are constructed directly
os.environ["TZ"] = "UTC"  # the reference reckons in local time
time.tzset()

import agents_convert  # noqa: E402
import agents_stream  # noqa: E402

SCENARIOS = agents_stream.SCENARIOS | agents_convert.SCENARIOS


async def outcome(name: str) -> object:
    """What the scenario gives, or the kind of error that it ends with."""
    try:
        return await SCENARIOS[name]()
    except Exception as error:  # noqa: BLE001 - whatever it is, both must end with it
        return {"error": type(error).__name__, "message": str(error)}


async def main(names: list[str]) -> None:
    for name in names or SCENARIOS:
        print(json.dumps([name, await outcome(name)], ensure_ascii=False, default=str))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
