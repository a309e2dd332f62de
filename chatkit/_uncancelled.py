"""Work that a cancellation of whoever waits for it does not end."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["is_done", "uncancelled"]

T = TypeVar("T")


async def uncancelled(work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
    """Waits until `work` is done, however often the waiting task is cancelled meanwhile.

    The cancellation that comes meanwhile is not lost: it is raised then, unless the work has failed.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
        except Exception:  # noqa: BLE001 - raised below by result()
            break
    if cancelled is not None and (task.cancelled() or task.exception() is None):
        raise cancelled
    return task.result()


async def is_done(task: asyncio.Task[Any], seconds: float) -> bool:
    """Waits until the task is done, but no longer than that, however often the waiting task is cancelled meanwhile."""
    with suppress(asyncio.CancelledError):
        await uncancelled(asyncio.wait({task}, timeout=seconds))
    return task.done()
