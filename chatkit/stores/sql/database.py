"""Connections: one pool for readers, one writer at a time where the database has only one, errors made readable."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Executable, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from chatkit._masking import secrets_in, shown_url
from chatkit.live import Fence, current_fence
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError
from chatkit.stores.sql.drivers import BUSY_TIMEOUT, STOP_TIMEOUT, Driver, SQLiteDriver, driver_for
from chatkit.stores.sql.errors import FaultLog, driver_error, unavailable
from chatkit.stores.sql.watch import Watch

__all__ = ["Database", "Query", "adopt_engine", "driver_connection", "open_engine"]

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
Guard = Callable[[AsyncConnection, Fence], Awaitable[None]]
"""Raises `LeaseLostError` unless the fence still holds, and keeps it from being lost while the transaction goes on."""

PING_AFTER = 1.0
"""Seconds of rest after which a pooled connection is tried before it is used."""

PING_TIMEOUT = 5.0
"""Seconds that a server has to answer such a try."""

_RETURNED = "chatkit_returned"


class _BrokenConnectionError(Exception):
    """A connection of the pool turned out to be broken, and nothing was done on it. The driver's error is the cause."""


class Query:
    """A statement that reads, compiled once."""

    __slots__ = ("_fixed", "_names", "sql")

    def __init__(self, statement: ClauseElement, engine: AsyncEngine) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=engine.dialect))
        self._names = compiled.positiontup
        self._fixed = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
        self.sql = compiled.string

    def values(self, named: Mapping[str, object]) -> Sequence[object] | Mapping[str, object]:
        """The parameters as the driver takes them."""
        values = {**self._fixed, **named}
        return values if self._names is None else [values[name] for name in self._names]


