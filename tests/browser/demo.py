"""The real demo, as a user starts it: `chatkit demo` in a process of its own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["demo_running", "quiet_environment"]

_READY = re.compile(r"ChatKit is ready: (http://\S+)")
_OTHERS_SETTINGS = ("CHATKIT_", "BRAND_", "OPENAI_", "AZURE_OPENAI_")


def quiet_environment() -> dict[str, str]:
    """This process's environment without anybody's settings: the demo answers offline and looks as it ships."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS_SETTINGS)}


@asynccontextmanager
async def demo_running(folder: Path) -> AsyncGenerator[str]:
    """The demo on a free port of the loopback address, its data in `folder`; gives its address.

    Raises `RuntimeError` with what it printed when it ends before it is ready.
    """
    command = [sys.executable, "-c", "from chatkit.cli import main; main()"]
    options = ["demo", "--no-browser", "--port", "0", "--data-dir", str(folder / "data")]
    # Each test is a new visitor at the one address of this machine.
    environment = quiet_environment() | {"CHATKIT_TURNS_PER_MINUTE": "0"}
    with (folder / "demo.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, *options, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=log
        )
    try:
        yield await _address(process, folder / "demo.log")
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.communicate()


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    assert process.stdout is not None
    printed = ""
    while line := (await process.stdout.readline()).decode():
        printed += line
        if ready := _READY.search(line):
            return ready[1]
    await process.wait()
    said = await asyncio.to_thread(log.read_text, errors="replace")
    raise RuntimeError(f"The demo did not start:\n{printed}{said}")
