"""What differs between SQLite and PostgreSQL: how to connect, to fetch, to begin a write, to read an error."""

import asyncio
import importlib
import os
import socket
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from sqlalchemy import URL, ColumnElement, LargeBinary, func, make_url
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    import aiosqlite
    import psycopg

__all__ = ["BUSY_TIMEOUT", "STOP_TIMEOUT", "Driver", "PostgresDriver", "SQLiteDriver", "driver_for", "parse_url"]

BUSY_TIMEOUT = 30.0
"""Seconds that a SQLite connection waits for another's write to end."""

STOP_TIMEOUT = 1.0
"""Seconds that a database has to end a statement it was asked to stop, before its connection is cut."""

_CONNECT_TIMEOUT = 10
"""Seconds to wait for a PostgreSQL server that does not answer at all, unless the URL says otherwise."""

_THREAD_SECONDS = 5.0
"""How long the thread of a connection that could not be had is waited for."""

_DRIVER_NAMES = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


def parse_url(url: str | URL) -> URL:
    """The URL with the driver that the store uses. Raises `ValueError` for databases that it does not know."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # whose text may have a piece of the password
        raise ValueError(
            "The database's URL cannot be read: it is written postgresql+psycopg://user:password@host:5432/name, with "
            "special characters in the password as %…"
        ) from None
    if parsed.drivername not in _DRIVER_NAMES:
        known = ", ".join(sorted(set(_DRIVER_NAMES.values())))
        raise ValueError(f"SQLStore does not know {parsed.drivername}: use one of {known}.")
    return parsed.set(drivername=_DRIVER_NAMES[parsed.drivername])


class Driver(ABC):
    """One database's ways."""

    extra: str
    begin: str
    """Begins a transaction that will write."""
    pings: bool
    """Whether a pooled connection can go dead while nobody looks."""
    insert: Callable[..., sqlite.Insert] | Callable[..., postgresql.Insert]

    def __init__(self) -> None:
        try:
            self.errors = self.load()
        except ImportError as error:
            raise ImportError(
                f"This database needs a package that is not installed: pip install 'open-chatkit[{self.extra}]'"
            ) from error

    @abstractmethod
    def load(self) -> ModuleType:
        """Imports the driver; gives the module that has its exceptions, under the names of PEP 249."""

    @abstractmethod
    def connect_arguments(self, url: URL, busy_timeout: float = BUSY_TIMEOUT) -> dict[str, object]:
        """What to open a connection with."""

    @abstractmethod
    def before_connecting(self, arguments: Sequence[Any]) -> None:
        """What is done ahead of the driver's `connect(*arguments)`."""

    @abstractmethod
    def set_up(self, connection: DBAPIConnection) -> None:
        """What is done to a new connection, as SQLAlchemy has it, before it is used."""

    @abstractmethod
    async def stop(self, connection: Any) -> None:
        """Asks the database to give up what it does on the driver's connection."""

    @abstractmethod
    def cut(self, connection: Any) -> None:
        """Makes what is waited for on the driver's connection fail at once, if the database is silent."""

    @abstractmethod
    def octets(self, column: ColumnElement[str]) -> ColumnElement[int]:
        """How long a text is in bytes of UTF-8."""

    @abstractmethod
    async def fetch(self, connection: Any, sql: str, values: Any) -> Sequence[Any]:
        """All rows of a statement, on the driver's own connection, in as few turns as the driver allows."""

    @abstractmethod
    def lacks_tables(self, error: BaseException) -> bool:
        """Whether the error says that the schema was never made, or is of an older version."""

    def is_fault(self, error: BaseException) -> bool:
        """Whether the error is the database's, not the statement's."""
        errors = self.errors
        faults = (errors.OperationalError, errors.InterfaceError, errors.InternalError, OSError)
        return isinstance(error, faults) or type(error) is errors.DatabaseError

    def is_busy(self, error: BaseException) -> bool:
        """Whether another process is in the way, so that trying again will help."""
        return False


