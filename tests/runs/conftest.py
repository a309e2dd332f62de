"""Replicas: servers that share what they store, each with leases of its own, in one process."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chatkit._runs import runs_of
from chatkit.live import MemoryRuns
from chatkit.live_redis import RedisLog
from chatkit.store import Store
from chatkit.store.memory import MemoryStore
from chatkit.stores import SQLStore
from tests.support.databases import postgres, postgres_schema, redis_prefix, redis_server, sqlite_url
from tests.support.redis import RedisServer
from tests.support.runs import Client, DirectedServer, Script, replica_of

__all__ = ["postgres", "postgres_schema", "redis_prefix", "redis_server", "sqlite_url"]

MakeStore = Callable[[], Store[Any]]


@pytest.fixture(params=["memory", "sqlite", "postgres", "redis"])
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    """Another view of the same database, as another process would have it."""
    match request.param:
        case "memory":
            store, shared = MemoryStore[Any](), MemoryRuns()
            return lambda: replica_of(store, shared)
        case "sqlite":
            url = request.getfixturevalue("sqlite_url")
            return lambda: SQLStore(url)
        case "redis":
            return request.getfixturevalue("redis_stores")
        case _:
            server, schema = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_schema")
            return lambda: SQLStore(server.url, schema_name=schema)


@pytest.fixture
def redis_stores(sqlite_url: str, redis_server: RedisServer, redis_prefix: str) -> MakeStore:
    """Leases in SQLite, a log in Redis."""
    return lambda: SQLStore(sqlite_url, live=RedisLog(redis_server.url, prefix=redis_prefix))


class Replica(Client):
    """A server of its own, and a client that asks it."""

    def __init__(self, store: Store[Any], script: Script) -> None:
        super().__init__(DirectedServer(store, script))
        self.store = store

    async def fall_silent(self) -> None:
        """Its lease is gone, as if the process had been stopped for long; what it runs goes on."""
        engine = self.store.live_engine()
        assert engine is not None
        await engine.log.close()
        await engine.leases.close()


@pytest.fixture
async def replicas(make_store: MakeStore) -> AsyncIterator[Callable[[Script], Replica]]:
    """Makes replicas with a script each, and shuts them down at the end."""
    made: list[Replica] = []

    def make(script: Script) -> Replica:
        made.append(Replica(make_store(), script))
        return made[-1]

    yield make
    for replica in made:
        await runs_of(replica.server).close(0)
    for replica in made:
        close = vars(type(replica.store)).get("close")
        if close is not None:
            await close(replica.store)
