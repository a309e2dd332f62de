"""What a store has under an id, as a request asks for it.

Each raises `NotFoundError` when there is nothing, and `TypeError` for what is no model of `chatkit.types`.
"""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from chatkit.store import NotFoundError
from chatkit.store.borrowed import as_store
from chatkit.types import Attachment, ThreadItem, ThreadMetadata

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["found", "load_attachment", "load_item", "load_thread"]

T = TypeVar("T")


async def load_thread(hooks: "ChatKitServer[Any]", thread_id: str, context: Any) -> ThreadMetadata:
    """A thread."""
    return await found(as_store(hooks.store).load_thread(thread_id, context), thread_id, "load_thread")


async def load_item(hooks: "ChatKitServer[Any]", thread_id: str, item_id: str, context: Any) -> ThreadItem:
    """An item of a thread."""
    return await found(as_store(hooks.store).load_item(thread_id, item_id, context), item_id, "load_item")


async def load_attachment(hooks: "ChatKitServer[Any]", attachment_id: str, context: Any) -> Attachment:
    """What is known of a file."""
    return await found(as_store(hooks.store).load_attachment(attachment_id, context), attachment_id, "load_attachment")


async def found(loading: Awaitable[T], asked: str, method: str) -> T:
    """What a store has under an id. Many say that there is nothing by None, or by the `KeyError` of a dict."""
    try:
        record: T | None = await loading
    except KeyError as error:
        if error.args != (asked,):
            raise
        record = None
    if record is None:
        raise NotFoundError(f"There is nothing under the id {asked}.")
    if not isinstance(record, BaseModel):
        kind = type(record).__name__
        raise TypeError(
            f"The store's {method}() must give one of the models in chatkit.types, not an object of type {kind}."
        )
    return record