class SQLiteDriver(Driver):
    """SQLite through aiosqlite: a file, one writer at a time."""

    extra = "sqlite"
    begin = "BEGIN IMMEDIATE"
    pings = False
    insert = staticmethod(sqlite.insert)

    def load(self) -> ModuleType:
        importlib.import_module("aiosqlite")
        return sqlite3

    def connect_arguments(self, url: URL, busy_timeout: float = BUSY_TIMEOUT) -> dict[str, object]:
        return {"timeout": busy_timeout, "async_creator_fn": _connected}

    def before_connecting(self, arguments: Sequence[Any]) -> None:
        """Makes a new database's file, so that nobody but its user can read it.

        SQLite would make it as the umask says; it gives its log and its index the mode that the file has. A file that
        is there keeps its mode.
        """
        path = _file_of(str(arguments[0])) if arguments else None
        if path is None:
            return
        with suppress(OSError):  # it is there, or cannot be made: SQLite tells
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def set_up(self, connection: DBAPIConnection) -> None:
        """Foreign keys are off unless asked for; with a write-ahead log, a commit need not wait for the disk."""
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    async def stop(self, connection: "aiosqlite.Connection") -> None:
        await connection.interrupt()

    def cut(self, connection: "aiosqlite.Connection") -> None:
        """Nothing: a statement that was interrupted ends by itself, and one that waits does so for `BUSY_TIMEOUT`."""

    def octets(self, column: ColumnElement[str]) -> ColumnElement[int]:
        return func.length(sql_cast(column, LargeBinary))  # octet_length() is younger than some that are in use

    async def fetch(self, connection: "aiosqlite.Connection", sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return list(await connection.execute_fetchall(sql, values))

    def lacks_tables(self, error: BaseException) -> bool:
        return isinstance(error, sqlite3.OperationalError) and str(error).startswith(
            ("no such table", "no such column")
        )

    def is_busy(self, error: BaseException) -> bool:
        code = error.sqlite_errorcode & 0xFF if isinstance(error, sqlite3.OperationalError) else None
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


async def _connected(*arguments: Any, **named: Any) -> "aiosqlite.Connection":
    """A new connection.

    When it cannot be had, aiosqlite tells its thread to end and waits for nothing; the thread would then report to an
    event loop that may be closed by now.
    """
    import aiosqlite

    connection = aiosqlite.connect(*arguments, **named)
    thread = cast(Thread, getattr(connection, "_thread", connection))  # it was a thread itself before 0.22
    thread.daemon = True
    try:
        return await connection
    except BaseException:
        await asyncio.to_thread(thread.join, _THREAD_SECONDS)
        raise


class PostgresDriver(Driver):
    """PostgreSQL through psycopg."""

    extra = "postgres"
    begin = "BEGIN"
    pings = True
    insert = staticmethod(postgresql.insert)

    def load(self) -> ModuleType:
        return importlib.import_module("psycopg")

    def connect_arguments(self, url: URL, busy_timeout: float = BUSY_TIMEOUT) -> dict[str, object]:
        return {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_TIMEOUT}

    def before_connecting(self, arguments: Sequence[Any]) -> None:
        """Nothing."""

    def set_up(self, connection: DBAPIConnection) -> None:
        """Prepares no statements where a pool stands in between.

        One that gives each transaction another of its connections (PgBouncer's transaction mode) would have them be
        unknown, or known already. Pools are told by the process that answers: it is not the one that they named.
        """
        cursor = connection.cursor()
        cursor.execute("SELECT pg_backend_pid()")
        answering = cursor.fetchone()
        cursor.close()
        connection.rollback()  # for connections that began a transaction for it
        own: psycopg.AsyncConnection[Any] = cast(Any, connection).driver_connection
        if answering is None or answering[0] != own.info.backend_pid:
            own.prepare_threshold = None

    async def stop(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        await connection.cancel_safe(timeout=STOP_TIMEOUT)

    def cut(self, connection: "psycopg.AsyncConnection[Any]") -> None:
        """Closes the way to the server. The driver notices it as if the server had done so.

        Cancelling the task instead would have the driver ask the server first, for as long as ten seconds.
        """
        if connection.closed:
            return
        opened = socket.socket(fileno=connection.fileno())
        try:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        finally:
            opened.detach()  # it is the driver's to close

    def octets(self, column: ColumnElement[str]) -> ColumnElement[int]:
        return func.octet_length(column)

    async def fetch(
        self, connection: "psycopg.AsyncConnection[tuple[Any, ...]]", sql: str, values: Mapping[str, Any]
    ) -> Sequence[Any]:
        cursor = await connection.execute(sql.encode(), values)
        return await cursor.fetchall()

    def lacks_tables(self, error: BaseException) -> bool:
        codes = self.errors.errors
        return isinstance(error, (codes.UndefinedTable, codes.UndefinedColumn, codes.InvalidSchemaName))


def _file_of(database: str) -> Path | None:
    """The file that SQLite makes when it opens this, if it makes one."""
    if database in ("", ":memory:"):
        return None
    if not database.startswith("file:"):
        return Path(database)
    address, _, query = database.removeprefix("file:").partition("?")
    makes_one = "mode=" not in query or "mode=rwc" in query
    return Path(unquote(address)) if makes_one and address not in ("", ":memory:") else None


def driver_for(url: URL) -> Driver:
    """The driver of a URL that `parse_url` gave. Raises `ImportError` with the pip command when it is not installed."""
    return SQLiteDriver() if url.get_backend_name() == "sqlite" else PostgresDriver()
