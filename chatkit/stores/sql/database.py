"""Connections: one pool for readers, one writer at a time where the database has only one, errors made readable."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Executable, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from chatkit._masking import secrets_in, shown_url
from chatkit.stores.sql.drivers import Driver, SQLiteDriver, driver_for
from chatkit.stores.sql.errors import driver_error, unavailable

__all__ = ["Database", "Query", "adopt_engine", "open_engine"]

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

PING_AFTER = 1.0
"""Seconds of rest after which a pooled connection is tried before it is used."""

_RETURNED = "chatkit_returned"


class Query:
    """A statement that reads, compiled once."""

    __slots__ = ("_compiled", "_names", "sql")

    def __init__(self, statement: ClauseElement, engine: AsyncEngine) -> None:
        self._compiled = cast(SQLCompiler, statement.compile(dialect=engine.dialect))
        self._names = self._compiled.positiontup
        self.sql = self._compiled.string

    def values(self, named: Mapping[str, object]) -> Sequence[object] | Mapping[str, object]:
        """The parameters as the driver takes them."""
        values = self._compiled.construct_params(named)
        return values if self._names is None else [values[name] for name in self._names]


class Database:
    """An engine, and how this package uses it. Errors of the database leave as `StoreUnavailableError`.

    What was begun on a connection is done to its end in a task of its own, also when the caller is cancelled: a
    statement that is torn from its connection, in aiosqlite's thread or on the wire, leaves locks and transactions
    behind. `close` waits for such tasks.

    `prepare`, if given, is awaited once before the first use, and again at the next use as long as it fails.
    """

    def __init__(
        self, engine: AsyncEngine, driver: Driver, prepare: "Callable[[Database], Awaitable[None]] | None" = None
    ) -> None:
        self.engine = engine
        self.driver = driver
        url = engine.url.render_as_string(hide_password=False)
        self.where = shown_url(url)
        self._secrets = secrets_in(url)
        self._prepare = prepare
        self._preparing = asyncio.Lock()
        self._one_writer = asyncio.Lock() if isinstance(driver, SQLiteDriver) else None
        self._running: set[asyncio.Task[Any]] = set()

    async def fetch(self, query: Query, **values: object) -> Sequence[Any]:
        """All rows of a query.

        The driver runs it without SQLAlchemy's cursor in between: with aiosqlite every call on a cursor is a trip to
        another thread, and a page needs one trip, not five.
        """

        async def work(connection: AsyncConnection) -> Sequence[Any]:
            raw = await connection.get_raw_connection()
            try:
                return await self.driver.fetch(raw.driver_connection, query.sql, query.values(values))
            except self.driver.errors.Error as error:
                if self.engine.dialect.is_disconnect(error, cast(Any, raw.dbapi_connection), None):
                    await connection.invalidate(error)
                raise

        return await self.run(work)

    async def write(self, statement: Executable, **values: object) -> int:
        """Runs one statement that writes; says how many rows it wrote."""

        async def work(connection: AsyncConnection) -> int:
            result = await connection.execute(statement, values, execution_options={"preserve_rowcount": True})
            return result.rowcount

        await self._prepare_once()
        return await self._in_turn(self._connected(work))

    async def transact(self, work: Work[T], *, prepared: bool = True) -> T:
        """Runs statements in one transaction, committed unless they raise. SQLite's writers wait in a fair queue."""
        if prepared:
            await self._prepare_once()
        return await self._in_turn(self._connected(lambda connection: self._transaction(connection, work)))

    async def run(self, work: Work[T], *, prepared: bool = True) -> T:
        """Runs statements on a connection on which each is its own transaction."""
        if prepared:
            await self._prepare_once()
        return await self._to_its_end(self._connected(work))

    async def warm_up(self) -> None:
        """Opens all the connections that the pool keeps."""
        pool = self.engine.pool
        wanted = max(1, pool.size()) if isinstance(pool, AsyncAdaptedQueuePool) else 1
        all_open = asyncio.Barrier(wanted)

        async def wait_for_the_others(_: AsyncConnection) -> None:
            await all_open.wait()

        try:
            await asyncio.gather(*(self.run(wait_for_the_others) for _ in range(wanted)))
        except BaseException:
            await all_open.abort()
            raise

    async def close(self) -> None:
        """Waits for what is being done, and closes the pool."""
        if self._running:
            await asyncio.wait(self._running)
        await self.engine.dispose()

    async def _connected(self, work: Work[T]) -> T:
        try:
            connection = await self.engine.connect()
            try:
                return await work(connection)
            finally:
                await connection.close()
        except Exception as error:
            fault = unavailable(error, self.driver, self.where, self._secrets)
            if fault is None:
                raise
            raise fault from driver_error(error)

    async def _transaction(self, connection: AsyncConnection, work: Work[T]) -> T:
        await connection.exec_driver_sql(self.driver.begin)
        try:
            result = await work(connection)
            await connection.exec_driver_sql("COMMIT")
        except BaseException:
            await _roll_back(connection)
            raise
        return result

    async def _prepare_once(self) -> None:
        if self._prepare is None:
            return
        async with self._preparing:
            if self._prepare is not None:
                await self._prepare(self)
                self._prepare = None

    async def _in_turn(self, work: Coroutine[Any, Any, T]) -> T:
        """As `_to_its_end`, one after the other where the database has one writer. Who waits can be cancelled."""
        lock = self._one_writer
        if lock is None:
            return await self._to_its_end(work)
        try:
            await lock.acquire()
        except BaseException:
            work.close()
            raise
        return await self._to_its_end(work, lambda _: lock.release())

    async def _to_its_end(
        self, work: Coroutine[Any, Any, T], when_done: Callable[[asyncio.Task[T]], None] | None = None
    ) -> T:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._forget)
        if when_done is not None:
            task.add_done_callback(when_done)
        return await asyncio.shield(task)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # if the caller is gone, nobody else will look


