"""What says, for a process, that it is still there."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from sqlalchemy import bindparam, literal, update

from chatkit.live.base import HEARTBEAT_SECONDS, LEASE_SECONDS
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError
from chatkit.stores.sql.clock import clock
from chatkit.stores.sql.database import Database, open_engine
from chatkit.stores.sql.drivers import SQLiteDriver, parse_url
from chatkit.stores.sql.run_tables import RunTables

__all__ = ["Heartbeat"]

_PATIENCE = HEARTBEAT_SECONDS
"""Seconds that one renewal may wait for the database, so that there is time for others before the lease is over."""


class Heartbeat:
    """Renews the lease of this process from a thread of its own, with a connection of its own: a hook that blocks the
    event loop is not taken for dead. Where there can be no second connection, it is done in the event loop.

    `shares`: the store's engine is the application's, and may connect in ways that its URL does not tell.
    """

    def __init__(self, database: Database, tables: RunTables, *, shares: bool) -> None:
        self._database = database
        self._shares = shares
        self._in_memory = isinstance(database.driver, SQLiteDriver) and _is_in_memory(database)
        now = clock(database.driver)
        processes = tables.processes.c
        this = processes.id == bindparam("this_process")
        insert = database.driver.insert(tables.processes).values(
            id=bindparam("this_process"), expires_at=now + LEASE_SECONDS
        )
        # Two may register it at once, the thread and a run that begins.
        self._insert = insert.on_conflict_do_nothing(index_elements=[processes.id])
        self._extend = (
            update(tables.processes).where(this, processes.expires_at > now).values(expires_at=now + LEASE_SECONDS)
        )
        self._expire = update(tables.processes).where(this).values(expires_at=literal(0.0))
        self.process_id = _new_process_id()
        self._registered: str | None = None
        """The id that the database knows."""
        self._renewed_at = float("-inf")
        """When the last renewal that went well was begun, on this process's monotonic clock."""
        self._lost: list[tuple[asyncio.AbstractEventLoop, Callable[[], None]]] = []
        self._beating: _Beating | None = None
        self._starting = asyncio.Lock()

    async def start(self, lost: Callable[[], None]) -> None:
        """Begins, unless it has begun. `lost` is called in the running event loop."""
        listener = (asyncio.get_running_loop(), lost)
        if listener not in self._lost:
            self._lost.append(listener)
        async with self._starting:
            await self.registered()
            if self._beating is None:
                self._beating = await self._begin()

    async def close(self, lost: Callable[[], None] | None = None) -> None:
        """Ends it, and has the lease end at once. Who starts again is another process.

        With `lost` it goes on while there are others who started it.
        """
        async with self._starting:
            self._lost = [(loop, other) for loop, other in self._lost if lost is not None and other != lost]
            if self._lost:
                return
            beating, self._beating = self._beating, None
            if beating is not None:
                await beating.stop()
            gone, known = self.process_id, self._registered
            self.process_id, self._registered = _new_process_id(), None
            if known == gone:
                with suppress(StoreUnavailableError, TimeoutError):  # then it ends by itself
                    async with asyncio.timeout(_PATIENCE):
                        await self._database.write(self._expire, fenced=False, this_process=gone)

    async def registered(self) -> str:
        """The process's id, which the database knows by now."""
        process_id = self.process_id
        if self._registered != process_id:
            await self._register(self._database, process_id)
        return process_id

    async def _register(self, database: Database, process_id: str) -> None:
        begun = time.monotonic()
        await database.write(self._insert, fenced=False, this_process=process_id)
        if self._registered != process_id == self.process_id:
            self._registered, self._renewed_at = process_id, begun

    async def _begin(self) -> "_Beating":
        if self._in_memory:
            return self._in_the_loop()
        beating = _InAThread(self._beat_alone)
        if not self._shares:
            return beating
        try:
            await beating.first()
        except (StoreUnavailableError, TimeoutError, LookupError) as error:
            await beating.stop()
            logger.warning(
                "The engine given to SQLStore connects in ways that its URL does not tell (%s), so that leases are "
                "renewed in the event loop: whoever blocks it for %g seconds loses the runs of this process.",
                error,
                LEASE_SECONDS,
            )
            return self._in_the_loop()
        return beating

    def _in_the_loop(self) -> "_InTheLoop":
        return _InTheLoop(lambda beating: self._beat(self._database, beating))

    async def _beat_alone(self, beating: "_InAThread") -> None:
        url = parse_url(self._database.engine.url)
        engine = open_engine(url, busy_timeout=_PATIENCE, pool_size=1, max_overflow=0, pool_timeout=_PATIENCE)
        database = Database(engine, self._database.driver, statement_timeout=_PATIENCE)
        try:
            if self._shares:
                await self._try(database, beating)
            await self._beat(database, beating)
        finally:
            await database.close()

    async def _try(self, database: Database, beating: "_InAThread") -> None:
        """The first renewal, whose outcome whoever began it waits for."""
        try:
            async with asyncio.timeout(LEASE_SECONDS / 2):
                known = await database.write(self._extend, this_process=self.process_id)
        except (StoreUnavailableError, TimeoutError) as error:
            beating.tell(error)
        else:
            beating.tell(None if known else LookupError("It leads to another database."))

    async def _beat(self, database: Database, beating: "_Beating") -> None:
        while await beating.pause(HEARTBEAT_SECONDS):
            try:
                await self._renew(database)
            except StoreUnavailableError:  # the log has it
                self._give_up_if_late()
            except TimeoutError:
                self._give_up_if_late()
            except Exception:  # noqa: BLE001 - whatever it is, the lease ends in time
                logger.exception("The lease of this process could not be renewed")
                self._give_up_if_late()

    async def _renew(self, database: Database) -> None:
        process_id = self.process_id
        if self._registered != process_id:
            return await self._register(database, process_id)
        if self._give_up_if_late():
            return None
        begun = time.monotonic()
        async with asyncio.timeout(self._renewed_at + LEASE_SECONDS - begun):
            known = await database.write(self._extend, fenced=False, this_process=process_id)
        if known:
            self._renewed_at = begun
        else:
            self._give_up("its lease was over before it was renewed")
        return None

    def _give_up_if_late(self) -> bool:
        late = self._registered == self.process_id and time.monotonic() - self._renewed_at >= LEASE_SECONDS
        if late:
            self._give_up(f"it could not renew its lease for {LEASE_SECONDS:g} seconds")
        return late

    def _give_up(self, reason: str) -> None:
        logger.warning("This process has lost all runs that it held: %s", reason)
        self.process_id, self._registered = _new_process_id(), None
        for loop, lost in list(self._lost):
            with suppress(RuntimeError):  # that loop is closed, and what it ran is gone
                loop.call_soon_threadsafe(lost)


