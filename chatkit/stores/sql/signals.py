"""Words between processes by way of the database: PostgreSQL's notifications, or a table that is looked into."""

import asyncio
import hashlib
import json
import secrets
import time
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from chatkit.live.hearing import Hearing
from chatkit.logger import logger
from chatkit.store import StoreUnavailableError
from chatkit.stores.sql.clock import clock
from chatkit.stores.sql.database import Database, Query
from chatkit.stores.sql.run_tables import RunTables

if TYPE_CHECKING:
    import psycopg

__all__ = ["TEXT", "PostgresSignals", "SQLiteSignals", "Signals"]

_LOOKS = 0.1
"""Seconds between two looks into the table of signals."""

_ECHO_SECONDS = 3.0
"""How long what this process says to itself may be under way, until nothing is expected to come."""

_READY_SECONDS = 0.25
"""How long that is waited for by whoever wants to listen."""

_SILENT_SECONDS = 15.0
"""After so much silence a connection that listens is tried."""

_RETRIES = (0.1, 0.5, 1.0, 2.0)
"""Seconds until a lost connection is opened again; the last goes on."""


class Signals(Hearing):
    """Says texts to all processes that listen."""

    polls: float | None = None
    """As in `RunLog`."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    @abstractmethod
    async def send(self, texts: Sequence[str]) -> None:
        """Says texts, in one trip."""


class SQLiteSignals(Signals):
    """Signals that lie in a table for a while."""

    polls = 0.04  # a look into the log costs no more than one for signals would

    def __init__(self, database: Database, tables: RunTables) -> None:
        super().__init__(database)
        signals = tables.signals
        given = func.json_each(bindparam("texts", type_=Text)).table_valued("key", "value")
        rows = select(given.c.value, clock(database.driver)).order_by(given.c.key)
        insert = database.driver.insert(signals).from_select(["text", "created_at"], rows)
        self._send = Query(insert, database.engine)
        self._newest = Query(select(func.coalesce(func.max(signals.c.id), 0)), database.engine)
        later = select(signals.c.id, signals.c.text).where(signals.c.id > bindparam("seen"))
        self._look = Query(later.order_by(signals.c.id), database.engine)

    async def send(self, texts: Sequence[str]) -> None:
        if texts:
            await self._database.fetch(self._send, texts=json.dumps(list(texts)))

    async def _listen(self, ready: asyncio.Event) -> None:
        seen: int | None = None
        while True:
            with suppress(StoreUnavailableError):  # the log has it
                if seen is None:
                    seen = (await self._database.fetch(self._newest))[0][0]
                else:
                    for number, text in await self._database.fetch(self._look, seen=seen):
                        seen = number
                        self._heard(text)
            ready.set()
            await asyncio.sleep(_LOOKS)


TEXT: Final = "t"
"""Begins the payload of a notification that is a text."""
_ECHO: Final = "e"


class PostgresSignals(Signals):
    """PostgreSQL's notifications, on a connection that does nothing else.

    A pool in between that gives each transaction another connection (PgBouncer's transaction mode) loses them: what
    this process says to itself does not come back then, and the log is looked into instead.
    """

    def __init__(self, database: Database, schema: str | None) -> None:
        super().__init__(database)
        named = hashlib.sha256((schema or "").encode()).hexdigest()[:16]
        self.channel = f"chatkit_{named}"
        given = func.unnest(bindparam("texts", type_=ARRAY(Text))).table_valued("text").render_derived(name="given")
        self._send = Query(select(func.pg_notify(bindparam("channel", type_=Text), given.c.text)), database.engine)

    async def send(self, texts: Sequence[str]) -> None:
        if texts:
            await self._notify([TEXT + text for text in texts])

    async def _notify(self, payloads: list[str]) -> None:
        await self._database.fetch(self._send, channel=self.channel, texts=payloads)

    async def _listen(self, ready: asyncio.Event) -> None:
        faults = self._database.driver.errors.Error, OSError, StoreUnavailableError, TimeoutError
        tries, again = 0, False
        while self.polls is None:
            try:
                async with await self._connected() as connection:
                    echo = await self._subscribe(connection)
                    if again:
                        self._heard("")  # what was said meanwhile, nobody knows: everybody should look
                    tries, again = 0, True
                    await self._follow(connection, echo, ready)
            except faults as error:
                logger.info("Notifications of %s are not heard for now: %s", self._database.where, type(error).__name__)
                if not again and tries == len(_RETRIES) and await self._answers():
                    self._poll("there is no connection to hear them on")
            ready.set()
            await asyncio.sleep(_RETRIES[min(tries, len(_RETRIES) - 1)])
            tries += 1

    async def arrive(self) -> bool:
        """Whether notifications come through this address."""
        try:
            async with await self._connected() as connection:
                return await self._came_back(connection, await self._subscribe(connection))
        except (self._database.driver.errors.Error, OSError, TimeoutError):
            return False

    async def _answers(self) -> bool:
        """Whether the store reaches the database, by ways that this one's own connection does not know."""
        with suppress(StoreUnavailableError):
            await self._notify([_ECHO])
            return True
        return False

    def _poll(self, reason: str) -> None:
        self.polls = _LOOKS
        logger.warning(
            "Notifications of %s do not arrive: %s. The log of live runs is looked into every %g s instead.",
            self._database.where,
            reason,
            _LOOKS,
        )

    async def _connected(self) -> "psycopg.AsyncConnection[Any]":
        import psycopg

        url, driver = self._database.engine.url, self._database.driver
        arguments, own = self._database.engine.dialect.create_connect_args(url)
        options: dict[str, Any] = {**driver.connect_arguments(url), **own}
        return await psycopg.AsyncConnection.connect(*arguments, **options, autocommit=True)

    async def _subscribe(self, connection: "psycopg.AsyncConnection[Any]") -> str:
        await connection.execute(f"LISTEN {self.channel}".encode())
        echo = _ECHO + secrets.token_hex(8)
        await self._notify([echo])  # on another connection: one's own would bring it in any case
        return echo

    async def _follow(self, connection: "psycopg.AsyncConnection[Any]", echo: str, ready: asyncio.Event) -> None:
        """Hears, as long as the connection lives."""
        soon = asyncio.get_running_loop().call_later(_READY_SECONDS, ready.set)
        came_back = await self._came_back(connection, echo)
        soon.cancel()
        if not came_back:
            self._poll("a pool may share its connections between transactions; a direct address would be faster")
            return
        ready.set()
        while True:
            async for notified in connection.notifies(timeout=_SILENT_SECONDS):
                self._take(notified.payload)
            async with asyncio.timeout(_SILENT_SECONDS):
                await connection.execute(b"SELECT 1")

    async def _came_back(self, connection: "psycopg.AsyncConnection[Any]", echo: str) -> bool:
        """Whether this process has heard itself. Meanwhile others may speak."""
        until = time.monotonic() + _ECHO_SECONDS
        while (left := until - time.monotonic()) > 0:
            async for notified in connection.notifies(timeout=left, stop_after=1):
                if notified.payload == echo:
                    return True
                self._take(notified.payload)
        return False

    def _take(self, payload: str) -> None:
        if payload.startswith(TEXT):
            self._heard(payload[1:])
