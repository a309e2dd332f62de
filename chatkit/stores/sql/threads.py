"""Threads in the database: the statements, and what runs them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from chatkit.store import NotFoundError
from chatkit.store.records import THREADS, check_id, dump, holds_id, is_descending, load
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.schema import Tables
from chatkit.types import Page, ThreadMetadata
from chatkit.types._times import as_utc

__all__ = ["Threads", "no_thread", "owned"]


def owned(tables: Tables) -> ColumnElement[bool]:
    """The one thread `:thread_id`, if it is `:owner`'s."""
    return and_(tables.threads.c.id == bindparam("thread_id"), tables.threads.c.owner == bindparam("owner"))


def no_thread(thread_id: str) -> NotFoundError:
    """What says that there is no such thread, or that it is someone else's."""
    return NotFoundError(f"There is no thread {thread_id}.")


class Threads:
    """The threads of one database. Every statement names the owner."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._load = Query(select(tables.threads.c.document).where(owned(tables)), database.engine)
        self._pages = {
            (descending, follows): Query(_page(tables, descending=descending, follows=follows), database.engine)
            for descending in (False, True)
            for follows in (False, True)
        }
        self._save = _upsert(database, tables)
        self._delete = delete(tables.threads).where(owned(tables))
        attachments = tables.attachments.c
        self._attachments = and_(
            attachments.thread_id == bindparam("thread_id"), attachments.owner == bindparam("owner")
        )
        self._delete_attachments = delete(tables.attachments).where(self._attachments)
        self._list_attachments = Query(
            select(attachments.id).where(self._attachments).order_by(attachments.id), database.engine
        )

    async def require(self, owner: str, thread_id: str) -> str:
        """The thread's document. Raises `NotFoundError`."""
        rows = await self._database.fetch(self._load, owner=owner, thread_id=thread_id) if holds_id(thread_id) else ()
        if not rows:
            raise no_thread(thread_id)
        return rows[0][0]

    async def load(self, owner: str, thread_id: str) -> ThreadMetadata:
        thread = load(THREADS, await self.require(owner, thread_id), thread_id)
        if thread is None:
            raise NotFoundError(f"There is no thread {thread_id} that this version can read.")
        return thread

    async def page(self, owner: str, limit: int, after: str | None, order: str) -> Page[ThreadMetadata]:
        descending = is_descending(limit, order)
        rows: Sequence[Any] = []
        if after is None or holds_id(after):
            query = self._pages[descending, after is not None]
            cursor = {} if after is None else {"thread_id": after}
            rows = await self._database.fetch(query, owner=owner, row_limit=limit + 1, **cursor)
        if not rows and after is not None:
            await self.require(owner, after)
        seen = rows[:limit]
        threads = (load(THREADS, document, thread_id) for thread_id, document in seen)
        more = len(rows) > limit
        return Page(data=[t for t in threads if t is not None], has_more=more, after=seen[-1][0] if more else None)

    async def save(self, owner: str, thread: ThreadMetadata) -> None:
        written = await self._database.write(
            self._save,
            id=check_id(thread.id),
            owner=owner,
            created_at=as_utc(thread.created_at),
            document=dump(thread),
        )
        if not written:
            raise no_thread(thread.id)

    async def delete(self, owner: str, thread_id: str) -> None:
        """Deletes the thread, its items by cascade, and what is known of its attachments."""
        if not holds_id(thread_id):
            raise no_thread(thread_id)
        named = {"owner": owner, "thread_id": thread_id}

        async def delete_both(connection: AsyncConnection) -> None:
            if not (await connection.execute(self._delete, named)).rowcount:
                raise no_thread(thread_id)
            await connection.execute(self._delete_attachments, named)

        await self._database.transact(delete_both)

    async def attachment_ids(self, owner: str, thread_id: str) -> list[str]:
        await self.require(owner, thread_id)
        rows = await self._database.fetch(self._list_attachments, owner=owner, thread_id=thread_id)
        return [attachment_id for (attachment_id,) in rows]


def _page(tables: Tables, *, descending: bool, follows: bool) -> Any:
    """The owner's threads by time and id, past `:thread_id` when the page follows another.

    The cursor's own row is looked up in the same statement: an unknown cursor compares as null and finds nothing.
    """
    threads = tables.threads.c
    query = select(threads.id, threads.document).where(threads.owner == bindparam("owner"))
    if follows:
        created_at = select(threads.created_at).where(owned(tables)).correlate(None).scalar_subquery()
        place, cursor = tuple_(threads.created_at, threads.id), tuple_(created_at, bindparam("thread_id"))
        query = query.where(place < cursor if descending else place > cursor)
    columns = (threads.created_at, threads.id)
    query = query.order_by(*(column.desc() if descending else column.asc() for column in columns))
    return query.limit(bindparam("row_limit"))


def _upsert(database: Database, tables: Tables) -> Any:
    """Writes no row when the id is another owner's."""
    insert = database.driver.insert(tables.threads).values(
        {name: bindparam(name) for name in ("id", "owner", "created_at", "document")}
    )
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=[tables.threads.c.id],
        set_={"created_at": new.created_at, "document": new.document},
        where=tables.threads.c.owner == new.owner,
    )
