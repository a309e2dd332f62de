"""Signals between processes, when the server is started again and when none can come."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from chatkit.live import Entry, LiveEngine
from chatkit.stores import SQLStore
from chatkit.stores.sql import signals
from chatkit.stores.sql.signals import PostgresSignals
from chatkit.testing.live_fixtures import PATIENCE, held
from chatkit.testing.store_contract.base import item, thread
from tests.live.conftest import Processes
from tests.support.postgres import PostgresServer


async def hears(heard: "asyncio.Queue[str]", expected: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await heard.get() != expected:
            pass


async def test_who_listens_is_told_to_look_when_the_server_was_started_again(
    postgres: PostgresServer, postgres_processes: Processes
) -> None:
    one, other = postgres_processes.engine(), postgres_processes.engine()
    heard: asyncio.Queue[str] = asyncio.Queue()
    await one.log.listen(heard.put_nowait)
    await other.log.signal(["before"])
    await hears(heard, "before")
    await asyncio.to_thread(postgres.stop)
    await asyncio.to_thread(postgres.start)
    await hears(heard, "")
    await other.log.signal(["after"])
    await hears(heard, "after")
    assert one.log.polls is None
    await postgres_processes.close()


async def test_log_is_looked_into_where_notifications_are_lost(
    postgres_processes: Processes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def lose(_: PostgresSignals, payloads: Sequence[str]) -> None:
        """As a pool does that gives every transaction another connection."""

    monkeypatch.setattr(PostgresSignals, "_notify", lose)
    monkeypatch.setattr(signals, "_ECHO_SECONDS", 0.1)
    engine = postgres_processes.engine()
    assert engine.log.polls is None
    with caplog.at_level(logging.WARNING, "chatkit"):
        for _ in range(3):
            await engine.log.listen(lambda _: None)
            await until_it_polls(engine)
    assert caplog.text.count("do not arrive") == 1
    await postgres_processes.close()


async def test_log_is_looked_into_where_there_is_no_connection_to_listen_on(
    postgres_processes: Processes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: PostgresSignals) -> None:
        raise OSError("no such host")

    monkeypatch.setattr(PostgresSignals, "_connected", fail)
    monkeypatch.setattr(signals, "_RETRIES", (0.0, 0.01))
    engine = postgres_processes.engine()
    with caplog.at_level(logging.WARNING, "chatkit"):
        await engine.log.listen(lambda _: None)
        await until_it_polls(engine)
    assert "no connection to hear them on" in caplog.text
    await postgres_processes.close()


async def until_it_polls(engine: LiveEngine) -> None:
    async with asyncio.timeout(PATIENCE):
        while engine.log.polls is None:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0)


async def test_schemas_do_not_hear_each_other(postgres: PostgresServer, postgres_processes: Processes) -> None:
    one = postgres_processes.engine()
    stranger: SQLStore[None] = SQLStore(postgres.url)
    heard: asyncio.Queue[str] = asyncio.Queue()
    await one.log.listen(heard.put_nowait)
    await stranger.live_engine().log.signal(["theirs"])
    await one.log.signal(["ours"])
    async with asyncio.timeout(PATIENCE):
        assert await heard.get() == "ours"
    await stranger.close()
    await postgres_processes.close()


async def test_appends_and_writes_of_a_store_do_not_lock_each_other_out(sqlite_processes: Processes) -> None:
    store, other = sqlite_processes.store(), sqlite_processes.engine()
    engine = store.live_engine()
    assert engine is not None
    saved = thread()
    await store.save_thread(saved, None)
    fences = [await held(engine), await held(other)]

    async def write() -> None:
        for _ in range(10):
            await store.add_thread_item(saved.id, item(saved.id), None)

    async def append(live: LiveEngine, number: int) -> None:
        fence = fences[number]
        for k in range(1, 101):
            assert not await live.log.append([Entry(fence.run_id, fence.number, k, k, "t", base=k % 20 == 0)])

    await asyncio.gather(*(write() for _ in range(20)), append(engine, 0), append(other, 1))
    logs = await other.log.read({fence.run_id: 0 for fence in fences})
    assert [[entry.last for entry in logs[fence.run_id]] for fence in fences] == [[100], [100]]
    await sqlite_processes.close()