async def _roll_back(connection: AsyncConnection) -> None:
    try:
        await connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError as error:
        await connection.invalidate(error)  # it must not go back to the pool with a transaction open


def open_engine(url: URL, *, ping: bool = True, **pool: Any) -> AsyncEngine:
    """An engine for a URL that `parse_url` gave. Nothing is connected yet.

    `pool`: SQLAlchemy's `pool_size`, `max_overflow`, `pool_timeout`, `pool_recycle`.
    """
    driver = driver_for(url)
    if isinstance(driver, SQLiteDriver) and url.database in (None, "", ":memory:"):
        pool = {**pool, "pool_size": 1, "max_overflow": 0}  # a second connection would be another database
    engine = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,  # they are what people wrote: not for logs
        connect_args=driver.connect_arguments(url),
        poolclass=AsyncAdaptedQueuePool,
        **pool,
    )
    if isinstance(driver, SQLiteDriver):
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    if ping and driver.pings:
        _ping_the_rested(engine)
    return engine


def adopt_engine(engine: AsyncEngine) -> AsyncEngine:
    """The caller's engine as this package uses one; its pool is shared. SQLite gets its settings on new connections."""
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine.pool, "connect", _set_up_sqlite)
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Foreign keys are off unless asked for; with a write-ahead log, a commit need not wait for the disk to be safe."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _ping_the_rested(engine: AsyncEngine) -> None:
    """Has dead connections replaced before they are used, as `pool_pre_ping` does, but asks only those that rested.

    A ping before every statement would nearly double the time of a short query.
    """
    dialect = engine.sync_engine.dialect

    def returned(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_RETURNED] = time.monotonic()

    def leaves(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
        now = time.monotonic()
        if now - entry.info.pop(_RETURNED, now) < PING_AFTER:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("The connection died while it rested.") from error

    event.listen(engine.sync_engine, "checkin", returned)
    event.listen(engine.sync_engine, "checkout", leaves)
