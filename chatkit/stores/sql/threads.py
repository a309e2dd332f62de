"""Threads in the database: the statements, and what runs them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from chatkit.store import NotFoundError, ThreadChanges
from chatkit.store.records import THREADS, check_id, from_document, holds_id, to_document, whole_text
from chatkit.stores.sql.attachments import Attachments
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.pages import Pages
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

    def __init__(self, database: Database, tables: Tables, attachments: Attachments) -> None:
        self._database = database
        self._tables = tables
        self._attachments = attachments
        document = select(tables.threads.c.document).where(owned(tables))
        self._load = Query(document, database.engine)
        self._lock = document.with_for_update(key_share=True)
        self._pages = Pages(database, tables.threads, THREADS, self._rows)
        self._save = _upsert(database, tables)
        # Names of its own: SQLAlchemy keeps those of columns for the values that it sets.
        threads = tables.threads.c
        locked = and_(threads.id == bindparam("locked_id"), threads.owner == bindparam("locked_owner"))
        self._change = update(tables.threads).where(locked).values(document=bindparam("changed"))
        self._delete = delete(tables.threads).where(owned(tables))

    async def require(self, owner: str, thread_id: str) -> str:
        """The thread's document. Raises `NotFoundError`."""
        known = whole_text(thread_id)
        rows = await self._database.fetch(self._load, owner=owner, thread_id=known) if holds_id(known) else ()
        if not rows:
            raise no_thread(thread_id)
        return rows[0][0]

    async def lock(self, connection: AsyncConnection, owner: str, thread_id: str) -> str:
        """The thread's document, in a transaction that keeps others from writing the thread or any of its items.

        So places are given out in the order in which they become visible: a reader who follows the thread misses none.
        Raises `NotFoundError`.
        """
        known = whole_text(thread_id)
        if not holds_id(known):
            raise no_thread(thread_id)
        row = (await connection.execute(self._lock, {"thread_id": known, "owner": owner})).first()
        if row is None:
            raise no_thread(thread_id)
        return row[0]

    async def load(self, owner: str, thread_id: str) -> ThreadMetadata:
        return _read(await self.require(owner, thread_id), thread_id)

    async def page(
        self, owner: str, limit: int, after: str | None, order: str, max_bytes: int | None = None
    ) -> Page[ThreadMetadata]:
        page: Page[ThreadMetadata] = Page()
        known = None if after is None else whole_text(after)
        cursor = {} if known is None else {"thread_id": known}
        if known is None or holds_id(known):
            page = await self._pages.load(limit, order, max_bytes, cursor, owner=owner)
        if not page.data and after is not None:
            await self.require(owner, after)
        return page

    async def save(self, owner: str, thread: ThreadMetadata) -> None:
        await self._database.transact(lambda connection: self.put(connection, owner, thread))

    async def put(self, connection: AsyncConnection, owner: str, thread: ThreadMetadata) -> None:
        """Creates the thread or replaces its metadata, within a transaction."""
        row = {
            "id": check_id(thread.id),
            "owner": owner,
            "created_at": as_utc(thread.created_at),
            "document": to_document(thread),
        }
        if not (await connection.execute(self._save, row, execution_options={"preserve_rowcount": True})).rowcount:
            raise no_thread(thread.id)

    async def update(self, owner: str, thread_id: str, changes: ThreadChanges) -> ThreadMetadata:
        async def change(connection: AsyncConnection) -> ThreadMetadata:
            thread = changes.applied_to(_read(await self.lock(connection, owner, thread_id), thread_id))
            named = {"locked_owner": owner, "locked_id": whole_text(thread_id)}
            await connection.execute(self._change, {**named, "changed": to_document(thread)})
            return thread

        return await self._database.transact(change)

    async def delete(self, owner: str, thread_id: str) -> None:
        """Deletes the thread, its items by cascade, and what is known of the attachments that it alone uses."""
        known = whole_text(thread_id)
        if not holds_id(known):
            raise no_thread(thread_id)

        async def delete_all(connection: AsyncConnection) -> None:
            if not (await connection.execute(self._delete, {"owner": owner, "thread_id": known})).rowcount:
                raise no_thread(thread_id)
            await self._attachments.leave(connection, owner, known)

        await self._database.transact(delete_all)

    async def attachment_ids(self, owner: str, thread_id: str) -> list[str]:
        await self.require(owner, thread_id)
        return await self._attachments.list_only_here(owner, whole_text(thread_id))

    def _rows(self, columns: Sequence[ColumnElement[Any]], *, descending: bool, follows: bool) -> Select[Any]:
        """The owner's threads by time and id, past `:thread_id` when the page follows another.

        The cursor's own row is looked up in the same statement: an unknown cursor compares as null and finds nothing.
        """
        threads = self._tables.threads.c
        query = select(*columns).where(threads.owner == bindparam("owner"))
        if follows:
            created_at = select(threads.created_at).where(owned(self._tables)).correlate(None).scalar_subquery()
            place, cursor = tuple_(threads.created_at, threads.id), tuple_(created_at, bindparam("thread_id"))
            query = query.where(place < cursor if descending else place > cursor)
        order = (threads.created_at, threads.id)
        return query.order_by(*(column.desc() if descending else column.asc() for column in order))


def _read(document: str, thread_id: str) -> ThreadMetadata:
    thread = from_document(THREADS, document, thread_id)
    if thread is None:
        raise NotFoundError(f"There is no thread {thread_id} that this version can read.")
    return thread


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
