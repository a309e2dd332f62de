"""What goes wrong is heard of: in the log, without flooding it and without secrets, and by `ping`."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chatkit.store import StoreUnavailableError
from chatkit.stores import SQLStore
from chatkit.stores.sql.errors import LOG_PAUSE, FaultLog
from chatkit.testing.store_contract.base import item, thread
from tests.support.postgres import PostgresServer

WORDS = "what somebody wrote in confidence "


def limited(url: str) -> AsyncEngine:
    """An engine whose database may be 60 pages long: a small disk."""
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def limit_size(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count = 60")
        cursor.close()

    return engine


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def fails(attempt: Callable[[], Awaitable[object]], times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(StoreUnavailableError):
            await attempt()


async def test_a_full_disk_is_in_the_log_once_and_noticed_by_ping(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = limited(sqlite_url)
    store = SQLStore(engine=engine)
    saved = thread()
    await store.save_thread(saved, None)
    await store.ping()
    added: list[str] = []
    with pytest.raises(StoreUnavailableError, match="full"):
        while True:
            one = item(saved.id, WORDS * 150)
            await store.add_thread_item(saved.id, one, None)
            added.append(one.id)
    await fails(lambda: store.add_thread_item(saved.id, item(saved.id, WORDS * 150), None), times=300)
    with pytest.raises(StoreUnavailableError, match="full"):
        await store.ping()
    [told] = warnings(caplog)
    assert "full" in told
    assert WORDS not in told
    for freed in added[:6]:
        await store.delete_thread_item(saved.id, freed, None)
    await store.add_thread_item(saved.id, item(saved.id), None)
    await store.ping()
    await engine.dispose()


async def test_ping_of_a_store_that_is_only_read_notices_a_full_disk_and_leaves_nothing(sqlite_url: str) -> None:
    filling = SQLStore(engine=(engine := limited(sqlite_url)))
    saved = thread()
    await filling.save_thread(saved, None)
    with pytest.raises(StoreUnavailableError):
        while True:
            await filling.add_thread_item(saved.id, item(saved.id, "x" * 3000), None)
    await engine.dispose()
    store = SQLStore(engine=(engine := limited(sqlite_url)))
    for _ in range(3):
        with pytest.raises(StoreUnavailableError, match="full"):
            await store.ping()
        assert (await store.load_thread(saved.id, None)) == saved
    await engine.dispose()
    roomy = SQLStore(sqlite_url)
    for _ in range(3):
        await roomy.ping()
    await roomy.close()
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"))) as connection:
        assert connection.execute("SELECT count(*) FROM chatkit_probes").fetchone() == (0,)


async def test_ping_notices_a_database_that_is_only_for_reading(
    tmp_path: Path, postgres: PostgresServer, postgres_schema: str
) -> None:
    path = tmp_path / "chat.db"
    made = SQLStore(f"sqlite+aiosqlite:///{path}")
    await made.ping()
    await made.close()
    reading = f"{postgres.url}?options=-cdefault_transaction_read_only%3Don"
    for store in (
        SQLStore(f"sqlite+aiosqlite:///file:{path}?mode=ro&uri=true"),
        SQLStore(reading, schema_name=postgres_schema),
    ):
        assert (await store.load_threads(1, None, "asc", None)).data == []
        for _ in range(2):
            with pytest.raises(StoreUnavailableError, match=r"read-?only"):
                await store.ping()
        await store.close()


async def test_ping_does_not_write_while_others_do(sqlite_url: str) -> None:
    engine = create_async_engine(sqlite_url)
    statements: list[str] = []
    store = SQLStore(engine=engine)
    await store.save_thread(thread(), None)

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def seen(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    for _ in range(3):
        await store.ping()
    assert statements
    assert not [statement for statement in statements if "chatkit_probes" in statement]
    await engine.dispose()


async def test_secrets_of_the_url_are_in_no_message(
    postgres: PostgresServer, postgres_schema: str, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.to_thread(postgres.stop)
    try:
        for url in (
            postgres.url.replace("tests@", "tests:s3cret@"),
            postgres.url + "?password=s3cret&application_name=chat",
        ):
            store = SQLStore(url, schema_name=postgres_schema)
            with pytest.raises(StoreUnavailableError) as raised:
                await store.load_threads(1, None, "asc", None)
            assert "s3cret" not in str(raised.value)
            await store.close()
    finally:
        await asyncio.to_thread(postgres.start)
    assert "127.0.0.1" in caplog.text
    assert "s3cret" not in caplog.text


async def test_a_restarted_server_is_in_the_log_and_fails_no_read(
    postgres: PostgresServer, postgres_schema: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="chatkit")
    store = SQLStore(postgres.url, schema_name=postgres_schema)
    await store.warm_up()
    with psycopg.connect(postgres.url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await store.load_threads(1, None, "asc", None)
    assert warnings(caplog) == []
    assert [record.message for record in caplog.records if "was broken" in record.message]
    await store.close()


def test_a_fault_that_goes_on_is_told_again_with_its_count(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    log = FaultLog(clock=lambda: now)
    for number in range(100):
        log.note(StoreUnavailableError(f"no answer from port {number}"))
    log.note(StoreUnavailableError("disk full"))
    assert warnings(caplog) == [
        "The store is unavailable: no answer from port 0",
        "The store is unavailable: disk full",
    ]
    now = LOG_PAUSE
    log.note(StoreUnavailableError("no answer from port 7"))
    assert warnings(caplog)[2:] == [
        "The store is unavailable (100 times since this was last told): no answer from port 7"
    ]


def test_memory_of_faults_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    log = FaultLog()
    for number in range(1000):
        log.note(StoreUnavailableError("x" * number))
    assert len(log._told) <= 50
