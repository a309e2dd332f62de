"""Real processes that share a database: killed, stopped, woken, blocked, an hour apart, shut down in turns."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.live_client import HostProcess, tells, until
from tests.support.live_host import word
from tests.support.postgres import PostgresServer
from tests.support.runs import Frames, fold, has

pytestmark = pytest.mark.xdist_group("processes")  # they wait more than they work: one worker does, beside the others

Host = Callable[..., HostProcess]

ALL = pytest.mark.all
"""They mostly wait for leases to end: with one engine each time, with the others when there is time."""


@pytest.fixture(params=[pytest.param("sqlite", marks=ALL), "postgres", pytest.param("redis", marks=ALL)])
def database(request: pytest.FixtureRequest) -> list[str]:
    """Where the processes keep what they have."""
    if request.param == "sqlite":
        return [request.getfixturevalue("sqlite_url")]
    if request.param == "redis":
        request.getfixturevalue("redis_prefix")  # it is up
        return [request.getfixturevalue("sqlite_url"), "", request.getfixturevalue("redis_server").url]
    return [request.getfixturevalue("postgres").url, request.getfixturevalue("postgres_schema")]


@pytest.fixture
async def host(database: list[str]) -> AsyncIterator[Host]:
    made: list[HostProcess] = []

    def make(**options: Any) -> HostProcess:
        made.append(HostProcess(database, **options))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def two(host: Host) -> tuple[HostProcess, HostProcess]:
    """The first is up before the second begins: a new SQLite database is made once."""
    first = await host().ready()
    return first, await host().ready()


def texts(items: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(item["content"][0]["text"], item.get("status")) for item in items if item["type"] == "assistant_message"]


def _faketime() -> str:
    """The library that changes what a process takes for the time."""
    [library, *_] = Path("/usr/lib").glob("*/faketime/libfaketime.so.1")
    return str(library)


def thread_of(heard: Frames) -> str:
    return heard.of("thread.created")["thread"]["id"]


async def test_a_killed_owner(host: Host) -> None:
    """Followers elsewhere learn it within 10 s, the text is kept, the thread goes on; other runs are not touched."""
    here, there = await two(host)
    heard = await here.create(words=1000, pause=0.02, until=has("thread.item.updated", 10))
    other = asyncio.create_task(there.create(words=100, pause=0.1))
    thread_id = thread_of(heard)
    followed = Frames()
    following = asyncio.create_task(
        there.stream("threads.resume", heard=followed, thread_id=thread_id, until=has("run.ended"))
    )
    await until(lambda: followed.types.count("thread.item.updated") >= 3)
    here.kill()
    killed = time.monotonic()
    await following
    took = time.monotonic() - killed
    assert followed.of("run.ended")["outcome"] == "interrupted"
    assert took < 10
    stored = await there.stored(thread_id)
    assert fold(followed.events) == stored
    [(text, status)] = texts(stored)
    assert status == "incomplete"
    assert text.startswith("".join(map(word, range(10))))
    assert (await there.send(thread_id, words=2)).of("run.ended")["outcome"] == "completed"
    assert (await other).of("run.ended")["outcome"] == "completed"
    print(json.dumps({"takeover": round(took, 2)}))


async def test_a_killed_owner_that_nobody_followed(host: Host) -> None:
    """The next request of its owner finds the text kept, once, whoever asks first."""
    here, there = await two(host)
    heard = await here.create(words=1000, pause=0.02, until=has("thread.item.updated", 20))
    thread_id = thread_of(heard)
    await asyncio.sleep(0.3)
    here.kill()
    async with asyncio.timeout(10):
        while True:
            asked = await asyncio.gather(*(there.ask("threads.get_by_id", thread_id=thread_id) for _ in range(5)))
            if all("active_run" not in thread for thread in asked):
                break
            await asyncio.sleep(0.1)
    [(text, status)] = texts(await there.stored(thread_id))
    assert (status, text.startswith(word(0))) == ("incomplete", True)


async def test_a_process_that_was_stopped_and_wakes_up_writes_nothing(host: Host) -> None:
    here, there = await two(host)
    heard = await here.create(words=400, pause=0.02, title="Late", ignore=True, until=has("thread.item.updated", 5))
    thread_id = thread_of(heard)
    here.signal(signal.SIGSTOP)
    stopped = time.monotonic()
    rest = await there.stream("threads.resume", thread_id=thread_id)
    assert rest.of("run.ended")["outcome"] == "interrupted"
    assert (await there.send(thread_id, words=3)).of("run.ended")["outcome"] == "completed"
    before = await there.stored(thread_id)
    await asyncio.sleep(max(15 - (time.monotonic() - stopped), 0))
    here.signal(signal.SIGCONT)
    await asyncio.sleep(10)  # its hook, which heeds no cancellation, comes to its end
    assert await there.stored(thread_id) == before
    assert "title" not in await there.ask("threads.get_by_id", thread_id=thread_id)
    assert (await here.send(thread_id, words=3)).of("run.ended")["outcome"] == "completed"


async def test_a_hook_that_blocks_its_loop_is_not_taken_for_dead(host: Host) -> None:
    here, there = await two(host)
    watching = asyncio.create_task(there.stream("threads.watch", heard=(told := Frames()), until=has("run.started")))
    await until(lambda: "watch.opened" in told.types)
    blocked = asyncio.create_task(here.create(words=3, block=12, pause=0.1))
    await watching
    thread_id = told.of("run.started")["thread_id"]
    rest = await there.stream("threads.resume", thread_id=thread_id)
    assert rest.of("run.ended")["outcome"] == "completed"
    assert texts(await there.stored(thread_id)) == [("".join(map(word, range(3))), None)]
    assert (await blocked).of("run.ended")["outcome"] == "completed"


@pytest.mark.parametrize("offset", ["+3600", pytest.param("-3600", marks=ALL)])
async def test_clocks_an_hour_apart_change_nothing(host: Host, offset: str, database: list[str]) -> None:
    """SQLite's clock is the machine's, which its processes share: only PostgreSQL's replicas can be apart."""
    if database[0].startswith("sqlite"):
        pytest.skip("one machine, one clock")
    library = _faketime()
    here = await host().ready()
    there = await host(LD_PRELOAD=library, FAKETIME=f"{offset}s", FAKETIME_DONT_FAKE_MONOTONIC="1").ready()
    for one, other in ((here, there), (there, here)):
        heard = await one.create(words=75, pause=0.1, until=has("thread.item.updated", 2))
        rest = await other.stream("threads.resume", thread_id=thread_of(heard))
        assert rest.of("run.ended")["outcome"] == "completed"
    heard = await there.create(words=1000, pause=0.05, until=has("thread.item.updated", 2))
    there.kill()
    killed = time.monotonic()
    rest = await here.stream("threads.resume", thread_id=thread_of(heard))
    assert rest.of("run.ended")["outcome"] == "interrupted"
    assert time.monotonic() - killed < 10