class Database:
    """An engine, and how this package uses it. Errors of the database leave as `StoreUnavailableError`, and are logged.

    What was begun on a connection is done to its end in a task of its own, also when the caller is cancelled: a
    statement that is torn from its connection, in aiosqlite's thread or on the wire, leaves locks and transactions
    behind. `close` waits for such tasks. None of them goes on for ever: after `statement_timeout` seconds the database
    is asked to stop, and if it is silent its connection is cut. None is no limit.

    What is written while `current_fence` is one of this database (its `engine`) is written in a transaction that begins
    with `guard`. All that writes for a store goes through `write` and `transact`, so that nothing is forgotten.

    `prepare`, if given, is awaited once before the first use, and again at the next use as long as it fails.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        driver: Driver,
        prepare: "Callable[[Database], Awaitable[None]] | None" = None,
        *,
        statement_timeout: float | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.engine = engine
        self.driver = driver
        url = engine.url.render_as_string(hide_password=False)
        self.where = shown_url(url)
        self._secrets = secrets_in(url)
        self.faults = FaultLog()
        self.wrote_at = float("-inf")
        """When something was written last, on the clock of `time.monotonic`; `-inf` once that failed."""
        self._limit = statement_timeout
        self._guard = guard
        self._prepare = prepare
        self._preparing = asyncio.Lock()
        self._one_writer = asyncio.Lock() if isinstance(driver, SQLiteDriver) else None
        self._running: set[asyncio.Task[Any]] = set()

    async def fetch(self, query: Query, **values: object) -> Sequence[Any]:
        """All rows of a query, in as few turns as the driver allows. See `on_driver`."""
        given = query.values(values)
        return await self.on_driver(lambda connection: self.driver.fetch(connection, query.sql, given))

    async def on_driver(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Runs a statement on the driver's own connection, without SQLAlchemy's cursor in between.

        With aiosqlite every call on a cursor is a trip to another thread, and a page needs one trip, not five. When the
        connection turns out to be broken, the statement is repeated on another. One that writes may go this way if that
        does no harm: it is not fenced, and stands in no queue.
        """

        async def with_driver(connection: AsyncConnection) -> T:
            raw = _raw(connection)
            try:
                return await work(raw.driver_connection)
            except self.driver.errors.Error as error:
                if self.engine.dialect.is_disconnect(error, cast(Any, raw.dbapi_connection), None):
                    await connection.invalidate(error)
                    raise _BrokenConnectionError from error
                raise

        await self._prepare_once()
        return await self._to_its_end(self._repeated(lambda: self._connected(with_driver, self._limit)))

    async def write(self, statement: Executable, *, fenced: bool = True, **values: object) -> int:
        """Runs one statement that writes; says how many rows it wrote."""

        async def work(connection: AsyncConnection) -> int:
            result = await connection.execute(statement, values, execution_options={"preserve_rowcount": True})
            return result.rowcount

        if fenced and self._fence() is not None:
            return await self.transact(work)
        await self._prepare_once()
        return await self._in_turn(self._connected(work, self._limit))

    async def transact(self, work: Work[T], *, prepared: bool = True, fenced: bool = True) -> T:
        """Runs statements in one transaction, committed unless they raise. SQLite's writers wait in a fair queue.

        What prepares the database takes the time that it takes. When the connection turns out to be broken before the
        transaction has begun, it is begun on another. What is no run's own doing is not `fenced`.
        """
        fence = self._fence() if prepared and fenced else None
        if prepared:
            await self._prepare_once()
        limit = self._limit if prepared else None
        guarded = work if fence is None else self._guarded(work, fence)

        async def to_the_commit() -> T:
            result = await self._repeated(
                lambda: self._connected(lambda connection: self._transaction(connection, guarded), limit)
            )
            if fence is not None:
                fence.begun = True
            return result

        return await self._in_turn(to_the_commit())

    def _fence(self) -> Fence | None:
        """What the caller's writes are checked by here."""
        fence = current_fence.get()
        return fence if fence is not None and fence.engine is self else None

    def _guarded(self, work: Work[T], fence: Fence) -> Work[T]:
        async def guarded(connection: AsyncConnection) -> T:
            if self._guard is not None:
                await self._guard(connection, fence)
            return await work(connection)

        return guarded

    async def run(self, work: Work[T], *, prepared: bool = True, limit: float | None = None, reads: bool = False) -> T:
        """Runs statements on a connection on which each is its own transaction, in `limit` seconds if given.

        Those that only read (`reads`) are repeated on another connection when theirs turns out to be broken.
        """
        if prepared:
            await self._prepare_once()
        if limit is None or (self._limit is not None and self._limit < limit):
            limit = self._limit
        most = limit if prepared else None
        if not reads:
            return await self._to_its_end(self._connected(work, most))
        return await self._to_its_end(self._repeated(lambda: self._connected(_read_with(work), most)))

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

    async def close(self, *, disposes: bool = True) -> None:
        """Waits for what is being done, and closes the pool, if it is its own."""
        if self._running:
            await asyncio.wait(self._running)
        if disposes:
            await self.engine.dispose()

    async def _repeated(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """The attempt, once more if its connection broke before it did anything. The pool asks those that it has left
        whether they live, so that the second is a good one if there can be one.
        """
        try:
            return await attempt()
        except _BrokenConnectionError as error:
            cause = driver_error(error.__cause__ or error)
            logger.info("A connection to %s was broken (%s): another is tried", self.where, type(cause).__name__)
        try:
            return await attempt()
        except _BrokenConnectionError as error:
            cause = error.__cause__ or error
            fault = unavailable(cause, self.driver, self.where, self._secrets)
            if fault is None:
                raise cause from None
            self.faults.note(fault)
            raise fault from driver_error(cause)

    async def _connected(self, work: Work[T], limit: float | None) -> T:
        watch = Watch(self._abort)
        try:
            if limit is not None and (patience := self._connecting_takes()) is not None:
                watch.begin(limit + patience)
            connection = await self.engine.connect()
            try:
                watch.begin(limit, connection)
                return await work(connection)
            finally:
                watch.end()  # before the connection is anybody else's
                await connection.close()
        except (Exception, asyncio.CancelledError) as error:
            watch.end()
            fault = unavailable(error, self.driver, self.where, self._secrets)
            if watch.is_late:
                fault = StoreUnavailableError(f"{self.where} did not answer within {limit:g} s.")
            if fault is None:
                raise
            self.faults.note(fault)
            raise fault from driver_error(error)

    def _connecting_takes(self) -> float | None:
        """How many seconds a connection may be waited for; None when one is at rest, and will be tried if need be."""
        pool = self.engine.pool
        if not isinstance(pool, AsyncAdaptedQueuePool):
            return 0.0
        return None if pool.checkedin() else pool.timeout()

    def _abort(self, connection: AsyncConnection, watch: Watch) -> None:
        task = asyncio.create_task(self._stop(connection, watch))
        self._running.add(task)
        task.add_done_callback(self._forget)

    async def _stop(self, connection: AsyncConnection, watch: Watch) -> None:
        if connection.closed or connection.invalidated:
            return
        raw = _raw(connection).driver_connection
        with suppress(Exception):  # a server that is silent does not hear this either
            async with asyncio.timeout(STOP_TIMEOUT):
                await self.driver.stop(raw)
                await watch.ended()
        if not watch.is_over:
            self.driver.cut(raw)

    async def _transaction(self, connection: AsyncConnection, work: Work[T]) -> T:
        try:
            await connection.exec_driver_sql(self.driver.begin)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise _BrokenConnectionError from error
            raise
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
        if self._one_writer is None:
            return await self._to_its_end(work, self._wrote)
        try:
            await self._wait_for_writers(self._one_writer)
        except BaseException:
            work.close()
            raise
        return await self._to_its_end(work, self._wrote)

    async def _wait_for_writers(self, lock: asyncio.Lock) -> None:
        try:
            async with asyncio.timeout(self._limit):
                await lock.acquire()
        except TimeoutError as error:
            fault = StoreUnavailableError(f"{self.where} is busy: other writers took longer than {self._limit:g} s.")
            self.faults.note(fault)
            raise fault from error

    def _wrote(self, task: asyncio.Task[Any]) -> None:
        if self._one_writer is not None:
            self._one_writer.release()
        error = None if task.cancelled() else task.exception()
        if error is None:
            self.wrote_at = time.monotonic()
        elif isinstance(error, StoreUnavailableError):
            self.wrote_at = float("-inf")

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


def _raw(connection: AsyncConnection) -> PoolProxiedConnection:
    """The driver's connection, which is there: SQLAlchemy's own way to it goes through a greenlet."""
    return cast(Any, connection.sync_connection).connection


def driver_connection(connection: AsyncConnection) -> Any:
    """The driver's own connection."""
    return _raw(connection).driver_connection


def _read_with(work: Work[T]) -> Work[T]:
    async def read(connection: AsyncConnection) -> T:
        try:
            return await work(connection)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise _BrokenConnectionError from error
            raise

    return read


async def _roll_back(connection: AsyncConnection) -> None:
    try:
        await connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError as error:
        await connection.invalidate(error)  # it must not go back to the pool with a transaction open


def open_engine(url: URL, *, ping: bool = True, busy_timeout: float = BUSY_TIMEOUT, **pool: Any) -> AsyncEngine:
    """An engine for a URL that `parse_url` gave. Nothing is connected yet.

    `busy_timeout`: seconds that SQLite waits for another's write to end. `pool`: SQLAlchemy's `pool_size`,
    `max_overflow`, `pool_timeout`, `pool_recycle`.
    """
    driver = driver_for(url)
    if isinstance(driver, SQLiteDriver) and url.database in (None, "", ":memory:"):
        pool = {**pool, "pool_size": 1, "max_overflow": 0}  # a second connection would be another database
    engine = create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        hide_parameters=True,  # they are what people wrote: not for logs
        connect_args=driver.connect_arguments(url, busy_timeout),
        poolclass=AsyncAdaptedQueuePool,
        **pool,
    )
    _prepare_to_connect(engine, driver)
    if driver.pings:
        _ping_before_use(engine, driver, rested=PING_AFTER if ping else float("inf"))
    return engine


