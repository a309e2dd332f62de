"""A store in memory, for tests and demos. What is in it is gone when the process ends."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from chatkit.store.owner import OwnerOf, default_owner, owner_checked
from chatkit.store.ports import NotFoundError, Store
from chatkit.store.records import ATTACHMENTS, ITEMS, THREADS, check_id, dump, is_descending, load
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from chatkit.types._times import as_utc

__all__ = ["MemoryStore"]

TContext = TypeVar("TContext")
TKey = TypeVar("TKey", int, datetime)


class _Order(Generic[TKey]):
    """Ids in the order of a key, then of the ids themselves. A page costs its own length and two binary searches."""

    def __init__(self) -> None:
        self._rows: list[tuple[TKey, str]] = []

    def add(self, key: TKey, record_id: str) -> None:
        insort(self._rows, (key, record_id))

    def remove(self, key: TKey, record_id: str) -> None:
        del self._rows[bisect_left(self._rows, (key, record_id))]

    def page(self, after: tuple[TKey, str] | None, limit: int, *, descending: bool) -> tuple[list[str], bool]:
        """Up to `limit` ids past `after`, and whether there are more."""
        rows = self._rows
        if descending:
            end = len(rows) if after is None else bisect_left(rows, after)
            start = max(0, end - limit)
            return [record_id for _, record_id in reversed(rows[start:end])], start > 0
        start = 0 if after is None else bisect_right(rows, after)
        end = start + limit
        return [record_id for _, record_id in rows[start:end]], end < len(rows)


@dataclass(slots=True)
class _Record:
    owner: str
    document: str


@dataclass(slots=True)
class _Item:
    place: int
    document: str


@dataclass(slots=True)
class _Thread(_Record):
    created_at: datetime
    items: dict[str, _Item] = field(default_factory=dict[str, _Item])
    order: _Order[int] = field(default_factory=_Order[int])
    next_place: int = 0


@dataclass(slots=True)
class _Attachment(_Record):
    thread_id: str | None


class MemoryStore(Store[TContext]):
    """Threads, items and attachments in memory, told apart by owner as in every store of this package.

    Records are kept as JSON, so that what a caller does to a model afterwards changes nothing here. `owner` gives the
    owner of a context; see `default_owner`.
    """

    def __init__(self, *, owner: OwnerOf[TContext] = default_owner) -> None:
        self._owner_of = owner
        self._threads: dict[str, _Thread] = {}
        self._listings: dict[str, _Order[datetime]] = {}
        self._attachments: dict[str, _Attachment] = {}

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        thread = load(THREADS, self._thread(thread_id, context).document, thread_id)
        return _found(thread, f"thread {thread_id}")

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        known = self._threads.get(check_id(thread.id))
        owner, document, created_at = self._owner(context), dump(thread), as_utc(thread.created_at)
        if known is None:
            self._threads[thread.id] = _Thread(owner, document, created_at)
        else:
            known = self._thread(thread.id, context)
            self._listings[owner].remove(known.created_at, thread.id)
            known.document, known.created_at = document, created_at
        self._listings.setdefault(owner, _Order()).add(created_at, thread.id)

    async def load_threads(self, limit: int, after: str | None, order: str, context: TContext) -> Page[ThreadMetadata]:
        descending = is_descending(limit, order)
        cursor = None if after is None else (self._thread(after, context).created_at, after)
        listing = self._listings.get(self._owner(context), _Order[datetime]())
        ids, more = listing.page(cursor, limit, descending=descending)
        threads = (load(THREADS, self._threads[thread_id].document, thread_id) for thread_id in ids)
        return Page(data=[t for t in threads if t is not None], has_more=more, after=ids[-1] if more else None)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        thread = self._thread(thread_id, context)
        for attachment_id in await self.list_thread_attachment_ids(thread_id, context):
            del self._attachments[attachment_id]
        self._listings[thread.owner].remove(thread.created_at, thread_id)
        del self._threads[thread_id]

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        descending = is_descending(limit, order)
        thread = self._thread(thread_id, context)
        cursor = None if after is None else (_item(thread, after).place, after)
        ids, more = thread.order.page(cursor, limit, descending=descending)
        items = (load(ITEMS, thread.items[item_id].document, item_id) for item_id in ids)
        return Page(data=[i for i in items if i is not None], has_more=more, after=ids[-1] if more else None)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        thread = self._thread(thread_id, context)
        known = thread.items.get(check_id(item.id))
        document = dump(item)
        if known is not None:
            known.document = document
            return
        thread.items[item.id] = _Item(thread.next_place, document)
        thread.order.add(thread.next_place, item.id)
        thread.next_place += 1

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        document = _item(self._thread(thread_id, context), item_id).document
        return _found(load(ITEMS, document, item_id), f"item {item_id}")

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        thread = self._thread(thread_id, context)
        thread.order.remove(_item(thread, item_id).place, item_id)
        del thread.items[item_id]

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        if check_id(attachment.id) in self._attachments:
            self._attachment(attachment.id, context)
        record = _Attachment(self._owner(context), dump(attachment), attachment.thread_id)
        self._attachments[attachment.id] = record

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        document = self._attachment(attachment_id, context).document
        return _found(load(ATTACHMENTS, document, attachment_id), f"attachment {attachment_id}")

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        self._attachment(attachment_id, context)
        del self._attachments[attachment_id]

    async def list_thread_attachment_ids(self, thread_id: str, context: TContext) -> list[str]:
        owner = self._thread(thread_id, context).owner
        return sorted(
            attachment_id
            for attachment_id, attachment in self._attachments.items()
            if attachment.thread_id == thread_id and attachment.owner == owner
        )

    def _owner(self, context: TContext) -> str:
        return owner_checked(self._owner_of(context))

    def _thread(self, thread_id: str, context: TContext) -> _Thread:
        thread = self._threads.get(thread_id)
        owner = self._owner(context)
        if thread is None or thread.owner != owner:
            raise NotFoundError(f"There is no thread {thread_id}.")
        return thread

    def _attachment(self, attachment_id: str, context: TContext) -> _Attachment:
        attachment = self._attachments.get(attachment_id)
        owner = self._owner(context)
        if attachment is None or attachment.owner != owner:
            raise NotFoundError(f"There is no attachment {attachment_id}.")
        return attachment


def _item(thread: _Thread, item_id: str) -> _Item:
    item = thread.items.get(item_id)
    if item is None:
        raise NotFoundError(f"There is no item {item_id} in this thread.")
    return item


T = TypeVar("T")


def _found(record: T | None, what: str) -> T:
    if record is None:
        raise NotFoundError(f"There is no {what} that this version can read.")
    return record
