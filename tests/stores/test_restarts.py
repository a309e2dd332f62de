"""A database that was started again behind connections that are still warm: nobody who reads notices."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit.store import StoreUnavailableError, ThreadChanges
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import all_items, item, thread
from tests.support.postgres import PostgresServer

Operation = Callable[[SQLStore[Any], str, str], Awaitable[object]]
READS: dict[str, Operation] = {
    "thread": lambda store, thread_id, _: store.load_thread(thread_id, None),
    "threads": lambda store, thread_id, _: store.load_threads(5, None, "desc", None),
    "item": lambda store, thread_id, item_id: store.load_item(thread_id, item_id, None),
    "items": lambda store, thread_id, _: store.load_thread_items(thread_id, None, 5, "asc", None),
    "items within": lambda store, thread_id, _: store.load_thread_items_within(thread_id, None, 5, "asc", 10_000, None),
    "files": lambda store, thread_id, _: store.list_thread_attachment_ids(thread_id, None),
}
WRITES: dict[str, Operation] = {
    "a thread": lambda store, thread_id, _: store.save_thread(thread(), None),
    "an item": lambda store, thread_id, _: store.add_thread_item(thread_id, item(thread_id), None),
    "a change": lambda store, thread_id, _: store.update_thread(thread_id, ThreadChanges({"title": "t"}), None),
}
OPERATIONS = {**READS, **WRITES}


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a restart takes here, the connections count as just used."""
    monkeypatch.setattr("chatkit.stores.sql.database.PING_AFTER", 3600.0)


async def opened(postgres: PostgresServer, schema: str, kind: str) -> tuple[SQLStore[Any], Any, str, str]:
    if kind == "engine":
        engine = create_async_engine(postgres.url, pool_size=3)
        store: SQLStore[Any] = SQLStore(engine=engine, schema_name=schema)
    else:
        engine, store = None, SQLStore(postgres.url, schema_name=schema, pool_pre_ping=kind == "url", pool_size=3)
    await store.warm_up()
    saved = thread()
    kept = item(saved.id)
    await store.save_thread(saved, None)
    await store.add_thread_item(saved.id, kept, None)
    await asyncio.gather(*(store.load_thread(saved.id, None) for _ in range(6)))  # several connections are open
    return store, engine, saved.id, kept.id


async def restart(postgres: PostgresServer) -> None:
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)


@pytest.mark.parametrize("kind", ["url", "without pings", "engine"])
async def test_reads_are_repeated_on_new_connections(postgres: PostgresServer, postgres_schema: str, kind: str) -> None:
    store, engine, thread_id, item_id = await opened(postgres, postgres_schema, kind)
    for name, read in READS.items():
        await restart(postgres)
        assert await read(store, thread_id, item_id) is not None, name
    await store.close()
    if engine is not None:
        await engine.dispose()


async def test_many_reads_at_once_are_repeated_too(postgres: PostgresServer, postgres_schema: str) -> None:
    store, _, thread_id, item_id = await opened(postgres, postgres_schema, "url")
    await restart(postgres)
    found = await asyncio.gather(*(read(store, thread_id, item_id) for read in READS.values() for _ in range(3)))
    assert len(found) == 3 * len(READS)
    await restart(postgres)
    await store.ping()
    await store.close()


@pytest.mark.parametrize("name", WRITES)
async def test_writes_that_had_not_begun_are_done_once(
    postgres: PostgresServer, postgres_schema: str, name: str
) -> None:
    store, _, thread_id, item_id = await opened(postgres, postgres_schema, "url")
    before = len([one async for one in all_items(store, thread_id, None)])
    await restart(postgres)
    await WRITES[name](store, thread_id, item_id)
    after = len([one async for one in all_items(store, thread_id, None)])
    assert after == before + (name == "an item")
    await store.close()


async def test_a_database_that_stays_away_is_told_after_one_more_try(
    postgres: PostgresServer, postgres_schema: str
) -> None:
    store, _, thread_id, item_id = await opened(postgres, postgres_schema, "url")
    await asyncio.to_thread(postgres.stop)
    for operation in OPERATIONS.values():
        with pytest.raises(StoreUnavailableError) as raised:
            await operation(store, thread_id, item_id)
        assert isinstance(raised.value.__cause__, psycopg.Error)
    await asyncio.to_thread(postgres.start)
    assert await store.load_thread(thread_id, None)
    await store.close()
