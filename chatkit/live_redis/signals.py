"""Words between processes by Redis' publish and subscribe, which forget what nobody was there to hear."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from chatkit._uncancelled import uncancelled
from chatkit.live.hearing import Hearing
from chatkit.live_redis.link import Link

__all__ = ["RedisSignals"]

_SILENT_SECONDS = 15.0
"""After so much silence a connection that listens is tried."""
_ANSWER_SECONDS = 5.0

_RETRIES = (0.1, 0.5, 1.0, 2.0)
"""Seconds until a lost connection is opened again; the last goes on."""


class RedisSignals(Hearing):
    """Many texts go in one message: each has a price for everybody who listens."""

    def __init__(self, link: Link, channel: str) -> None:
        super().__init__()
        self._link = link
        self._channel = channel
        self._again = False

    def say(self, texts: Sequence[str], pipeline: Any) -> None:
        """Adds texts to what goes in one trip."""
        if texts:
            pipeline.execute_command("PUBLISH", self._channel, json.dumps(texts, separators=(",", ":")))

    async def _listen(self, ready: asyncio.Event) -> None:
        self._again = False
        tries = 0
        while True:
            client = self._link.connect(connections=1)
            try:
                async with client.pubsub() as listening:
                    await uncancelled(listening.subscribe(self._channel))  # or the connection would be left half open
                    while True:
                        if await self._follow(listening):
                            tries = 0
                            ready.set()
            except self._link.faults as error:
                self._link.unavailable(error)
            finally:
                await _closed(client, self._link)
            ready.set()
            await asyncio.sleep(_RETRIES[min(tries, len(_RETRIES) - 1)])
            tries += 1

    async def _follow(self, listening: Any) -> bool:
        """Hears what comes next. Whether the connection has just begun to hear."""
        message = await listening.get_message(timeout=_SILENT_SECONDS)
        if message is None:
            await listening.ping()
            message = await listening.get_message(timeout=_ANSWER_SECONDS)
            if message is None:
                raise TimeoutError("It says nothing.")
        match message["type"]:
            case "subscribe":
                self._link.reached()
                if self._again:
                    self._heard("")  # what was said meanwhile, nobody knows: everybody should look
                self._again = True
                return True
            case "message":
                for text in json.loads(message["data"]):
                    self._heard(text)
            case _:  # a pong
                pass
        return False


async def _closed(client: Any, link: Link) -> None:
    with suppress(*link.faults):
        await client.connection_pool.disconnect()
