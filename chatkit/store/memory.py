"""A store in memory, for tests and demos. What is in it is gone when the process ends."""

import sys
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from chatkit.live import LiveEngine, MemoryRuns, memory_engine
from chatkit.store.changes import ThreadChanges
from chatkit.store.owner import OwnerOf, default_owner, owner_checked
from chatkit.store.ports import NotFoundError, Store, is_pending
from chatkit.store.records import (
    ATTACHMENTS,
    ITEMS,
    THREADS,
    check_id,
    fit,
    from_document,
    is_descending,
    to_document,
    whole_text,
)
from chatkit.types import (
    Attachment,
    ClientToolCallItem,
    Page,
    StructuredInputItem,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
)
from chatkit.types._times import as_utc

__all__ = ["MemoryStore"]

TContext = TypeVar("TContext")
T = TypeVar("T")
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
    used_by: set[str] = field(default_factory=set[str])
    """The ids of threads, also of such that are not there."""


class MemoryStore(Store[TContext]):
    """Threads, items and attachments in memory, told apart by owner as in every store of this package.

    Records are kept as JSON, so that what a caller does to a model afterwards changes nothing here. `owner` gives the
    owner of a context; see `default_owner`. Nothing is awaited inside: between looking and writing nobody comes in.
    Every method that writes looks first whether its run still has the thread.
    """

    def __init__(self, *, owner: OwnerOf[TContext] = default_owner) -> None:
        self._owner_of = owner
        self._threads: dict[str, _Thread] = {}
        self._listings: dict[str, _Order[datetime]] = {}
        self._attachments: dict[str, _Attachment] = {}
        self._runs = MemoryRuns()
        self._live = memory_engine(self._runs)

    def live_engine(self) -> LiveEngine:
        return self._live

    async def load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        return self._load_thread(thread_id, context)

    async def save_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        self._runs.check()
        self._put_thread(thread, context)

    async def update_thread(self, thread_id: str, changes: ThreadChanges, context: TContext) -> ThreadMetadata:
        self._runs.check()
        thread = changes.applied_to(self._load_thread(thread_id, context))
        self._thread(thread_id, context).document = to_document(thread)
        return thread

    async def load_threads(self, limit: int, after: str | None, order: str, context: TContext) -> Page[ThreadMetadata]:
        return self._page_of_threads(limit, after, order, _ANY_SIZE, context)

    async def load_threads_within(
        self, limit: int, after: str | None, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadMetadata]:
        return self._page_of_threads(limit, after, order, max_bytes, context)

    async def delete_thread(self, thread_id: str, context: TContext) -> None:
        self._runs.check()
        thread = self._thread(thread_id, context)
        for attachment_id in self._used_only_by(thread_id, thread.owner):
            del self._attachments[attachment_id]
        for attachment in self._attachments.values():
            if attachment.owner == thread.owner:
                attachment.used_by.discard(whole_text(thread_id))
        self._listings[thread.owner].remove(thread.created_at, whole_text(thread_id))
        del self._threads[whole_text(thread_id)]

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: TContext
    ) -> Page[ThreadItem]:
        return self._page_of_items(thread_id, after, limit, order, _ANY_SIZE, context)

    async def load_thread_items_within(
        self, thread_id: str, after: str | None, limit: int, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadItem]:
        return self._page_of_items(thread_id, after, limit, order, max_bytes, context)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        self._runs.check()
        _put_item(self._thread(thread_id, context), item)

    async def save_item(self, thread_id: str, item: ThreadItem, context: TContext) -> None:
        self._runs.check()
        _put_item(self._thread(thread_id, context), item)

    async def store_user_message(
        self, thread: ThreadMetadata, message: UserMessageItem, context: TContext, *, opens_thread: bool
    ) -> None:
        self._runs.check()
        self._store_message(thread.id, message, context, opens=thread if opens_thread else None)

    async def load_item(self, thread_id: str, item_id: str, context: TContext) -> ThreadItem:
        return _load_item(self._thread(thread_id, context), item_id)

    async def claim_item(
        self, thread_id: str, item: ClientToolCallItem | StructuredInputItem, context: TContext
    ) -> bool:
        self._runs.check()
        thread = self._thread(thread_id, context)
        pending = is_pending(_load_item(thread, item.id))
        if pending:
            _put_item(thread, item)
        return pending

    async def save_if_unchanged(
        self, thread_id: str, seen: ThreadItem, items: Sequence[ThreadItem], context: TContext
    ) -> bool:
        self._runs.check()
        thread = self._thread(thread_id, context)
        if _load_item(thread, seen.id) != seen:
            return False
        for item_id, document in [(check_id(item.id), to_document(item)) for item in items]:
            _put_document(thread, item_id, document)
        return True

    async def delete_thread_item(self, thread_id: str, item_id: str, context: TContext) -> None:
        self._runs.check()
        _remove_item(self._thread(thread_id, context), item_id)

    async def delete_items_after(
        self, thread_id: str, item_id: str, context: TContext, *, replaced: UserMessageItem | None = None
    ) -> None:
        self._runs.check()
        thread = self._thread(thread_id, context)
        place = _item(thread, item_id).place
        if replaced is not None:
            self._store_message(thread_id, replaced, context)
        for later, known in list(thread.items.items()):
            if known.place > place:
                _remove_item(thread, later)

    async def save_attachment(self, attachment: Attachment, context: TContext) -> None:
        self._runs.check()
        attachment_id, document, owner = check_id(attachment.id), to_document(attachment), self._owner(context)
        self._may_write(self._attachments.get(attachment_id), owner, "attachment", attachment_id)
        self._put_attachment(attachment_id, document, owner, attachment.thread_id)

    async def load_attachment(self, attachment_id: str, context: TContext) -> Attachment:
        document = self._attachment(attachment_id, context).document
        return _found(from_document(ATTACHMENTS, document, attachment_id), f"attachment {attachment_id}")

    async def delete_attachment(self, attachment_id: str, context: TContext) -> None:
        self._runs.check()
        self._attachment(attachment_id, context)
        del self._attachments[whole_text(attachment_id)]

    async def list_thread_attachment_ids(self, thread_id: str, context: TContext) -> list[str]:
        return self._used_only_by(thread_id, self._thread(thread_id, context).owner)

    def _page_of_threads(
        self, limit: int, after: str | None, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadMetadata]:
        descending = is_descending(limit, order)
        cursor = None if after is None else (self._thread(after, context).created_at, whole_text(after))
        listing = self._listings.get(self._owner(context), _Order[datetime]())
        ids, more = listing.page(cursor, limit, descending=descending)
        return _page(THREADS, [(name, self._threads[name].document) for name in ids], max_bytes, more=more)

    def _page_of_items(
        self, thread_id: str, after: str | None, limit: int, order: str, max_bytes: int, context: TContext
    ) -> Page[ThreadItem]:
        descending = is_descending(limit, order)
        thread = self._thread(thread_id, context)
        cursor = None if after is None else (_item(thread, after).place, whole_text(after))
        ids, more = thread.order.page(cursor, limit, descending=descending)
        return _page(ITEMS, [(name, thread.items[name].document) for name in ids], max_bytes, more=more)

    def _store_message(
        self, thread_id: str, message: UserMessageItem, context: TContext, *, opens: ThreadMetadata | None = None
    ) -> None:
        """What can be refused comes first: then all of it is stored."""
        message_id, document, owner = check_id(message.id), to_document(message), self._owner(context)
        attachments = {check_id(one.id): to_document(one) for one in message.attachments}
        for attachment_id in attachments:
            self._may_write(self._attachments.get(attachment_id), owner, "attachment", attachment_id)
        if opens is not None:
            self._put_thread(opens, context)
        thread = self._thread(thread_id, context)
        for attachment_id, attachment in attachments.items():
            self._put_attachment(attachment_id, attachment, owner, thread_id)
        _put_document(thread, message_id, document)

    def _used_only_by(self, thread_id: str, owner: str) -> list[str]:
        """The owner's attachments that this thread uses and no other of the owner's threads."""
        known = whole_text(thread_id)
        return sorted(
            attachment_id
            for attachment_id, attachment in self._attachments.items()
            if attachment.owner == owner
            and known in attachment.used_by
            and not any(other != known and self._owns(owner, other) for other in attachment.used_by)
        )

    def _owns(self, owner: str, thread_id: str) -> bool:
        thread = self._threads.get(thread_id)
        return thread is not None and thread.owner == owner

    def _owner(self, context: TContext) -> str:
        return owner_checked(self._owner_of(context))

    def _may_write(self, known: _Record | None, owner: str, kind: str, record_id: str) -> None:
        if known is not None and known.owner != owner:
            raise NotFoundError(f"There is no {kind} {record_id}.")

    def _thread(self, thread_id: str, context: TContext) -> _Thread:
        thread = self._threads.get(whole_text(thread_id))
        owner = self._owner(context)
        if thread is None or thread.owner != owner:
            raise NotFoundError(f"There is no thread {thread_id}.")
        return thread

    def _load_thread(self, thread_id: str, context: TContext) -> ThreadMetadata:
        document = self._thread(thread_id, context).document
        return _found(from_document(THREADS, document, thread_id), f"thread {thread_id}")

    def _put_thread(self, thread: ThreadMetadata, context: TContext) -> None:
        thread_id, document, created_at = check_id(thread.id), to_document(thread), as_utc(thread.created_at)
        known, owner = self._threads.get(thread_id), self._owner(context)
        self._may_write(known, owner, "thread", thread_id)
        if known is None:
            self._threads[thread_id] = _Thread(owner, document, created_at)
        else:
            self._listings[owner].remove(known.created_at, thread_id)
            known.document, known.created_at = document, created_at
        self._listings.setdefault(owner, _Order()).add(created_at, thread_id)

    def _attachment(self, attachment_id: str, context: TContext) -> _Attachment:
        attachment = self._attachments.get(whole_text(attachment_id))
        owner = self._owner(context)
        if attachment is None or attachment.owner != owner:
            raise NotFoundError(f"There is no attachment {attachment_id}.")
        return attachment

    def _put_attachment(self, attachment_id: str, document: str, owner: str, thread_id: str | None) -> None:
        known = self._attachments.setdefault(attachment_id, _Attachment(owner, document))
        known.document = document
        if thread_id is not None:
            known.used_by.add(whole_text(thread_id))


