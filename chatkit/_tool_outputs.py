"""What client tools gave: `threads.add_client_tool_output`."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chatkit._hook_events import started
from chatkit._lookups import load_thread
from chatkit._pages import DEFAULT_PAGE_SIZE
from chatkit._turn import Plan
from chatkit._uncancelled import uncancelled
from chatkit._waiting_calls import Waiting, waiting_behind
from chatkit._wire import is_hidden
from chatkit.errors import RequestError
from chatkit.live.opening import is_run
from chatkit.logger import logger
from chatkit.store import NotFoundError
from chatkit.store.borrowed import as_store
from chatkit.store.ports import as_page
from chatkit.types import (
    ClientToolCallItem,
    EndOfTurnItem,
    ThreadAddClientToolOutputParams,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["add_client_tool_output"]


async def add_client_tool_output(
    hooks: "ChatKitServer[Any]", params: ThreadAddClientToolOutputParams, context: Any
) -> Plan:
    """Hands in what a client tool gave: the turn goes on, or the page runs the next call that waits.

    Raises `RequestError` when the newest item is no call that waits, or somebody else was first.
    """
    thread = await load_thread(hooks, params.thread_id, context)
    newest = await _newest_items(hooks, thread, context)
    pending = [item for item in newest if isinstance(item, ClientToolCallItem) and item.status == "pending"]
    if not pending or next(filter(_is_shown, newest), None) is not pending[0]:
        raise _no_pending_call(thread)
    call, *abandoned = pending
    done = call.model_copy(update={"output": params.result, "status": "completed"})
    if not await uncancelled(_hand_in(hooks, thread, done, abandoned, context)):
        raise _no_pending_call(thread)
    told: list[ThreadStreamEvent] = []
    if is_run():  # the tab that ran the tool knows; others still show that it waits
        told = [ThreadItemReplacedEvent(item=done), *(ThreadItemRemovedEvent(item_id=item.id) for item in abandoned)]
    waiting = waiting_behind(call, newest)
    if waiting is None:
        return Plan(turn=(thread, started(hooks.respond, thread, None, context)), stored=told)
    await uncancelled(_keep_waiting(hooks, thread, waiting, context))
    return Plan(turn=(thread, _show_next(waiting)), stored=told)


async def _newest_items(hooks: "ChatKitServer[Any]", thread: ThreadMetadata, context: Any) -> list[ThreadItem]:
    """The newest items, the newest first, at least back to one that the client can see."""
    items: list[ThreadItem] = []
    after: str | None = None
    while True:
        store = as_store(hooks.store)
        page = as_page(await store.load_thread_items(thread.id, after, DEFAULT_PAGE_SIZE, "desc", context))
        items += page.data
        if any(map(_is_shown, page.data)) or not page.has_more or not page.data:
            return items
        after = page.after or page.data[-1].id


def _is_shown(item: ThreadItem) -> bool:
    """Whether a client takes the item for its newest one: hidden ones it never sees, ends of turns say nothing."""
    return not is_hidden(item) and not isinstance(item, EndOfTurnItem)


async def _hand_in(
    hooks: "ChatKitServer[Any]",
    thread: ThreadMetadata,
    done: ClientToolCallItem,
    abandoned: list[ClientToolCallItem],
    context: Any,
) -> bool:
    """Stores a client tool's output, if nobody did before, and drops older calls that never got theirs."""
    if not await as_store(hooks.store).claim_item(thread.id, done, context):
        return False
    for item in abandoned:
        logger.warning("Client tool call %s in thread %s never got its output and is dropped", item.call_id, thread.id)
        with suppress(NotFoundError):
            await as_store(hooks.store).delete_thread_item(thread.id, item.id, context)
    return True


def _no_pending_call(thread: ThreadMetadata) -> RequestError:
    return RequestError("item.wrong_kind", f"The newest item of thread {thread.id} is not a pending client tool call.")


async def _keep_waiting(hooks: "ChatKitServer[Any]", thread: ThreadMetadata, waiting: Waiting, context: Any) -> None:
    if waiting.rest is not None:
        await as_store(hooks.store).save_item(thread.id, waiting.rest, context)
        return
    with suppress(NotFoundError):
        await as_store(hooks.store).delete_thread_item(thread.id, waiting.item_id, context)


async def _show_next(waiting: Waiting) -> AsyncIterator[ThreadStreamEvent]:
    """The turn that has the page run its next call."""
    yield ThreadItemDoneEvent(item=waiting.next)
