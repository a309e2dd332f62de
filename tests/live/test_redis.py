"""The log in Redis: what it asks of Redis, and what it says when it gets nothing."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from chatkit.live import Entry, Fence, LiveEngine, MemoryRuns, memory_engine
from chatkit.live.base import ENDED_SECONDS, REQUEST_SECONDS
from chatkit.live_redis import RedisLog
from chatkit.store import StoreUnavailableError
from chatkit.stores import SQLStore
from chatkit.testing.live_fixtures import PATIENCE, die, held, opened
from tests.support.redis import RedisServer, run_redis


def entry(fence: Fence, first: int, last: int | None = None, *, base: bool = False) -> Entry:
    return Entry(fence.run_id, fence.number, first, last or first, "t", base)


@pytest.fixture
async def client(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_server.url)
    yield client
    await client.connection_pool.disconnect()


@pytest.fixture
async def engine(redis_server: RedisServer, redis_prefix: str) -> AsyncIterator[LiveEngine]:
    """Leases in memory, as a store of somebody's own may have: the log is the same."""
    log = RedisLog(redis_server.url, prefix=redis_prefix)
    engine = LiveEngine("mine", memory_engine(MemoryRuns()).leases, log)
    await engine.leases.start(lambda: None)
    yield engine
    await log.close()


async def hears(heard: "asyncio.Queue[str]", expected: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while await heard.get() != expected:
            pass


async def test_every_key_expires(engine: LiveEngine, client: Redis, redis_prefix: str) -> None:
    fence, nobodys = await held(engine), Fence("", await opened(engine), 0)

    async def seconds(run: Fence) -> int:
        return int(await client.ttl(f"{redis_prefix}run:{run.run_id}"))

    assert not await engine.log.append([entry(fence, 1), entry(nobodys, 1)])
    assert REQUEST_SECONDS - 5 < await seconds(fence) <= REQUEST_SECONDS
    assert ENDED_SECONDS - 5 < await seconds(nobodys) <= ENDED_SECONDS
    await client.delete(f"{redis_prefix}run:{fence.run_id}")
    assert await engine.log.append([entry(fence, 2)]) == {fence.run_id: "missing"}
    assert await seconds(fence) == -2
    assert not await engine.log.append([entry(fence, 1, 2, base=True)])
    assert REQUEST_SECONDS - 5 < await seconds(fence) <= REQUEST_SECONDS
    await engine.log.signal([f"end:{fence.run_id}"])
    assert ENDED_SECONDS - 5 < await seconds(fence) <= ENDED_SECONDS


async def test_who_was_taken_over_drops_nothing_of_the_log(engine: LiveEngine) -> None:
    """A base of a process that wakes up stands for more than has reached the log."""
    fence = await held(engine)
    assert not await engine.log.append([entry(fence, 1), entry(fence, 2)])
    await die(engine)
    taken = await engine.leases.take_over(fence.run_id)
    assert taken is not None
    await engine.log.hold(taken)
    assert await engine.log.append([entry(fence, 1, 9, base=True)]) == {fence.run_id: "refused"}
    assert await engine.log.append([entry(fence, 3)]) == {fence.run_id: "refused"}
    assert (await engine.log.read({fence.run_id: 0}))[fence.run_id] == [entry(fence, 1), entry(fence, 2)]


async def test_who_reads_anew_reads_everything(engine: LiveEngine) -> None:
    """Also what is before the place that it has come to, under another number."""
    fence = await held(engine)
    first, second = entry(fence, 1), entry(Fence(fence.thread_id, fence.run_id, 7), 2)
    await engine.log.append([first])
    assert await engine.log.read({fence.run_id: 0}) == {fence.run_id: [first]}
    await engine.log.hold(Fence(fence.thread_id, fence.run_id, 7))
    assert await engine.log.read({fence.run_id: 1}) == {}
    assert await engine.log.read({fence.run_id: 0}) == {fence.run_id: [first]}
    await engine.log.append([second])
    assert await engine.log.read({fence.run_id: 1}) == {fence.run_id: [second]}
    assert await engine.log.read({fence.run_id: 0}) == {fence.run_id: [first, second]}


async def test_appends_of_a_tick_are_one_trip(engine: LiveEngine, client: Redis) -> None:
    """Whoever sends a command waits for no other answer first: so Redis sees them all at once, and reads once."""
    fences = [await held(engine) for _ in range(20)]
    await engine.log.append([entry(fence, 1) for fence in fences])
    before = (await client.info("stats"))["total_reads_processed"]
    await engine.log.append([entry(fence, number) for number in (2, 3) for fence in fences])
    after = (await client.info("stats"))["total_reads_processed"]
    assert after - before == 2  # and one for the question


async def test_a_process_has_three_connections(engine: LiveEngine, client: Redis) -> None:
    async def connected() -> set[str]:
        return {one["id"] for one in await client.client_list()}

    before = await connected()
    await engine.log.listen(lambda _: None)
    fences = [await held(engine) for _ in range(10)]
    for number in range(1, 20):
        await asyncio.gather(
            *(engine.log.append([entry(fence, number)]) for fence in fences),
            *(engine.log.read({fence.run_id: 0}) for fence in fences),
            engine.log.signal(["x"]),
        )
    assert len(await connected() - before) <= 3
    await engine.log.close()
    async with asyncio.timeout(PATIENCE):
        while await connected() - before:  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0)