def adopt_engine(engine: AsyncEngine, driver: Driver) -> AsyncEngine:
    """The caller's engine as this package uses one; its pool is shared. New connections are set up as our own."""
    _prepare_to_connect(engine, driver)
    if driver.pings:
        _ping_before_use(engine, driver, rested=float("inf"))
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _prepare_to_connect(engine: AsyncEngine, driver: Driver) -> None:
    def connects(dialect: object, entry: object, arguments: Sequence[Any], options: object) -> None:
        driver.before_connecting(arguments)

    def connected(connection: DBAPIConnection, entry: object) -> None:
        driver.set_up(connection)

    event.listen(engine.sync_engine, "do_connect", connects)
    event.listen(engine.sync_engine.pool, "connect", connected)


def _ping_before_use(engine: AsyncEngine, driver: Driver, *, rested: float) -> None:
    """Has dead connections replaced before they are used, as `pool_pre_ping` does, but asks only those that rested so
    many seconds, and those that were in the pool when another broke: the server may have been started again.

    A ping before every statement would nearly double the time of a short query. A server that is silent is given
    `PING_TIMEOUT` seconds.
    """
    dialect = engine.sync_engine.dialect
    broke = float("-inf")

    def breaks(_: DBAPIConnection, entry: ConnectionPoolEntry, error: BaseException | None) -> None:
        nonlocal broke
        if error is not None:
            broke = time.monotonic()

    def returned(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_RETURNED] = time.monotonic()

    def leaves(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: object) -> None:
        now = time.monotonic()
        since = entry.info.pop(_RETURNED, None)
        if since is None or (since > broke and now - since < rested):
            return
        raw = cast(Any, connection).driver_connection
        timer = asyncio.get_running_loop().call_later(PING_TIMEOUT, driver.cut, raw)
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("The connection died while it rested.") from error
        finally:
            timer.cancel()

    event.listen(engine.sync_engine, "invalidate", breaks)
    event.listen(engine.sync_engine, "checkin", returned)
    event.listen(engine.sync_engine, "checkout", leaves)
