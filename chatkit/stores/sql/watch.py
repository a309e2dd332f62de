"""Limits of time on pieces of work."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["Watch"]


class Watch:
    """A limit of time on a piece of work. It is begun anew when there is a connection.

    Without one, the task that waits for it is cancelled; with one, `abort` is called, once, to have the work fail.
    """

    __slots__ = ("_abort", "_ended", "_timer", "is_late", "is_over")

    def __init__(self, abort: "Callable[[AsyncConnection, Watch], None]") -> None:
        self._abort = abort
        self._timer: asyncio.TimerHandle | None = None
        self._ended: asyncio.Event | None = None
        self.is_late = False
        self.is_over = False

    def begin(self, limit: float | None, connection: AsyncConnection | None = None) -> None:
        """From now on there are `limit` seconds; None is no limit."""
        if self._timer is not None:
            self._timer.cancel()
        if limit is not None:
            task = asyncio.current_task() if connection is None else None
            self._timer = asyncio.get_running_loop().call_later(limit, self._late, connection, task)

    def _late(self, connection: AsyncConnection | None, task: asyncio.Task[Any] | None) -> None:
        self.is_late = True
        if connection is not None:
            self._abort(connection, self)
        elif task is not None:
            task.cancel()

    def end(self) -> None:
        """The work is over, one way or the other."""
        self.is_over = True
        if self._timer is not None:
            self._timer.cancel()
        if self._ended is not None:
            self._ended.set()

    async def ended(self) -> None:
        """Returns when the work is over."""
        if not self.is_over:
            self._ended = asyncio.Event()
            await self._ended.wait()
