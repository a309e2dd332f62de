"""Hearing what other processes say: one task for all who listen in this one, as long as anybody does."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from chatkit.logger import logger

__all__ = ["Hearing"]


class Hearing(ABC):
    """What `RunLog.listen` needs, but for the way in which texts come."""

    def __init__(self) -> None:
        self._hearing: list[Callable[[str], None]] = []
        self._listening: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def _listen(self, ready: asyncio.Event) -> None:
        """Hears until cancelled. `ready` is set when what is said from then on is heard, or when that must wait."""

    async def listen(self, hear: Callable[[str], None]) -> Callable[[], None]:
        """As in `RunLog`."""
        self._hearing.append(hear)
        if self._listening is None or self._listening.done():
            self._ready = asyncio.Event()
            self._listening = asyncio.create_task(self._listen(self._ready))
            self._listening.add_done_callback(self._ready_anyway)
        await self._ready.wait()

        def stop() -> None:
            if hear in self._hearing:
                self._hearing.remove(hear)
            if not self._hearing:
                self._end()

        return stop

    def _end(self) -> None:
        """Has what listens come to its end, which takes a moment: it closes its connection."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.cancel()
            self._ending.add(listening)
            listening.add_done_callback(self._ending.discard)

    def _ready_anyway(self, task: asyncio.Task[None]) -> None:
        self._ready.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("Signals of other processes are not heard any more", exc_info=error)

    def _heard(self, text: str) -> None:
        for hear in list(self._hearing):
            try:
                hear(text)
            except Exception:  # noqa: BLE001 - the others are to hear it all the same
                logger.exception("What a signal called has failed")

    async def close(self) -> None:
        """Nobody hears anything from now on."""
        self._hearing.clear()
        self._end()
        if self._ending:
            await asyncio.wait(set(self._ending))
