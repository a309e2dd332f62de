"""A database that is down raises one error with one code, and the store works again when it is back."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import all_items, item, thread
from tests.support.postgres import PostgresServer


async def every_operation_fails(store: SQLStore[Any]) -> None:
    saved = thread()
    for attempt in (
        store.ping(),
        store.warm_up(),
        store.load_thread("thr_1", None),
        store.load_threads(1, None, "asc", None),
        store.save_thread(saved, None),
        store.add_thread_item("thr_1", item("thr_1"), None),
        store.delete_thread_item("thr_1", "msg_1", None),
        store.delete_thread("thr_1", None),
    ):
        with pytest.raises(StoreUnavailableError) as raised:
            await attempt
        assert raised.value.code == "store.unavailable"
        assert isinstance(raised.value.__cause__, psycopg.Error | sqlite3.Error | OSError)
        assert "s3cret" not in str(raised.value)


async def test_postgres_down_and_up_again(postgres: PostgresServer, postgres_schema: str) -> None:
    url = postgres.url.replace("tests@", "tests:s3cret@")
    store = SQLStore(url, schema_name=postgres_schema)
    saved = thread()
    await asyncio.to_thread(postgres.stop)
    await every_operation_fails(store)
    await asyncio.to_thread(postgres.start)
    await store.warm_up()
    await store.save_thread(saved, None)
    await asyncio.to_thread(postgres.stop)
    await every_operation_fails(store)
    await asyncio.to_thread(postgres.start)
    await store.ping()
    assert await store.load_thread(saved.id, None) == saved
    await store.close()


async def test_postgres_restarted_behind_rested_connections(
    postgres: PostgresServer, postgres_schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatkit.stores.sql.database.PING_AFTER", 0.0)
    store = SQLStore(postgres.url, schema_name=postgres_schema)
    await store.warm_up()
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    saved = thread()
    await store.save_thread(saved, None)  # the pool's connections are all dead: nobody notices
    assert await store.load_thread(saved.id, None) == saved
    await store.close()


async def test_postgres_restarted_while_a_transaction_waits(postgres: PostgresServer, postgres_schema: str) -> None:
    store = SQLStore(postgres.url, schema_name=postgres_schema)
    saved = thread()
    await store.save_thread(saved, None)
    locker = await psycopg.AsyncConnection.connect(postgres.url.replace("+psycopg", ""))
    await locker.execute(f"SELECT 1 FROM {postgres_schema}.chatkit_threads FOR UPDATE".encode())  # noqa: S608
    waiting = asyncio.create_task(store.add_thread_item(saved.id, item(saved.id), None))
    while True:  # until the server says that somebody waits for the lock
        cursor = await locker.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if (await cursor.fetchone()) != (0,):
            break
        await asyncio.sleep(0)
    await asyncio.to_thread(postgres.stop)
    with pytest.raises(StoreUnavailableError):
        await waiting
    await locker.close()
    await asyncio.to_thread(postgres.start)
    kept = item(saved.id)
    await store.add_thread_item(saved.id, kept, None)
    assert [stored async for stored in all_items(store, saved.id, None)] == [kept]
    await store.close()


async def test_sqlite_file_that_cannot_be_opened_yet(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    store = SQLStore(f"sqlite+aiosqlite:///{folder / 'chat.db'}")
    await every_operation_fails(store)
    folder.mkdir()
    await store.ping()
    with pytest.raises(NotFoundError):
        await store.load_thread("thr_1", None)
    await store.close()


async def test_sqlite_file_that_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.write_text("Dear diary, " * 1000)
    store = SQLStore(f"sqlite+aiosqlite:///{path}")
    await every_operation_fails(store)
    await store.close()
    assert path.read_text().startswith("Dear diary")


async def test_full_disk_loses_nothing_that_was_stored(sqlite_url: str) -> None:
    engine = create_async_engine(sqlite_url)

    @event.listens_for(engine.sync_engine, "connect")
    def limit_size(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count = 60")
        cursor.close()

    store = SQLStore(engine=engine)
    saved = thread()
    await store.save_thread(saved, None)
    stored: list[str] = []
    with pytest.raises(StoreUnavailableError, match="full"):
        while True:
            one = item(saved.id, "x" * 5000)
            await store.add_thread_item(saved.id, one, None)
            stored.append(one.id)
    assert [kept.id async for kept in all_items(store, saved.id, None)] == stored
    for freed in stored[:2]:
        await store.delete_thread_item(saved.id, freed, None)
    await store.add_thread_item(saved.id, item(saved.id, "x" * 5000), None)
    await engine.dispose()


async def test_pool_without_a_free_connection(sqlite_url: str) -> None:
    engine = create_async_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    store = SQLStore(engine=engine)
    await store.warm_up()
    async with engine.connect():
        with pytest.raises(StoreUnavailableError, match="in use"):
            await store.load_threads(1, None, "asc", None)
    assert (await store.load_threads(1, None, "asc", None)).data == []
    await engine.dispose()


def test_a_database_that_cannot_be_opened_leaves_no_thread_behind(tmp_path: Path) -> None:
    """It would report to an event loop that is closed, in a traceback of its own, as under `chatkit doctor`."""
    reported: list[threading.ExceptHookArgs] = []
    hook, threading.excepthook = threading.excepthook, reported.append
    before = set(threading.enumerate())

    async def try_once() -> None:
        store: SQLStore[None] = SQLStore(f"sqlite+aiosqlite:///{tmp_path}/nowhere/at/all/chat.db")
        with pytest.raises(StoreUnavailableError):
            await store.ping()
        assert not [thread for thread in set(threading.enumerate()) - before if "worker_thread" in thread.name]
        await store.close()

    try:
        for _ in range(30):
            asyncio.run(try_once())
    finally:
        threading.excepthook = hook
    assert reported == []
