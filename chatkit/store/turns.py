"""One at a time: how a store that has no transactions of its own keeps two writers of a thread apart."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

__all__ = ["one_at_a_time"]

_ATTRIBUTE = "_chatkit_locks"


class _Lock(asyncio.Lock):
    """Knows how many hold it or wait for it, so that it can be forgotten after the last."""

    users = 0


@asynccontextmanager
async def one_at_a_time(store: object, thread_id: str) -> AsyncGenerator[None]:
    """Inside, nobody else is who came this way for the same thread of the same store, in the same event loop.

    Other processes, and who writes to the store directly, are not kept out. It must not be entered twice by one task.
    """
    # Stores are other people's classes: some never call `super().__init__()`, some cannot be hashed.
    locks: dict[str, _Lock] = vars(store).setdefault(_ATTRIBUTE, {})
    lock = locks.setdefault(thread_id, _Lock())
    lock.users += 1
    try:
        async with lock:
            yield
    finally:
        lock.users -= 1
        if not lock.users:
            del locks[thread_id]