async def test_a_rolling_restart_under_load_loses_nothing(host: Host) -> None:
    """One replica after the other is told to stop; clients go to whichever there is, with the same request's id."""
    replicas = list(await two(host))
    done: list[tuple[str, Frames]] = []

    async def talk(number: int) -> None:
        for turn in range(6):
            request_id, heard = f"{number}-{turn}", Frames()
            while "run.ended" not in heard.types:
                replica = replicas[(number + turn) % len(replicas)]
                heard = Frames()
                try:
                    heard = await replica.create(words=10, pause=0.05, request_id=request_id)
                except Exception:  # noqa: BLE001 - it is stopping, or gone
                    await asyncio.sleep(0.05)
            done.append((request_id, heard))

    talking = [asyncio.create_task(talk(number)) for number in range(10)]
    for at in range(2):
        await asyncio.sleep(0.6)
        old = replicas[at]
        replicas[at] = await host(SHUTDOWN_SECONDS="5").ready()
        old.signal(signal.SIGTERM)
        await old.ended()
    await asyncio.gather(*talking)
    assert len({request_id for request_id, _ in done}) == 60
    for _, heard in done:
        assert heard.of("run.ended")["outcome"] == "completed"
        assert fold(heard.events) == await replicas[0].stored(thread_of(heard))
    threads: list[Any] = []
    after: str | None = None
    while True:
        page = await replicas[0].ask("threads.list", limit=100, **({} if after is None else {"after": after}))
        threads += page["data"]
        if not page["has_more"]:
            break
        after = page["after"]
    assert len(threads) == 60


async def test_postgres_is_started_again_in_the_middle(
    host: Host, database: list[str], postgres: PostgresServer
) -> None:
    if database[0].startswith("sqlite"):
        pytest.skip("there is no server")
    here, there = await two(host)
    heard = Frames()
    mine = asyncio.create_task(
        here.stream("threads.create", heard=heard, input=tells(words=200, pause=0.02), request_id="mine")
    )
    await until(lambda: heard.types.count("thread.item.updated") >= 5)
    thread_id = thread_of(heard)
    followed = Frames()
    following = asyncio.create_task(there.stream("threads.resume", heard=followed, thread_id=thread_id))
    await until(lambda: followed.types.count("thread.item.updated") >= 2)
    postgres.stop()
    await asyncio.sleep(1)
    postgres.start()
    await asyncio.gather(mine, following)
    assert heard.of("run.ended")["outcome"] == "completed"
    assert fold(heard.events) == await there.stored(thread_id)
    assert fold(followed.events) == await there.stored(thread_id)
    assert texts(await there.stored(thread_id)) == [("".join(map(word, range(200))), None)]


@pytest.mark.parametrize("write", [0.5, 1, 1.5, 2, 2.5, 3])
async def test_a_crash_at_each_write_of_a_turn(host: Host, write: float) -> None:
    """Killed right before a write (x.5 is right after the one before): the thread can be read, nothing is half, and
    what a client saw done is there. Asked for again under the same id it is one turn."""
    here = await host().ready()
    there = await host(IMMORTAL="1").ready()
    heard = await here.create(words=20, pause=0.01, title="New", die=write, request_id="once")
    seen = [event["item"] for event in heard.events if event["type"] == "thread.item.done"]
    again = Frames()
    async with asyncio.timeout(20):
        while "run.ended" not in again.types:
            again = await there.stream(
                "threads.create", input=tells(words=20, pause=0.01, title="New", die=write), request_id="once"
            )
    threads = (await there.ask("threads.list"))["data"]
    assert len(threads) == 1
    stored = await there.stored(threads[0]["id"])
    assert [item["type"] for item in stored].count("user_message") == 1
    for item in seen:
        assert item in stored
    assert await here.ended() == -signal.SIGKILL
