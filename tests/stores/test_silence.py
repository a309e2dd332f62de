"""A database that is silent, slow or busy is given up in time, and nothing hangs: no request, no `close()`."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from chatkit.store import StoreUnavailableError, ThreadChanges
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import item, message, thread
from chatkit.types import ThreadMetadata
from tests.support.postgres import PostgresServer

LIMIT = 0.5
PATIENCE = 20
"""Far more than everything here takes, far less than for ever."""


def operations(store: SQLStore[Any], saved: ThreadMetadata) -> list[Coroutine[Any, Any, Any]]:
    opened = thread()
    return [
        store.load_thread(saved.id, None),
        store.save_thread(saved, None),
        store.update_thread(saved.id, ThreadChanges(fields={"title": "x"}), None),
        store.load_thread_items_within(saved.id, None, 20, "asc", 1000, None),
        store.load_threads(20, None, "asc", None),
        store.add_thread_item(saved.id, item(saved.id), None),
        store.store_user_message(opened, message(opened.id), None, opens_thread=True),
        store.delete_thread_item(saved.id, "msg_1", None),
        store.ping(),
    ]


async def all_fail(attempts: list[Coroutine[Any, Any, Any]]) -> None:
    async with asyncio.timeout(PATIENCE):
        outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailableError] * len(attempts), outcomes


@pytest.mark.parametrize("rested", [False, True], ids=["used before", "rested"])
async def test_requests_to_a_frozen_server_fail_in_time_and_work_again_when_it_goes_on(
    postgres: PostgresServer, postgres_schema: str, monkeypatch: pytest.MonkeyPatch, rested: bool
) -> None:
    monkeypatch.setattr("chatkit.stores.sql.database.PING_TIMEOUT", LIMIT)
    if rested:
        monkeypatch.setattr("chatkit.stores.sql.database.PING_AFTER", 0.0)
    store = SQLStore(
        postgres.url + "?connect_timeout=2", schema_name=postgres_schema, statement_timeout=LIMIT, pool_timeout=LIMIT
    )
    saved = thread()
    await store.warm_up()
    await store.save_thread(saved, None)
    with postgres.frozen():
        for _ in range(2):  # with the pool's connections, then without them
            await all_fail(operations(store, saved) * 2)
    async with asyncio.timeout(PATIENCE):
        assert (await store.load_thread(saved.id, None)).id == saved.id
        await store.save_thread(saved, None)
        await store.close()


async def test_closing_while_the_server_is_frozen_and_everybody_has_left_takes_no_longer(
    postgres: PostgresServer, postgres_schema: str
) -> None:
    store = SQLStore(postgres.url, schema_name=postgres_schema, statement_timeout=LIMIT)
    saved = thread()
    await store.warm_up()
    await store.save_thread(saved, None)
    with postgres.frozen():
        tasks = [asyncio.ensure_future(attempt) for attempt in operations(store, saved)]
        for _ in range(50):
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(PATIENCE):
            await store.close()


class Cable:
    """A way to the server that can be cut without anybody being told."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._passes = asyncio.Event()
        self._passes.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []

    def cut(self) -> None:
        self._passes.clear()

    @asynccontextmanager
    async def laid(self) -> AsyncGenerator[int]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            for end in self._ends:
                end.transport.abort()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer)
        self._begin(self._connect(reader, writer))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.add(asyncio.create_task(work))

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._passes.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends.append(far_writer)
        self._begin(self._pass_on(reader, far_writer))
        self._begin(self._pass_on(far_reader, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                await self._passes.wait()
                writer.write(data)
        writer.close()


async def test_packets_that_vanish_are_noticed(postgres: PostgresServer, postgres_schema: str) -> None:
    cable = Cable(postgres.port)
    async with cable.laid() as port:
        url = make_url(postgres.url).set(port=port).update_query_dict({"connect_timeout": "2"})
        store = SQLStore(url, schema_name=postgres_schema, statement_timeout=LIMIT, pool_timeout=LIMIT)
        saved = thread()
        await store.save_thread(saved, None)
        cable.cut()
        for _ in range(2):
            await all_fail(operations(store, saved))
        async with asyncio.timeout(PATIENCE):
            await store.close()


async def test_a_statement_that_waits_too_long_for_a_lock_is_ended_on_the_server_too(
    postgres: PostgresServer, postgres_schema: str
) -> None:
    store = SQLStore(postgres.url, schema_name=postgres_schema, statement_timeout=LIMIT)
    saved = thread()
    await store.save_thread(saved, None)
    locker = await psycopg.AsyncConnection.connect(postgres.url.replace("+psycopg", ""))
    await locker.execute(f"SELECT 1 FROM {postgres_schema}.chatkit_threads FOR UPDATE".encode())  # noqa: S608
    late = item(saved.id)
    with pytest.raises(StoreUnavailableError, match=r"did not answer within 0\.5 s"):
        await store.add_thread_item(saved.id, late, None)
    cursor = await locker.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
    assert await cursor.fetchone() == (0,)
    await locker.close()
    kept = item(saved.id)
    await store.add_thread_item(saved.id, kept, None)
    assert (await store.load_thread_items(saved.id, None, 10, "asc", None)).data == [kept]
    await store.close()


async def test_writers_of_a_busy_sqlite_file_are_told_in_time_however_many_they_are(sqlite_url: str) -> None:
    store = SQLStore(sqlite_url, statement_timeout=LIMIT)
    saved = thread()
    await store.save_thread(saved, None)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"))) as other:
        other.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        await all_fail([store.add_thread_item(saved.id, item(saved.id), None) for _ in range(30)])
        assert time.monotonic() - begun < 10 * LIMIT  # one after the other they would take thirty times as long
        assert (await store.load_thread(saved.id, None)).id == saved.id
        other.rollback()
    await store.add_thread_item(saved.id, item(saved.id), None)
    await store.close()


async def test_a_slow_statement_of_sqlite_is_interrupted(sqlite_url: str) -> None:
    store = SQLStore(sqlite_url, statement_timeout=LIMIT)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(StoreUnavailableError, match="did not answer within"):
        async with asyncio.timeout(PATIENCE):
            await store._database.run(lambda connection: connection.exec_driver_sql(endless))
    assert (await store.load_threads(1, None, "asc", None)).data == []
    await store.close()


@pytest.mark.parametrize("senseless", [0, -1])
def test_a_limit_is_more_than_nothing(senseless: float) -> None:
    with pytest.raises(ValueError, match="statement timeout"):
        SQLStore("sqlite://", statement_timeout=senseless)
