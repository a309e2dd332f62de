"""Todos in a table of their own. Every statement names the owner, so nobody reaches another's todos."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Delete,
    Float,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Update,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.event import listen
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from chatkit.demo.todos.model import Todo, TodoError, clean_title
from chatkit.stores.sql.drivers import parse_url

__all__ = ["MAX_TODOS", "TodoDatabase", "TodoList"]

MAX_TODOS = 100
"""The most todos that one owner can have."""

_FULL = f"That does not fit: a list has room for {MAX_TODOS} todos. Clear completed ones first."
_BUSY_SECONDS = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_METADATA = MetaData()
_TODOS = Table(
    "demo_todos",
    _METADATA,
    Column("place", Integer, primary_key=True),  # the order in which todos were added
    Column("id", String, nullable=False, unique=True),
    Column("owner", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since 1970, UTC: SQLite knows no time zones
    Column("done_at", Float),
)


class TodoDatabase:
    """Everybody's todos. `of(owner)` is the list of one user, and the only way in."""

    def __init__(self, url: str) -> None:
        """Nothing is opened before `open()`. `url` is of the kind that `SQLStore` takes."""
        self.engine = create_async_engine(parse_url(url), hide_parameters=True)
        if self.engine.dialect.name == "sqlite":
            listen(self.engine.sync_engine, "connect", _set_up_sqlite)

    async def open(self) -> None:
        """Creates the table unless it exists."""
        async with self.engine.begin() as connection:
            await connection.run_sync(_METADATA.create_all)

    async def close(self) -> None:
        """Closes all connections."""
        await self.engine.dispose()

    def of(self, owner: str) -> "TodoList":
        """The list of one user."""
        return TodoList(self.engine, owner)


@dataclass(frozen=True, slots=True)
class TodoList:
    """One user's todos. Ids of todos that are gone, or never were, are passed over."""

    engine: AsyncEngine
    owner: str

    async def all(self) -> list[Todo]:
        """All todos, oldest first: the place in this list is the number that users call them by."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(_TODOS).where(_TODOS.c.owner == self.owner).order_by(_TODOS.c.place))
            return [_todo(row) for row in rows]

    async def add(self, titles: Sequence[str]) -> list[Todo]:
        """Adds todos, all of them or none. Raises `TodoError` for a title that is none, and when the list is full."""
        if len(titles) > MAX_TODOS:
            raise TodoError(_FULL)
        now = datetime.now(UTC)
        todos = [Todo(_new_id(), clean_title(title), created_at=now) for title in titles]
        if not todos:
            raise TodoError("A todo needs a title.")
        async with self.engine.begin() as connection:
            # First the insert: it makes other writers wait, so that what is counted then stays true.
            await connection.execute(insert(_TODOS), [_values(todo, self.owner) for todo in todos])
            if (await connection.scalars(self._count())).one() > MAX_TODOS:
                raise TodoError(_FULL)
        return todos

    async def set_done(self, ids: Sequence[str], done: bool = True) -> int:
        """Marks todos as done or open; says how many that changed."""
        changing = _TODOS.c.done_at.is_(None) if done else _TODOS.c.done_at.is_not(None)
        statement = update(_TODOS).where(_TODOS.c.owner == self.owner, _TODOS.c.id.in_(ids), changing)
        return await self._write(statement.values(done_at=time.time() if done else None))

    async def delete(self, ids: Sequence[str]) -> int:
        """Deletes todos; says how many there were."""
        return await self._write(delete(_TODOS).where(_TODOS.c.owner == self.owner, _TODOS.c.id.in_(ids)))

    async def clear_completed(self) -> int:
        """Deletes all todos that are done; says how many there were."""
        return await self._write(delete(_TODOS).where(_TODOS.c.owner == self.owner, _TODOS.c.done_at.is_not(None)))

    def _count(self) -> Select[int]:
        return select(func.count()).select_from(_TODOS).where(_TODOS.c.owner == self.owner)

    async def _write(self, statement: Update | Delete) -> int:
        async with self.engine.begin() as connection:
            return (await connection.execute(statement)).rowcount


def _new_id() -> str:
    return f"todo_{os.urandom(10).hex()}"


def _values(todo: Todo, owner: str) -> dict[str, Any]:
    created_at = todo.created_at.timestamp()
    return {"id": todo.id, "owner": owner, "title": todo.title, "created_at": created_at, "done_at": None}


def _todo(row: Row[Any]) -> Todo:
    done_at = None if row.done_at is None else _time(row.done_at)
    return Todo(id=row.id, title=row.title, created_at=_time(row.created_at), done_at=done_at)


def _time(seconds: float) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Readers do not wait for a writer, and writers wait for each other."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    cursor.close()