_ANY_SIZE = sys.maxsize


def _page(adapter: TypeAdapter[T], rows: list[tuple[str, str]], max_bytes: int, *, more: bool) -> Page[T]:
    """The rows' records, as many as fit; at least the first row is shown."""
    fitting = fit([len(document) if document.isascii() else len(document.encode()) for _, document in rows], max_bytes)
    more = more or fitting < len(rows)
    records = (from_document(adapter, document, record_id) for record_id, document in rows[:fitting])
    data = [record for record in records if record is not None]
    return Page(data=data, has_more=more, after=rows[fitting - 1][0] if more else None)


def _put_item(thread: _Thread, item: ThreadItem) -> None:
    _put_document(thread, check_id(item.id), to_document(item))


def _put_document(thread: _Thread, item_id: str, document: str) -> None:
    known = thread.items.get(item_id)
    if known is not None:
        known.document = document
        return
    thread.items[item_id] = _Item(thread.next_place, document)
    thread.order.add(thread.next_place, item_id)
    thread.next_place += 1


def _remove_item(thread: _Thread, item_id: str) -> None:
    thread.order.remove(_item(thread, item_id).place, whole_text(item_id))
    del thread.items[whole_text(item_id)]


def _load_item(thread: _Thread, item_id: str) -> ThreadItem:
    return _found(from_document(ITEMS, _item(thread, item_id).document, item_id), f"item {item_id}")


def _item(thread: _Thread, item_id: str) -> _Item:
    item = thread.items.get(whole_text(item_id))
    if item is None:
        raise NotFoundError(f"There is no item {item_id} in this thread.")
    return item


def _found(record: T | None, what: str) -> T:
    if record is None:
        raise NotFoundError(f"There is no {what} that this version can read.")
    return record
