"""The command as a process of its own, in a folder of its own."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).parent / "chatkit"
PATIENCE = 30
PROJECT = '''
"""A small application."""

from chatkit.http import ChatKit
from chatkit.server import ChatKitServer
from chatkit.stores import MemoryStore
from chatkit.types import ProgressUpdateEvent


class Server(ChatKitServer):
    async def respond(self, thread, input_user_message, context):
        yield ProgressUpdateEvent(text="working for " + context["user_id"])


class Incomplete(ChatKitServer):
    pass


class Demanding(Server):
    def __init__(self, store, planner):
        super().__init__(store)


def make():
    return Server(MemoryStore())


server = make()
app = ChatKit(server)
number = 3
'''


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


class Cli:
    """Runs `chatkit` in the folder, which holds the application `shop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "shop.py").write_text(PROJECT)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHATKIT_", "BRAND_"))}
        self.environment = {name: value for name, value in kept.items() if not name.startswith(("OPENAI_", "AZURE_"))}

    async def start(self, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            str(COMMAND),
            *arguments,
            cwd=self.folder,
            env=self.environment | environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str, **environment: str) -> Ran:
        process = await self.start(*arguments, **environment)
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())

    def serving(self, *arguments: str, **environment: str) -> AbstractAsyncContextManager[str]:
        """`chatkit serve` on a free port."""
        return self.serving_command("serve", *arguments, "--port", "0", **environment)

    @asynccontextmanager
    async def serving_command(self, *arguments: str, **environment: str) -> AsyncGenerator[str]:
        """A command that serves, until it is interrupted as by Ctrl+C; it has to end well then."""
        process = await self.start(*arguments, **environment)
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
            found = re.search(r"http://\S+", line)
            assert found is not None, (line, (await process.stderr.read()).decode())
            yield found[0]
            process.send_signal(signal.SIGINT)
            _, err = await asyncio.wait_for(process.communicate(), PATIENCE)
            assert process.returncode == 0, err.decode()
            assert "Traceback" not in err.decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)
