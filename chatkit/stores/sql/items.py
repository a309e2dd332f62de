"""Items in the database: the statements, and what runs them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from chatkit.store import NotFoundError
from chatkit.store.ports import is_pending
from chatkit.store.records import ITEMS, check_id, from_document, holds_id, to_document, whole_text
from chatkit.stores.sql.attachments import Attachments
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.pages import Pages
from chatkit.stores.sql.schema import Tables
from chatkit.stores.sql.threads import Threads, owned
from chatkit.types import Page, ThreadItem, ThreadMetadata, UserMessageItem

__all__ = ["Items"]


class Items:
    """The items of one database. An item is its thread's owner's; ids are told apart by thread."""

    def __init__(self, database: Database, tables: Tables, threads: Threads, attachments: Attachments) -> None:
        self._database = database
        self._tables = tables
        self._threads = threads
        self._attachments = attachments
        items = tables.items.c
        self._thread = select(tables.threads.c.id).where(owned(tables)).scalar_subquery()
        named = and_(items.thread_id == self._thread, items.id == bindparam("item_id"))
        self._read = select(items.document).where(named)
        self._load = Query(self._read, database.engine)
        self._pages = Pages(database, tables.items, ITEMS, self._rows)
        self._save = _upsert(database, tables)
        self._delete = delete(tables.items).where(named)
        self._delete_after = delete(tables.items).where(
            items.thread_id == bindparam("thread_id"), items.place > self._place()
        )

    async def load(self, owner: str, thread_id: str, item_id: str) -> ThreadItem:
        return _read(await self._require(owner, thread_id, item_id), item_id)

    async def page(
        self, owner: str, thread_id: str, after: str | None, limit: int, order: str, max_bytes: int | None = None
    ) -> Page[ThreadItem]:
        page: Page[ThreadItem] = Page()
        thread, known = whole_text(thread_id), None if after is None else whole_text(after)
        if holds_id(thread) and (known is None or holds_id(known)):
            cursor = {} if known is None else {"item_id": known}
            page = await self._pages.load(limit, order, max_bytes, cursor, owner=owner, thread_id=thread)
        if not page.data:  # nothing there, or no such thread, or no such cursor: only now it is worth a question
            await self._threads.require(owner, thread_id)
            if after is not None:
                await self._require(owner, thread_id, after)
        return page

    async def save(self, owner: str, thread_id: str, item: ThreadItem) -> None:
        """Appends the item, or replaces it where it stands."""

        async def save(connection: AsyncConnection) -> None:
            await self._threads.lock(connection, owner, thread_id)
            await self._put(connection, thread_id, item)

        await self._database.transact(save)

    async def save_message(self, owner: str, message: UserMessageItem, thread: ThreadMetadata, *, opens: bool) -> None:
        """Appends a user's message with its attachments, and saves the thread, if the message opens it."""

        async def save(connection: AsyncConnection) -> None:
            if opens:
                await self._threads.put(connection, owner, thread)
            await self._threads.lock(connection, owner, thread.id)
            await self._put_message(connection, owner, thread.id, message)

        await self._database.transact(save)

    async def claim(self, owner: str, thread_id: str, item: ThreadItem) -> bool:
        """Replaces a pending item, and says whether it was one."""

        return await self._save_if(owner, thread_id, item.id, is_pending, [item])

    async def save_if_unchanged(
        self, owner: str, thread_id: str, seen: ThreadItem, items: Sequence[ThreadItem]
    ) -> bool:
        """Saves items, if one is stored as it was seen, and says whether it was."""
        return await self._save_if(owner, thread_id, seen.id, lambda stored: stored == seen, items)

    async def _save_if(
        self, owner: str, thread_id: str, item_id: str, holds: Callable[[ThreadItem], bool], items: Sequence[ThreadItem]
    ) -> bool:
        async def save(connection: AsyncConnection) -> bool:
            await self._threads.lock(connection, owner, thread_id)
            named = {"owner": owner, "thread_id": whole_text(thread_id), "item_id": whole_text(item_id)}
            row = (await connection.execute(self._read, named)).first() if holds_id(named["item_id"]) else None
            if row is None:
                raise _no_item(item_id)
            if not holds(_read(row[0], item_id)):
                return False
            for item in items:
                await self._put(connection, thread_id, item)
            return True

        return await self._database.transact(save)

    async def delete(self, owner: str, thread_id: str, item_id: str) -> None:
        thread, item = whole_text(thread_id), whole_text(item_id)
        storable = holds_id(thread) and holds_id(item)
        if not storable or not await self._database.write(self._delete, owner=owner, thread_id=thread, item_id=item):
            raise _no_item(item_id)

    async def delete_after(self, owner: str, thread_id: str, item_id: str, replaced: UserMessageItem | None) -> None:
        """Deletes what stands behind an item, and replaces that one, if something is given for it."""

        async def go_back(connection: AsyncConnection) -> None:
            await self._threads.lock(connection, owner, thread_id)
            named = {"owner": owner, "thread_id": whole_text(thread_id), "item_id": whole_text(item_id)}
            if not holds_id(named["item_id"]) or (await connection.execute(self._read, named)).first() is None:
                raise _no_item(item_id)
            if replaced is not None:
                await self._put_message(connection, owner, thread_id, replaced)
            await connection.execute(self._delete_after, named)

        await self._database.transact(go_back)

    async def _put_message(
        self, connection: AsyncConnection, owner: str, thread_id: str, message: UserMessageItem
    ) -> None:
        for attachment in sorted(message.attachments, key=lambda one: one.id):  # in one order: no deadlocks
            await self._attachments.put(connection, owner, attachment)
        await self._put(connection, thread_id, message)

    async def _put(self, connection: AsyncConnection, thread_id: str, item: ThreadItem) -> None:
        values = {"thread_id": whole_text(thread_id), "item_id": check_id(item.id), "document": to_document(item)}
        await connection.execute(self._save, values)

    async def _require(self, owner: str, thread_id: str, item_id: str) -> str:
        rows: Sequence[Any] = []
        thread, item = whole_text(thread_id), whole_text(item_id)
        if holds_id(thread) and holds_id(item):
            rows = await self._database.fetch(self._load, owner=owner, thread_id=thread, item_id=item)
        if not rows:
            raise _no_item(item_id)
        return rows[0][0]

    def _place(self) -> Any:
        """Where `:item_id` stands in the thread; null when there is none."""
        cursor = self._tables.items.alias("cursor").c
        named = cursor.thread_id == bindparam("thread_id"), cursor.id == bindparam("item_id")
        return select(cursor.place).where(*named).scalar_subquery()

    def _rows(self, columns: Sequence[ColumnElement[Any]], *, descending: bool, follows: bool) -> Select[Any]:
        """The thread's items by place, past `:item_id` when the page follows another.

        One statement does it all: a thread that is not the owner's, and an unknown cursor, compare as null: no rows.
        """
        items = self._tables.items.c
        query = select(*columns).where(items.thread_id == self._thread)
        if follows:
            query = query.where(items.place < self._place() if descending else items.place > self._place())
        return query.order_by(items.place.desc() if descending else items.place.asc())


def _read(document: str, item_id: str) -> ThreadItem:
    item = from_document(ITEMS, document, item_id)
    if item is None:
        raise NotFoundError(f"There is no item {item_id} that this version can read.")
    return item


def _no_item(item_id: str) -> NotFoundError:
    return NotFoundError(f"There is no item {item_id} in this thread.")


def _upsert(database: Database, tables: Tables) -> Any:
    """A new item goes behind the last one; a known one keeps its place."""
    items = tables.items.c
    last = func.coalesce(func.max(items.place), 0)
    row = select(
        bindparam("thread_id", type_=items.thread_id.type),
        bindparam("item_id", type_=items.id.type),
        last + 1,
        bindparam("document", type_=items.document.type),
    ).where(items.thread_id == bindparam("thread_id"))
    insert = database.driver.insert(tables.items).from_select(["thread_id", "id", "place", "document"], row)
    return insert.on_conflict_do_update(
        index_elements=[items.thread_id, items.id], set_={"document": insert.excluded.document}
    )
