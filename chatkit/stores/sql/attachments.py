"""What is known of attachments, in the database: the statements, and what runs them."""

from typing import Any

from sqlalchemy import and_, bindparam, delete, select

from chatkit.store import NotFoundError
from chatkit.store.records import ATTACHMENTS, check_id, dump, holds_id, load
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.schema import Tables
from chatkit.types import Attachment

__all__ = ["Attachments"]


class Attachments:
    """The attachments of one database. Every statement names the owner."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        attachments = tables.attachments.c
        named = and_(attachments.id == bindparam("attachment_id"), attachments.owner == bindparam("owner"))
        self._load = Query(select(attachments.document).where(named), database.engine)
        self._save = _upsert(database, tables)
        self._delete = delete(tables.attachments).where(named)

    async def load(self, owner: str, attachment_id: str) -> Attachment:
        storable = holds_id(attachment_id)
        rows = await self._database.fetch(self._load, owner=owner, attachment_id=attachment_id) if storable else ()
        if not rows:
            raise _no_attachment(attachment_id)
        attachment = load(ATTACHMENTS, rows[0][0], attachment_id)
        if attachment is None:
            raise NotFoundError(f"There is no attachment {attachment_id} that this version can read.")
        return attachment

    async def save(self, owner: str, attachment: Attachment) -> None:
        written = await self._database.write(
            self._save,
            id=check_id(attachment.id),
            owner=owner,
            thread_id=None if attachment.thread_id is None else check_id(attachment.thread_id),
            document=dump(attachment),
        )
        if not written:
            raise _no_attachment(attachment.id)

    async def delete(self, owner: str, attachment_id: str) -> None:
        storable = holds_id(attachment_id)
        if not storable or not await self._database.write(self._delete, owner=owner, attachment_id=attachment_id):
            raise _no_attachment(attachment_id)


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
