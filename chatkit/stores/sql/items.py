"""Items in the database: the statements, and what runs them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chatkit.store import NotFoundError
from chatkit.store.records import ITEMS, check_id, dump, holds_id, is_descending, load
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.schema import Tables
from chatkit.stores.sql.threads import Threads, no_thread, owned
from chatkit.types import Page, ThreadItem

__all__ = ["Items"]


class Items:
    """The items of one database. An item is its thread's owner's; ids are told apart by thread."""

    def __init__(self, database: Database, tables: Tables, threads: Threads) -> None:
        self._database = database
        self._threads = threads
        items = tables.items.c
        thread = select(tables.threads.c.id).where(owned(tables)).scalar_subquery()
        named = and_(items.thread_id == thread, items.id == bindparam("item_id"))
        self._load = Query(select(items.document).where(named), database.engine)
        self._pages = {
            (descending, follows): Query(_page(tables, descending=descending, follows=follows), database.engine)
            for descending in (False, True)
            for follows in (False, True)
        }
        self._lock = select(tables.threads.c.id).where(owned(tables)).with_for_update(key_share=True)
        self._save = _upsert(database, tables)
        self._delete = delete(tables.items).where(named)

    async def load(self, owner: str, thread_id: str, item_id: str) -> ThreadItem:
        item = load(ITEMS, await self._require(owner, thread_id, item_id), item_id)
        if item is None:
            raise NotFoundError(f"There is no item {item_id} that this version can read.")
        return item

    async def page(self, owner: str, thread_id: str, after: str | None, limit: int, order: str) -> Page[ThreadItem]:
        descending = is_descending(limit, order)
        rows: Sequence[Any] = []
        if holds_id(thread_id) and (after is None or holds_id(after)):
            query = self._pages[descending, after is not None]
            cursor = {} if after is None else {"item_id": after}
            rows = await self._database.fetch(query, owner=owner, thread_id=thread_id, row_limit=limit + 1, **cursor)
        if not rows:  # nothing there, or no such thread, or no such cursor: only now it is worth a question
            await self._threads.require(owner, thread_id)
            if after is not None:
                await self._require(owner, thread_id, after)
        seen = rows[:limit]
        items = (load(ITEMS, document, item_id) for item_id, document in seen)
        more = len(rows) > limit
        return Page(data=[i for i in items if i is not None], has_more=more, after=seen[-1][0] if more else None)

    async def save(self, owner: str, thread_id: str, item: ThreadItem) -> None:
        """Appends the item, or replaces it where it stands.

        The thread's row is locked until the commit: places are given out in the order in which they become visible,
        so that a reader who follows the thread misses none.
        """
        if not holds_id(thread_id):
            raise no_thread(thread_id)
        values = {"thread_id": thread_id, "item_id": check_id(item.id), "document": dump(item)}

        async def append(connection: AsyncConnection) -> None:
            if (await connection.execute(self._lock, {"thread_id": thread_id, "owner": owner})).first() is None:
                raise no_thread(thread_id)
            await connection.execute(self._save, values)

        await self._database.transact(append)

    async def delete(self, owner: str, thread_id: str, item_id: str) -> None:
        storable = holds_id(thread_id) and holds_id(item_id)
        if not storable or not await self._database.write(
            self._delete, owner=owner, thread_id=thread_id, item_id=item_id
        ):
            raise _no_item(item_id)

    async def _require(self, owner: str, thread_id: str, item_id: str) -> str:
        rows: Sequence[Any] = []
        if holds_id(thread_id) and holds_id(item_id):
            rows = await self._database.fetch(self._load, owner=owner, thread_id=thread_id, item_id=item_id)
        if not rows:
            raise _no_item(item_id)
        return rows[0][0]


def _no_item(item_id: str) -> NotFoundError:
    return NotFoundError(f"There is no item {item_id} in this thread.")


def _page(tables: Tables, *, descending: bool, follows: bool) -> Any:
    """The thread's items by place, past `:item_id` when the page follows another.

    One statement does it all: a thread that is not the owner's, and an unknown cursor, compare as null: no rows.
    """
    items = tables.items.c
    thread = select(tables.threads.c.id).where(owned(tables)).scalar_subquery()
    query = select(items.id, items.document).where(items.thread_id == thread)
    if follows:
        cursor = tables.items.alias("cursor").c
        place = (
            select(cursor.place)
            .where(cursor.thread_id == bindparam("thread_id"), cursor.id == bindparam("item_id"))
            .scalar_subquery()
        )
        query = query.where(items.place < place if descending else items.place > place)
    return query.order_by(items.place.desc() if descending else items.place.asc()).limit(bindparam("row_limit"))


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
