"""Databases for the tests of live runs, and processes that share one."""

from collections.abc import AsyncIterator, Callable

import pytest

from chatkit.live import LiveEngine
from chatkit.live_redis import RedisLog
from chatkit.store import Store
from chatkit.stores import SQLStore
from chatkit.testing.store_contract.base import thread
from tests.support.databases import postgres, postgres_schema, redis_prefix, redis_server, sqlite_url
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer

__all__ = ["postgres", "postgres_schema", "redis_prefix", "redis_server", "sqlite_url"]


class Processes:
    """Stores of one database, each as if it were a process of its own."""

    def __init__(self, make: Callable[[], Store]) -> None:
        self._make = make
        self.stores: list[Store] = []

    def store(self) -> Store:
        """Another one."""
        self.stores.append(self._make())
        return self.stores[-1]

    def engine(self) -> LiveEngine:
        """Another one's engine."""
        engine = self.store().live_engine()
        assert engine is not None
        return engine

    async def write(self, engine: LiveEngine) -> None:
        """Writes anything to the store of an engine."""
        [store] = [store for store in self.stores if store.live_engine() is engine]
        await store.save_thread(thread(), None)

    async def close(self) -> None:
        """Closes them all."""
        for store in self.stores:
            await store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def sql_processes(request: pytest.FixtureRequest) -> Processes:
    return request.getfixturevalue(f"{request.param}_processes")


@pytest.fixture
async def processes(sql_processes: Processes) -> AsyncIterator[Processes]:
    """Processes with a SQL database."""
    yield sql_processes
    await sql_processes.close()


@pytest.fixture
def sqlite_processes(sqlite_url: str) -> Processes:
    return Processes(lambda: SQLStore(sqlite_url))


@pytest.fixture
def postgres_processes(postgres: PostgresServer, postgres_schema: str) -> Processes:
    return Processes(lambda: SQLStore(postgres.url, schema_name=postgres_schema))


@pytest.fixture(params=["sqlite", "postgres"])
def redis_processes(request: pytest.FixtureRequest, redis_server: RedisServer, redis_prefix: str) -> Processes:
    """Processes with leases in a database and a log in Redis."""

    def log() -> RedisLog:
        return RedisLog(redis_server.url, prefix=redis_prefix)

    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
        return Processes(lambda: SQLStore(url, live=log()))
    server, schema = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_schema")
    return Processes(lambda: SQLStore(server.url, schema_name=schema, live=log()))
