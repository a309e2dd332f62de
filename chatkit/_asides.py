"""What helpers queue beside a hook's own events, and who shows it.

The contexts that agents' tools get have queues, which `stream_agent_response` reads. A hook that never calls it means
what it streams into a context all the same: so the turn shows what nobody else reads, in order, among the hook's own
events. Where there is no turn to show it, the log says so.
"""

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar, cast

from chatkit.logger import logger

__all__ = ["AsideQueue", "Asides", "current_asides"]

T = TypeVar("T")


class Asides:
    """What one turn has heard from contexts beside its hook, in order. It hears nothing any more once it is closed."""

    def __init__(self, thread_id: str | None = None) -> None:
        self.thread_id = thread_id
        """The turn's thread, once it is known: what is queued for another is not shown in it."""
        self.waiting: list[AsideQueue[Any]] = []
        """By event, the queue that it is first in."""
        self.pressing: list[AsideQueue[Any]] = []
        """As `waiting`: those to be shown although the hook has not come to its next event."""
        self.live = False
        """Whether all are pressing: the hook is none that yields."""
        self.heard = False
        self.is_open = True

    def tell(self, queue: "AsideQueue[Any]", *, pressing: bool) -> bool:
        """Another event is in the queue. Whether it will be shown."""
        if not self.is_open or (None not in (queue.thread_id, self.thread_id) and queue.thread_id != self.thread_id):
            return False
        self.heard = True
        self.waiting.append(queue)
        if pressing or self.live:
            self.pressing.append(queue)
        return True

    def take(self) -> list[Any]:
        """The events that wait, in order of arrival, without those that somebody reads by now."""
        queues = [queue for queue in self.waiting if not queue.is_read]
        self.waiting.clear()
        self.pressing.clear()
        return [event for queue in queues if (event := queue.take_event()) is not None]

    def close(self) -> list[Any]:
        """Hears nothing from now on. The events that are left."""
        self.is_open = False
        return self.take()


current_asides: ContextVar[Asides | None] = ContextVar("chatkit_asides", default=None)
"""Whoever shows what the running code queues: the turn that it belongs to."""


class AsideQueue(asyncio.Queue[T], Generic[T]):
    """A context's queue. Whoever waits for its entries reads it from then on; until then a turn shows its events."""

    thread_id: str | None = None
    is_read = False
    """Whether somebody reads it."""
    _told = False

    def __init__(self) -> None:
        super().__init__()
        self._made_in = current_asides.get()
        self._streaming = 0

    async def get(self) -> T:
        """The next entry. Who asks for it reads the queue."""
        self.is_read = True
        return await super().get()

    def add(self, event: T) -> None:
        """Queues an event, and tells the turn of one that nobody reads."""
        self.put_nowait(event)
        if self.is_read:
            return
        asides = current_asides.get() or self._made_in
        if asides is not None and not asides.tell(self, pressing=self._streaming > 0) and not self._told:
            self._told = True
            self._complain("the answer that it belongs to is over, or in another thread")

    @contextmanager
    def streaming(self) -> Generator[None]:
        """Inside, what is queued is to be shown at once: the next piece may take long."""
        self._streaming += 1
        try:
            yield
        finally:
            self._streaming -= 1

    def take_event(self) -> T | None:
        """The first entry, if it is an event and not what ends a stream."""
        entries = self._entries()
        return self.get_nowait() if entries and hasattr(entries[0], "type") else None

    def _entries(self) -> deque[T]:
        return cast("deque[T]", vars(self)["_queue"])

    def _complain(self, why: str) -> None:
        kinds = [str(getattr(entry, "type", "")) for entry in self._entries()]
        events = ", ".join(kind for kind in kinds if kind)
        logger.warning(
            "What was streamed into an AgentContext of thread %s is not shown, since %s: %s. Stream while a hook runs, "
            "or hand the context to stream_agent_response()",
            self.thread_id,
            why,
            events,
        )

    def __del__(self) -> None:
        if not self._told and any(hasattr(entry, "type") for entry in vars(self).get("_queue", ())):
            self._complain("nobody has read it")