async def test_who_listens_is_told_to_look_when_redis_was_started_again(
    engine: LiveEngine, redis_server: RedisServer
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    await engine.log.listen(heard.put_nowait)
    await engine.log.signal(["before"])
    await hears(heard, "before")
    await asyncio.to_thread(redis_server.stop)
    with pytest.raises(StoreUnavailableError):
        await engine.log.signal(["lost"])
    await asyncio.to_thread(redis_server.start)
    await hears(heard, "")
    await engine.log.signal(["after"])
    await hears(heard, "after")


async def test_applications_do_not_hear_each_other(
    engine: LiveEngine, redis_server: RedisServer, redis_prefix: str
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    await engine.log.listen(heard.put_nowait)
    another = redis_server.url.removesuffix("0") + "1"
    strangers = [RedisLog(redis_server.url, prefix="theirs:"), RedisLog(another, prefix=redis_prefix)]
    for stranger in strangers:
        await stranger.signal(["theirs"])
        await stranger.close()
    await engine.log.signal(["ours"])
    async with asyncio.timeout(PATIENCE):
        assert await heard.get() == "ours"


async def test_redis_without_room_is_not_there(engine: LiveEngine, client: Redis) -> None:
    fence = await held(engine)
    await client.config_set("maxmemory", 1)
    try:
        for write in (engine.log.append([entry(fence, 1)]), engine.log.hold(fence)):
            with pytest.raises(StoreUnavailableError, match="does not answer"):
                await write
    finally:
        await client.config_set("maxmemory", 0)
    assert not await engine.log.append([entry(fence, 1)])


async def test_no_secret_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with run_redis(password="letmein") as url:
        log = RedisLog(url.replace("letmein", "hunter2"))
        with caplog.at_level(logging.INFO, "chatkit"):
            for _ in range(3):
                with pytest.raises(StoreUnavailableError) as raised:
                    await log.signal(["x"])
            await log.listen(lambda _: None)
        assert "***" in str(raised.value)
        assert raised.value.is_logged
        assert "hunter2" not in str(raised.value) + caplog.text
        assert caplog.text.count("does not answer") == 1
        await log.close()


@pytest.mark.parametrize(
    "url", ["redis://h:6379/0", "rediss://:secret@h/1", "valkey://h", "valkeys://h", "unix:///run/redis.sock?db=2"]
)
def test_addresses(url: str, sqlite_url: str) -> None:
    assert SQLStore[None](sqlite_url, live=url).live_engine().name == "sqlite, RedisLog"


@pytest.mark.parametrize("url", ["http://:hunter2@h", "redis", "", "redis://:hunter2@h:port/0"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError) as raised:
        RedisLog(url)
    assert "hunter2" not in str(raised.value)


def test_a_client_that_is_missing_is_named() -> None:
    code = (
        "import sys; sys.modules['redis'] = None\n"
        "from chatkit.stores import SQLStore\n"
        "SQLStore('sqlite+aiosqlite:///x.db', live='redis://h')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'open-chatkit[redis]'" in ran.stderr.splitlines()[-1]


async def test_a_store_closes_its_log(sqlite_url: str) -> None:
    closed: list[str] = []

    class Log(RedisLog):
        async def close(self) -> None:
            closed.append("log")
            await super().close()

    store: SQLStore[Any] = SQLStore(sqlite_url, live=Log("redis://127.0.0.1:9"))
    await store.close()
    assert closed == ["log"]
