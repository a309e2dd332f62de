"""What is known of attachments, in the database: the statements, and what runs them."""

from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from chatkit.store import NotFoundError
from chatkit.store.records import ATTACHMENTS, check_id, from_document, holds_id, to_document, whole_text
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.schema import Tables
from chatkit.types import Attachment

__all__ = ["Attachments"]


class Attachments:
    """The attachments of one database. Every statement names the owner."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        attachments, uses = tables.attachments.c, tables.uses.c
        mine = attachments.owner == bindparam("owner")
        named = and_(attachments.id == bindparam("attachment_id"), mine)
        used = select(uses.attachment_id).where(uses.thread_id == bindparam("thread_id"))
        here = and_(mine, attachments.id.in_(used))
        self._load = Query(select(attachments.document).where(named), database.engine)
        self._save = _upsert(database, tables)
        self._use = (
            database.driver.insert(tables.uses)
            .values(attachment_id=bindparam("attachment_id"), thread_id=bindparam("thread_id"))
            .on_conflict_do_nothing()
        )
        self._delete = delete(tables.attachments).where(named)
        self._lock_here = select(attachments.id).where(here).order_by(attachments.id).with_for_update()
        only_here = and_(here, ~_used_elsewhere(tables))
        self._list_only_here = Query(select(attachments.id).where(only_here).order_by(attachments.id), database.engine)
        self._delete_only_here = delete(tables.attachments).where(only_here)
        owned = select(attachments.id).where(mine)
        self._forget_uses = delete(tables.uses).where(
            uses.thread_id == bindparam("thread_id"), uses.attachment_id.in_(owned)
        )

    async def load(self, owner: str, attachment_id: str) -> Attachment:
        known = whole_text(attachment_id)
        rows = await self._database.fetch(self._load, owner=owner, attachment_id=known) if holds_id(known) else ()
        if not rows:
            raise _no_attachment(attachment_id)
        attachment = from_document(ATTACHMENTS, rows[0][0], attachment_id)
        if attachment is None:
            raise NotFoundError(f"There is no attachment {attachment_id} that this version can read.")
        return attachment

    async def save(self, owner: str, attachment: Attachment) -> None:
        await self._database.transact(lambda connection: self.put(connection, owner, attachment))

    async def put(self, connection: AsyncConnection, owner: str, attachment: Attachment) -> None:
        """Saves it within a transaction, and that its thread uses it, beside those that did before."""
        attachment_id = check_id(attachment.id)
        thread_id = None if attachment.thread_id is None else check_id(attachment.thread_id)
        row = {"id": attachment_id, "owner": owner, "thread_id": thread_id, "document": to_document(attachment)}
        saved = await connection.execute(self._save, row, execution_options={"preserve_rowcount": True})
        if not saved.rowcount:
            raise _no_attachment(attachment.id)
        if thread_id is not None:
            await connection.execute(self._use, {"attachment_id": attachment_id, "thread_id": thread_id})

    async def delete(self, owner: str, attachment_id: str) -> None:
        known = whole_text(attachment_id)
        if not holds_id(known) or not await self._database.write(self._delete, owner=owner, attachment_id=known):
            raise _no_attachment(attachment_id)

    async def list_only_here(self, owner: str, thread_id: str) -> list[str]:
        """Those that this thread uses and no other of the owner's."""
        rows = await self._database.fetch(self._list_only_here, owner=owner, thread_id=thread_id)
        return [attachment_id for (attachment_id,) in rows]

    async def leave(self, connection: AsyncConnection, owner: str, thread_id: str) -> None:
        """The thread goes: what it alone uses goes with it, what others use stays theirs."""
        named = {"owner": owner, "thread_id": thread_id}
        # Who is about to use one of them elsewhere is waited for; only then is it seen who does.
        await connection.execute(self._lock_here, named)
        await connection.execute(self._delete_only_here, named)
        await connection.execute(self._forget_uses, named)


def _used_elsewhere(tables: Tables) -> ColumnElement[bool]:
    """Whether another of the owner's threads uses the attachment. A use of a thread that is gone is none."""
    uses, threads = tables.uses.c, tables.threads.c
    return exists(
        select(uses.attachment_id)
        .join(tables.threads, threads.id == uses.thread_id)
        .where(
            uses.attachment_id == tables.attachments.c.id,
            uses.thread_id != bindparam("thread_id"),
            threads.owner == bindparam("owner"),
        )
        .correlate(tables.attachments)
    )


def _no_attachment(attachment_id: str) -> NotFoundError:
    return NotFoundError(f"There is no attachment {attachment_id}.")


def _upsert(database: Database, tables: Tables) -> Any:
    """Writes no row when the id is another owner's."""
    attachments = tables.attachments.c
    insert = database.driver.insert(tables.attachments).values(
        {name: bindparam(name) for name in ("id", "owner", "thread_id", "document")}
    )
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=[attachments.id],
        set_={"thread_id": new.thread_id, "document": new.document},
        where=attachments.owner == new.owner,
    )
