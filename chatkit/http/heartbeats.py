"""One timer for the silence of all streams of an app: a timer of its own would cost each stream's every event."""

import asyncio
from typing import Protocol

__all__ = ["TICKS", "Heart", "Heartbeats"]

TICKS = 10
"""Into so many ticks the interval is divided; a silence is noticed at most one of them early."""


class Heart(Protocol):
    """A stream, as the timer sees it."""

    def on_tick(self) -> None:
        """A tick has passed; `Heartbeats.tick` tells which."""
        ...


class Heartbeats:
    """Ticks while there are streams to tick for. `interval` is the silence in seconds that no stream should exceed."""

    __slots__ = ("_hearts", "_timer", "_wait", "tick")

    def __init__(self, interval: float) -> None:
        self._wait = interval / TICKS
        self._hearts: set[Heart] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.tick = 0
        """Ticks so far: the time, for whoever notes when something was written."""

    def add(self, heart: Heart) -> None:
        """Ticks for it from now on."""
        self._hearts.add(heart)
        if self._timer is None:
            self._wind()

    def discard(self, heart: Heart) -> None:
        """Ticks for it no more."""
        self._hearts.discard(heart)
        if not self._hearts and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wind(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._wait, self._on_time)

    def _on_time(self) -> None:
        self.tick += 1
        self._wind()
        for heart in tuple(self._hearts):
            heart.on_tick()
