"""Pages of what a store has, no longer than a client may ask for and no larger than it can bear."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from chatkit._wire import threads_page
from chatkit.errors import RequestError
from chatkit.store.borrowed import as_store
from chatkit.store.ports import as_page, cut, reads_whole_pages
from chatkit.types import ActiveRun, Page, ThreadItem, ThreadMetadata

if TYPE_CHECKING:
    from chatkit.server import ChatKitServer

__all__ = ["DEFAULT_PAGE_SIZE", "MAX_PAGE_SIZE", "list_items", "list_threads", "page_limit"]

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_PAGE_BYTES = 4 * 1024 * 1024
"""A page ends before it is longer, but not before its first row."""

Row = TypeVar("Row", ThreadItem, ThreadMetadata)


async def list_items(
    hooks: "ChatKitServer[Any]",
    thread_id: str,
    after: str | None,
    limit: int,
    order: str,
    context: Any,
    write: Callable[[Page[ThreadItem]], bytes],
) -> bytes:
    """A page of a thread's items as `write` writes it."""
    store = as_store(hooks.store)
    if reads_whole_pages(store):
        page = as_page(await store.load_thread_items(thread_id, after, limit, order, context))
    else:
        page = await store.load_thread_items_within(thread_id, after, limit, order, MAX_PAGE_BYTES, context)
    return _within_size(page, write)


async def list_threads(
    hooks: "ChatKitServer[Any]",
    after: str | None,
    limit: int,
    order: str,
    context: Any,
    active_in: Callable[[Sequence[ThreadMetadata]], Awaitable[Mapping[str, ActiveRun]]],
    extensions: list[str] | None = None,
) -> bytes:
    """A page of the owner's threads, as a client gets it; with the runs that are going on, as `active_in` has them."""
    store = as_store(hooks.store)
    if reads_whole_pages(store):
        page = as_page(await store.load_threads(limit, after, order, context))
    else:
        page = await store.load_threads_within(limit, after, order, MAX_PAGE_BYTES, context)
    active = await active_in(page.data)
    return _within_size(page, lambda fitting: threads_page(fitting, active, extensions))


def _within_size(page: Page[Row], write: Callable[[Page[Row]], bytes]) -> bytes:
    """The page as it is written; one that comes out longer than `MAX_PAGE_BYTES` is cut. Nearly none does."""
    written = write(page)
    return written if len(written) <= MAX_PAGE_BYTES or len(page.data) < 2 else write(cut(page, MAX_PAGE_BYTES))


def page_limit(limit: int | None) -> int:
    """How many rows a page is to have. Raises `RequestError` when that is none."""
    if limit is None:
        return DEFAULT_PAGE_SIZE
    if limit < 1:
        raise RequestError(
            "request.invalid_params", f"The limit must be at least 1, not {limit}.", param="params.limit"
        )
    return min(limit, MAX_PAGE_SIZE)
