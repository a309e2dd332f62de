"""Programs that run beside the tests."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["Program", "running"]

PATIENCE_S = 60
BETWEEN_S = 0.02
"""Between two looks at a program that cannot say when it is ready."""


class Program:
    """A process that has been started."""

    def __init__(self, process: asyncio.subprocess.Process, output: asyncio.StreamReader) -> None:
        self._process = process
        self._output = output
        self._printed = b""

    async def line(self, wanted: re.Pattern[str]) -> str:
        """The first group of a line that it prints. Raises `RuntimeError` with its output when it ends before."""
        async with asyncio.timeout(PATIENCE_S):
            while line := await self._output.readline():
                self._printed += line
                if found := wanted.search(line.decode(errors="replace")):
                    return found[1]
        raise RuntimeError(f"It ended before it was ready:\n{self._printed.decode(errors='replace')}")

    async def listens(self, port: int) -> None:
        """When somebody can connect to a port of it. Raises `RuntimeError` when it ends before."""
        async with asyncio.timeout(PATIENCE_S):
            while self._process.returncode is None:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(BETWEEN_S)
                else:
                    writer.close()
                    return
        raise RuntimeError(f"It ended before it was ready:\n{(await self._output.read()).decode(errors='replace')}")

    async def rest(self) -> bytes:
        """All that it has printed, when it is over."""
        return self._printed + await self._output.read()


@asynccontextmanager
async def running(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[Program]:
    """Runs a program, and what it starts, until this ends. What it printed is in `log` then."""
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    process = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True, **pipes)
    assert process.stdout is not None
    program = Program(process, process.stdout)
    try:
        yield program
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
        await asyncio.to_thread(log.write_bytes, await program.rest())
        await process.wait()
