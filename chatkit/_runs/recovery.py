"""What remains of a run that did not end by itself: its items are brought in line with the store."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from chatkit._lookups import load_item, load_thread
from chatkit._runs.book import Book, LogGapError
from chatkit._surrogates import sound
from chatkit._wire import event_frame
from chatkit.live import Entry, Fence, LeaseLostError, LiveEngine, Outcome, RunRecord, current_fence
from chatkit.logger import current_run_id, current_thread_id, logger
from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.types import ThreadItem, ThreadItemDoneEvent, ThreadItemRemovedEvent

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["Recovery", "recover", "settle_items"]

Recovery = Callable[[], Awaitable[bool]]
"""Ends a run that was taken over; False when that is somebody else's affair by now."""


async def settle_items(server: "ChatKitServer[Any]", book: Book, thread_id: str, context: Any) -> None:
    """Says of each item that has begun and is not final what the store has of it: the item, or nothing.

    So whoever has followed the run has in the end what the store has.
    """
    for item in book.pending():
        try:
            stored = await load_item(server, thread_id, item.id, context)
        except NotFoundError:
            book.say(event_frame(ThreadItemRemovedEvent(item_id=item.id)))
        except StoreUnavailableError:
            return
        except Exception:  # noqa: BLE001 - a store of somebody else's
            logger.exception("It cannot be told what is stored of item %s", item.id)
        else:
            book.say(event_frame(ThreadItemDoneEvent(item=sound(stored))))


async def recover(server: "ChatKitServer[Any]", engine: LiveEngine, record: RunRecord, context: Any) -> Recovery | None:
    """Takes over a run whose process is gone. None: somebody else does, or has.

    What is returned ends it: it is to be called in a task of its own, and again when the database did not answer.
    """
    entries = await _entries(engine, record.id)  # who cannot read them takes nothing over
    fence = await engine.leases.take_over(record.id)
    if fence is None:
        return None
    current_run_id.set(record.id)
    current_thread_id.set(fence.thread_id)
    logger.warning("The process that answered is gone: run %s is ended as interrupted", record.id)
    with suppress(StoreUnavailableError):
        await engine.log.hold(fence)
        entries = await _entries(engine, record.id)
    book = _book(entries, fence)
    return partial(_end, server, engine, book, fence, context)


async def _end(server: "ChatKitServer[Any]", engine: LiveEngine, book: Book, fence: Fence, context: Any) -> bool:
    """Keeps what reached the log as an interrupted answer, once. False: it was taken over in turn."""
    outcome: Outcome = "interrupted" if fence.begun else "refused"
    if fence.begun:
        token = current_fence.set(fence)
        try:
            await _keep(server, book, fence.thread_id, context)
        except LeaseLostError:
            return False
        finally:
            current_fence.reset(token)
    entry = book.collect()
    if entry is not None:
        with suppress(StoreUnavailableError):  # who misses it looks into the store
            await engine.log.append([entry])
    return await engine.leases.end(fence.run_id, fence.number, outcome)


async def _entries(engine: LiveEngine, run_id: str) -> Sequence[Entry]:
    return (await engine.log.read({run_id: 0})).get(run_id, ())


def _book(entries: Sequence[Entry], fence: Fence) -> Book:
    """What the log has of the run, up to where it has lost something."""
    book = Book(fence.run_id)
    with suppress(LogGapError):
        for entry in entries:
            book.read_entry(entry)
    book.fence = fence.number
    return book


async def _keep(server: "ChatKitServer[Any]", book: Book, thread_id: str, context: Any) -> None:
    try:
        thread = await load_thread(server, thread_id, context)
        # What the store has is final: its process may have died before it could tell the log.
        pending = [item for item in book.pending() if not await _is_stored(server, thread_id, item, context)]
        handled: Any = server.handle_stream_interrupted(thread, pending, context)
        if inspect.isawaitable(handled):
            await handled
    except NotFoundError:
        logger.info("Thread %s was deleted: nothing is kept of its answer", thread_id)
    except (LeaseLostError, StoreUnavailableError):
        raise
    except Exception:  # noqa: BLE001 - a hook's; what is stored of it is told all the same
        logger.exception("What was pending in thread %s could not be kept", thread_id)
    await settle_items(server, book, thread_id, context)


async def _is_stored(server: "ChatKitServer[Any]", thread_id: str, item: ThreadItem, context: Any) -> bool:
    try:
        await load_item(server, thread_id, item.id, context)
    except NotFoundError:
        return False
    return True
