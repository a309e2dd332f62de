"""How many streams are open, so that a shutdown can wait for them."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from chatkit.logger import logger

__all__ = ["OpenStreams"]

_PATIENCE_SECONDS = 5.0


class OpenStreams:
    """Counts the streams of one app.

    A server that shuts down cancels the requests whose time is up, then goes on at once; turns still store what they
    have at that moment. `ended()` gives them the time to.
    """

    def __init__(self) -> None:
        self._count = 0
        self._none: asyncio.Event = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return self._count

    @contextmanager
    def opened(self) -> Generator[None]:
        """Around the time that a stream is open."""
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def ended(self) -> None:
        """Waits until no stream is open, a few seconds at most."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._none.wait()
        except TimeoutError:
            logger.warning("%d streams did not end when the server shut down.", self._count)
