"""The same app under each server that it is known to run under, in the test's own event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import hypercorn
import hypercorn.asyncio
from granian.constants import Interfaces
from granian.server.embed import Server as GranianServer

from tests.support.loopback import serving

__all__ = ["SERVERS"]

PATIENCE = 10


@asynccontextmanager
async def on_hypercorn(app: Any) -> AsyncGenerator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        config = hypercorn.Config()
        config.bind = [f"fd://{listening.detach()}"]  # which closes it
    config.errorlog = None
    config.graceful_timeout = 1
    stop = asyncio.Event()
    running = asyncio.create_task(hypercorn.asyncio.serve(app, config, shutdown_trigger=stop.wait))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        await asyncio.wait_for(running, PATIENCE)


@asynccontextmanager
async def on_granian(app: Any) -> AsyncGenerator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = GranianServer(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    running = asyncio.create_task(server.serve())
    try:
        await asyncio.wait_for(_until_up(port), PATIENCE)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()
        await asyncio.wait_for(running, PATIENCE)


async def _until_up(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.01)


SERVERS: dict[str, Callable[[Any], AbstractAsyncContextManager[str]]] = {
    "uvicorn": serving,
    "hypercorn": on_hypercorn,
    "granian": on_granian,
}
