"""Databases for tests: fixtures that a conftest imports."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import redis

from chatkit.stores.sql import upgrade
from tests.support.postgres import PostgresServer, find_binaries, run_postgres
from tests.support.redis import RedisServer

__all__ = ["postgres", "postgres_schema", "redis_prefix", "redis_server", "sqlite_url"]

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this process's own, for the whole run."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with run_postgres() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}"


@pytest.fixture
def postgres_schema(postgres: PostgresServer) -> str:
    """A schema of the test's own, migrated. The server is up, even if an earlier test stopped it."""
    if not postgres.running:
        postgres.start()
    schema = f"test_{next(_numbers)}"
    asyncio.run(upgrade(postgres.url, schema))
    return schema


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis of this process's own, for the whole run. In the end every key in it has a time to live."""
    server = RedisServer()
    server.start()
    yield server
    try:
        if server.running:
            assert keys_that_stay(server) == []
    finally:
        server.stop()


@pytest.fixture
def redis_prefix(redis_server: RedisServer) -> str:
    """What the keys of a test begin with. The server is up, even if an earlier test stopped it."""
    if not redis_server.running:
        redis_server.start()
    return f"test_{next(_numbers)}:"


def keys_that_stay(server: RedisServer) -> list[bytes]:
    """The keys that would never expire."""
    with redis.Redis.from_url(server.url) as client:
        return [key for key in client.scan_iter() if client.ttl(key) == -1]
