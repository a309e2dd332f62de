"""Sessions in the database. Their times are those of the processes that gave them out."""

import time
from collections.abc import Collection

from sqlalchemy import bindparam, delete, insert, select, update

from chatkit.store.records import holds_id
from chatkit.store.sessions import KEPT_SECONDS, SessionRecord, SessionRecords
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.schema import Tables

__all__ = ["SQLSessionRecords"]


class SQLSessionRecords(SessionRecords):
    """Those of one database."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        table, sessions = tables.sessions, tables.sessions.c
        named = sessions.id == bindparam("session_id")
        self._add = insert(table)
        self._forget = delete(table).where(sessions.expires_at < bindparam("before"))
        self._cancel = update(table).where(named).values(cancelled=True)
        self._load = Query(
            select(sessions.user_id, sessions.expires_at, sessions.document, sessions.files).where(named),
            database.engine,
        )
        live = sessions.cancelled & (sessions.expires_at > bindparam("now"))
        self._cancelled = Query(select(sessions.id).where(live), database.engine)
        room = named & (sessions.files < bindparam("most"))
        self._count = update(table).where(room).values(files=sessions.files + 1)

    async def add(self, record: SessionRecord) -> None:
        await self._database.write(self._forget, fenced=False, before=time.time() - KEPT_SECONDS)
        await self._database.write(
            self._add,
            fenced=False,
            id=record.id,
            user_id=record.user,
            expires_at=record.expires_at,
            document=record.document,
            cancelled=record.cancelled,
            files=record.files,
        )

    async def cancel(self, session_id: str) -> SessionRecord | None:
        if not holds_id(session_id) or not await self._database.write(
            self._cancel, fenced=False, session_id=session_id
        ):
            return None
        [(user, expires_at, document, files)] = await self._database.fetch(self._load, session_id=session_id)
        return SessionRecord(session_id, user, expires_at, document, cancelled=True, files=files)

    async def cancelled(self) -> Collection[str]:
        return [session_id for (session_id,) in await self._database.fetch(self._cancelled, now=time.time())]

    async def count_file(self, session_id: str, most: int) -> bool:
        counted = await self._database.write(self._count, fenced=False, session_id=session_id, most=most)
        return counted > 0
