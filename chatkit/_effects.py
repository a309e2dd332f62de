"""What an event does to the store, and which item it is about."""

from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from chatkit.store import NotFoundError, Store
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

__all__ = ["EFFECTS", "item_of"]

TContext = TypeVar("TContext")


def item_of(event: ThreadStreamEvent) -> str | None:
    """The item that an event is about, if it is about one."""
    match event:
        case ThreadItemAddedEvent(item=item) | ThreadItemDoneEvent(item=item) | ThreadItemReplacedEvent(item=item):
            return item.id
        case ThreadItemUpdatedEvent(item_id=item_id) | ThreadItemRemovedEvent(item_id=item_id):
            return item_id
        case _:
            return None


async def _add(store: Store[TContext], thread_id: str, event: ThreadItemDoneEvent, context: TContext) -> None:
    await store.add_thread_item(thread_id, event.item, context)


async def _delete(store: Store[TContext], thread_id: str, event: ThreadItemRemovedEvent, context: TContext) -> None:
    with suppress(NotFoundError, KeyError):  # an item that was only added was never stored
        await store.delete_thread_item(thread_id, event.item_id, context)


async def _replace(store: Store[TContext], thread_id: str, event: ThreadItemReplacedEvent, context: TContext) -> None:
    await store.save_item(thread_id, event.item, context)


EFFECTS: Mapping[str, Callable[[Store[Any], str, Any, Any], Coroutine[Any, Any, None]]] = {
    "thread.item.done": _add,
    "thread.item.removed": _delete,
    "thread.item.replaced": _replace,
}
"""By `type`: subclasses do what their class does."""
