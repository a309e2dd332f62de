"""One timer for the silences and the stalls of all streams of an app: one of their own would cost every event."""

import asyncio
from contextvars import Context
from typing import Protocol

__all__ = ["Heart", "Pulse"]

_TICKS = 10
"""Into so many ticks the shorter of the two times is divided; what lasts too long is noticed at most one tick late."""


class Heart(Protocol):
    """A stream, as the timer sees it."""

    def on_tick(self) -> None:
        """A tick has passed; `Pulse.tick` tells which."""
        ...


class Pulse:
    """Ticks while there are streams to tick for.

    `silence` is the time in seconds after which a stream says that it is still there, `stall` the one that a single
    write may take; 0 is no limit.
    """

    __slots__ = ("_hearts", "_timer", "_wait", "silence", "silent_ticks", "stalled_ticks", "tick")

    def __init__(self, silence: float, stall: float = 0) -> None:
        self._wait = min(silence, stall or silence) / _TICKS
        self.silence = silence
        """In seconds, as given."""
        self._hearts: set[Heart] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.tick = 0
        """Ticks so far: the time, for whoever notes when something was written."""
        self.silent_ticks = round(silence / self._wait)
        """As many make a silence."""
        self.stalled_ticks = round(stall / self._wait) + 1 if stall else None
        """As many make a stall: one more than fit, so that none is found early. None: there is no such thing."""

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

    def __len__(self) -> int:
        return len(self._hearts)

    def _wind(self) -> None:
        # In no request's context: it outlives the one that it begins in.
        self._timer = asyncio.get_running_loop().call_later(self._wait, self._on_time, context=Context())

    def _on_time(self) -> None:
        self.tick += 1
        self._wind()
        for heart in tuple(self._hearts):
            heart.on_tick()
