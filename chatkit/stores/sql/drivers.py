"""What differs between SQLite and PostgreSQL: how to connect, to fetch, to begin a write, to read an error."""

import importlib
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    import aiosqlite
    import psycopg

__all__ = ["BUSY_TIMEOUT", "Driver", "PostgresDriver", "SQLiteDriver", "driver_for", "parse_url"]

BUSY_TIMEOUT = 30.0
"""Seconds that a SQLite connection waits for another's write to end."""

_CONNECT_TIMEOUT = 10
"""Seconds to wait for a PostgreSQL server that does not answer at all, unless the URL says otherwise."""

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
    def connect_arguments(self, url: URL) -> dict[str, object]:
        """What to open a connection with."""

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

    def connect_arguments(self, url: URL) -> dict[str, object]:
        return {"timeout": BUSY_TIMEOUT}

    async def fetch(self, connection: "aiosqlite.Connection", sql: str, values: Sequence[Any]) -> Sequence[Any]:
        return list(await connection.execute_fetchall(sql, values))

    def lacks_tables(self, error: BaseException) -> bool:
        return isinstance(error, sqlite3.OperationalError) and str(error).startswith(
            ("no such table", "no such column")
        )

    def is_busy(self, error: BaseException) -> bool:
        code = error.sqlite_errorcode & 0xFF if isinstance(error, sqlite3.OperationalError) else None
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class PostgresDriver(Driver):
    """PostgreSQL through psycopg."""

    extra = "postgres"
    begin = "BEGIN"
    pings = True
    insert = staticmethod(postgresql.insert)

    def load(self) -> ModuleType:
        return importlib.import_module("psycopg")

    def connect_arguments(self, url: URL) -> dict[str, object]:
        return {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_TIMEOUT}

    async def fetch(
        self, connection: "psycopg.AsyncConnection[tuple[Any, ...]]", sql: str, values: Mapping[str, Any]
    ) -> Sequence[Any]:
        cursor = await connection.execute(sql.encode(), values)
        return await cursor.fetchall()

    def lacks_tables(self, error: BaseException) -> bool:
        codes = self.errors.errors
        return isinstance(error, (codes.UndefinedTable, codes.UndefinedColumn, codes.InvalidSchemaName))


def driver_for(url: URL) -> Driver:
    """The driver of a URL that `parse_url` gave. Raises `ImportError` with the pip command when it is not installed."""
    return SQLiteDriver() if url.get_backend_name() == "sqlite" else PostgresDriver()