class _Beating:
    """Where the heart beats, until it is told to stop."""

    async def pause(self, seconds: float) -> bool:
        """Waits; at most until it is to stop. Whether it goes on."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Ends it, and waits for its end."""
        raise NotImplementedError


class _InTheLoop(_Beating):
    def __init__(self, beat: Callable[[_Beating], Any]) -> None:
        self._stopped = asyncio.Event()
        self._task = asyncio.create_task(beat(self))

    async def pause(self, seconds: float) -> bool:
        return await _pause(self._stopped, seconds)

    async def stop(self) -> None:
        self._stopped.set()
        await asyncio.wait([self._task])


class _InAThread(_Beating):
    """A daemon: it keeps no process from its end."""

    def __init__(self, beat: "Callable[[_InAThread], Any]") -> None:
        self._beat = beat
        self._told: Future[None] = Future()
        self._stopped: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._ended: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="chatkit-heartbeat", daemon=True)
        self._thread.start()

    async def first(self) -> None:
        """Returns, or raises, when it was tried for the first time."""
        await asyncio.shield(asyncio.wrap_future(self._told))

    def tell(self, error: Exception | None) -> None:
        """How the first try went."""
        if error is None:
            self._told.set_result(None)
        else:
            self._told.set_exception(error)

    async def pause(self, seconds: float) -> bool:
        return await _pause(self._stopped.result()[1], seconds)

    async def stop(self) -> None:
        loop, stopped = await asyncio.shield(asyncio.wrap_future(self._stopped))
        with suppress(RuntimeError):  # the thread has ended
            loop.call_soon_threadsafe(stopped.set)
        await asyncio.shield(asyncio.wrap_future(self._ended))
        self._thread.join()  # it has nothing left to do

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:  # noqa: BLE001 - nobody waits for a thread
            logger.exception("The thread that renews leases has ended")
            if not self._told.done():
                self._told.set_exception(error)
        finally:
            self._ended.set_result(None)

    async def _main(self) -> None:
        self._stopped.set_result((asyncio.get_running_loop(), asyncio.Event()))
        await self._beat(self)


async def _pause(stopped: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopped.wait()
    return not stopped.is_set()


def _is_in_memory(database: Database) -> bool:
    name = database.engine.url.database or ""
    return name in ("", ":memory:") or (name.startswith("file:") and (":memory:" in name or "mode=memory" in name))


def _new_process_id() -> str:
    return f"process_{secrets.token_hex(8)}"
