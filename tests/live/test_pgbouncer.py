"""PostgreSQL behind a PgBouncer in transaction mode: nobody keeps a connection, so notifications do not arrive."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import thread
from tests.live.test_processes import texts, thread_of
from tests.support.live_client import HostProcess, tells, until
from tests.support.live_host import word
from tests.support.pgbouncer import run_pgbouncer
from tests.support.postgres import PostgresServer
from tests.support.runs import Frames, fold, has

pytestmark = pytest.mark.xdist_group("processes")


@pytest.fixture
def pooled(postgres: PostgresServer, postgres_schema: str, tmp_path: Path) -> Iterator[list[str]]:
    """The address of the pool, and a schema behind it."""
    with run_pgbouncer(tmp_path, postgres.port) as url:
        yield [url, postgres_schema]


@pytest.fixture
async def replicas(pooled: list[str]) -> AsyncIterator[tuple[HostProcess, HostProcess]]:
    made = HostProcess(pooled), HostProcess(pooled)
    for one in made:
        await one.ready()
    yield made
    for one in made:
        await one.close()


async def test_statements_are_not_prepared_on_connections_of_others(pooled: list[str]) -> None:
    """Prepared, they would be unknown to the connection that the next transaction gets, or known to it already."""
    url, schema = pooled
    stores = [SQLStore[None](url, schema_name=schema) for _ in range(3)]

    async def use(store: SQLStore[None]) -> None:
        for _ in range(30):
            saved = thread()
            await store.save_thread(saved, None)
            assert (await store.load_thread(saved.id, None)).id == saved.id

    await asyncio.gather(*(use(store) for store in stores for _ in range(4)))
    for store in stores:
        await store.close()


async def test_the_log_is_looked_into_and_the_process_says_why(
    pooled: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    url, schema = pooled
    store = SQLStore[None](url, schema_name=schema)
    with caplog.at_level(logging.WARNING, "chatkit"):
        stop = await store.live_engine().log.listen(lambda _: None)
        await until(lambda: store.live_engine().log.polls is not None)
    assert "do not arrive: a pool may share its connections between transactions" in caplog.text
    stop()
    await store.close()


async def test_a_run_is_followed_on_another_replica(replicas: tuple[HostProcess, HostProcess]) -> None:
    here, there = replicas
    heard = Frames()
    turn = asyncio.create_task(here.stream("threads.create", heard=heard, input=tells(words=150, pause=0.02)))
    await until(lambda: "thread.item.updated" in heard.types)
    followed = await there.stream("threads.resume", thread_id=thread_of(heard))
    await turn
    assert followed.of("run.ended")["outcome"] == heard.of("run.ended")["outcome"] == "completed"
    assert fold(followed.events) == fold(heard.events) == await there.stored(thread_of(heard))


async def test_a_stop_reaches_the_replica_that_answers(replicas: tuple[HostProcess, HostProcess]) -> None:
    here, there = replicas
    heard = Frames()
    turn = asyncio.create_task(here.stream("threads.create", heard=heard, input=tells(words=2000, pause=0.02)))
    await until(lambda: heard.types.count("thread.item.updated") >= 5)
    stopped = await there.ask("threads.stop", thread_id=thread_of(heard), run_id=heard.run_id)
    assert stopped == {"outcome": "stopped"}
    await turn
    [(text, status)] = texts(await there.stored(thread_of(heard)))
    assert (status, text.startswith(word(0))) == ("stopped", True)


async def test_a_killed_replica_is_taken_over_from(replicas: tuple[HostProcess, HostProcess]) -> None:
    here, there = replicas
    heard = await here.create(words=1000, pause=0.02, until=has("thread.item.updated", 5))
    thread_id, followed = thread_of(heard), Frames()
    following = asyncio.create_task(there.stream("threads.resume", heard=followed, thread_id=thread_id))
    await until(lambda: followed.types.count("thread.item.updated") >= 3)
    here.kill()
    killed = time.monotonic()
    await following
    assert time.monotonic() - killed < 10
    assert followed.of("run.ended")["outcome"] == "interrupted"
    [(text, status)] = texts(await there.stored(thread_id))
    assert (status, text.startswith(word(0))) == ("incomplete", True)
    assert (await there.send(thread_id, words=2)).of("run.ended")["outcome"] == "completed"
