"""Every log keeps the contract."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from chatkit.live import Entry, MemoryRuns, memory_engine
from chatkit.testing import RunLogContract
from chatkit.testing.live_fixtures import Engines, held
from tests.live.conftest import Processes
from tests.support.postgres import PostgresServer


class TestMemoryLog(RunLogContract):
    @pytest.fixture
    def engines(self) -> Engines:
        runs = MemoryRuns()
        return lambda: memory_engine(runs)


class TestSQLLog(RunLogContract):
    @pytest.fixture
    def engines(self, processes: Processes) -> Engines:
        return processes.engine


class TestRedisLog(RunLogContract):
    @pytest.fixture
    async def engines(self, redis_processes: Processes) -> AsyncIterator[Engines]:
        yield redis_processes.engine
        await redis_processes.close()


async def test_append_waits_for_a_takeover_that_has_begun(
    postgres: PostgresServer, postgres_schema: str, postgres_processes: Processes
) -> None:
    """What the other finds in the log is all that there will be."""
    engine = postgres_processes.engine()
    fence = await held(engine)
    async with await psycopg.AsyncConnection.connect(postgres.url.replace("+psycopg", "")) as other:
        this = f"{postgres_schema}.chatkit_runs", (fence.run_id,)
        await other.execute(f"SELECT 1 FROM {this[0]} WHERE id = %s FOR UPDATE".encode(), this[1])  # noqa: S608
        await other.execute(f"UPDATE {this[0]} SET fence = 2 WHERE id = %s".encode(), this[1])  # noqa: S608
        appending = asyncio.create_task(engine.log.append([Entry(fence.run_id, fence.number, 1, 1, "late")]))
        while await (await other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")).fetchone() == (0,):
            assert not appending.done()
            await asyncio.sleep(0)
        await other.commit()
    assert set(await appending) == {fence.run_id}
    assert await engine.log.read({fence.run_id: 0}) == {}
    await postgres_processes.close()
