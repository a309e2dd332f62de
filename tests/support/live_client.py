"""Processes that serve, and clients that ask them over HTTP."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.support.runs import Frames, said

__all__ = ["HostClient", "HostProcess", "tells", "until"]

_ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


class HostClient:
    """Who asks a host, at its address."""

    def __init__(self, url: str) -> None:
        self.client = httpx.AsyncClient(base_url=url, timeout=PATIENCE)

    async def close(self) -> None:
        await self.client.aclose()

    def body(self, operation: str, /, **given: Any) -> str:
        beside = {name: given.pop(name) for name in ("request_id", "if_busy") if name in given}
        return json.dumps({"type": operation, "params": given, "extensions": ["runs"], **beside})

    async def ask(self, operation: str, /, **given: Any) -> dict[str, Any]:
        answer = await self.client.post("/chatkit", content=self.body(operation, **given), headers=_JSON)
        answer.raise_for_status()
        return answer.json()

    async def stream(
        self,
        operation: str,
        /,
        until: Callable[[Frames], bool] | None = None,
        heard: Frames | None = None,
        **given: Any,
    ) -> Frames:
        """What comes until the end, or until `until` is true. A connection that breaks is an end."""
        heard = Frames() if heard is None else heard
        try:
            async with self.client.stream(
                "POST", "/chatkit", content=self.body(operation, **given), headers=_JSON
            ) as answer:
                if answer.status_code != 200:
                    await answer.aread()
                    answer.raise_for_status()
                async for data in answer.aiter_bytes():
                    heard.feed(data)
                    if until is not None and until(heard):
                        break
        except httpx.TransportError:
            pass
        return heard

    async def create(self, until: Callable[[Frames], bool] | None = None, **told: Any) -> Frames:
        beside = {name: told.pop(name) for name in ("request_id",) if name in told}
        return await self.stream("threads.create", until=until, input=said(json.dumps(told)), **beside)

    async def send(self, thread_id: str, until: Callable[[Frames], bool] | None = None, **told: Any) -> Frames:
        beside = {name: told.pop(name) for name in ("request_id", "if_busy") if name in told}
        given = {"thread_id": thread_id, "input": said(json.dumps(told)), **beside}
        return await self.stream("threads.add_user_message", until=until, **given)

    async def stored(self, thread_id: str) -> list[dict[str, Any]]:
        page = await self.ask("items.list", thread_id=thread_id, limit=100, order="asc")
        return page["data"]


class HostProcess(HostClient):
    """One process of `tests.support.live_host`."""

    def __init__(self, database: list[str], **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.live_host", str(self.port), *database],
            cwd=_ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(_ROOT)},
        )
        super().__init__(f"http://127.0.0.1:{self.port}")

    async def ready(self) -> "HostProcess":
        """Returns when it serves."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await self.client.get("/health")
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
                else:
                    return self

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """At once, as a machine that loses its power."""
        self._process.kill()
        self._process.wait()

    async def ended(self) -> int:
        """Returns when the process has ended, its exit status."""
        await until(lambda: self._process.poll() is not None)
        return self._process.wait()

    async def close(self) -> None:
        await super().close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self.kill()


def tells(**what: Any) -> dict[str, Any]:
    """A message that tells the host what to do."""
    return said(json.dumps(what))


async def until(condition: Callable[[], bool]) -> None:
    """Returns when the condition holds, which something outside of this process makes it do."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing in here could say so
            await asyncio.sleep(0.01)


_JSON = {"Content-Type": "application/json"}
