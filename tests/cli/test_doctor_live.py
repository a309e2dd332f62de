"""What the doctor says of the database and of Redis, where they are real."""

from pathlib import Path

import pytest
from redis.asyncio import Redis

from chatkit.cli import database_checks
from chatkit.cli.doctor import examine
from chatkit.cli.findings import Finding
from chatkit.live_redis import RedisState
from chatkit.stores import SQLStore
from chatkit.stores.sql.diagnosis import Diagnosis
from tests.support.databases import postgres, postgres_schema, redis_prefix, redis_server
from tests.support.pgbouncer import run_pgbouncer
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer

__all__ = ["postgres", "postgres_schema", "redis_prefix", "redis_server"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)


async def found(text: str) -> Finding | None:
    """The finding whose text has this."""
    return next((finding for finding in await examine() if text in finding.text), None)


@pytest.mark.parametrize("policy", ["noeviction", "allkeys-lru", "volatile-ttl"])
async def test_redis_that_evicts_is_told(
    redis_server: RedisServer, redis_prefix: str, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    monkeypatch.setenv("CHATKIT_LIVE_URL", redis_server.url)
    client = Redis.from_url(redis_server.url)
    await client.config_set("maxmemory-policy", policy)
    try:
        assert (await found("Redis for live runs answers")) is not None
        told = await found("maxmemory-policy")
    finally:
        await client.config_set("maxmemory-policy", "noeviction")
        await client.connection_pool.disconnect()
    if policy == "noeviction":
        assert told is None
    else:
        assert told is not None
        assert policy in told.text
        assert "maxmemory-policy noeviction" in (told.remedy or "")


async def test_redis_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_LIVE_URL", "redis://:hunter2@127.0.0.1:9/0")
    told = await found("Live runs")
    assert told is not None
    assert told.level == "wrong"
    assert "check CHATKIT_LIVE_URL" in (told.remedy or "")
    assert "hunter2" not in told.shown()


async def test_redis_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def old(_: str) -> RedisState:
        return RedisState((5, 0, 14), "noeviction")

    monkeypatch.setattr(database_checks, "redis_state", old)
    monkeypatch.setenv("CHATKIT_LIVE_URL", "redis://127.0.0.1:9/0")
    told = await found("Redis for live runs is 5.0.14")
    assert told is not None
    assert told.level == "wrong"


async def test_notifications_arrive_by_the_databases_own_address(
    postgres: PostgresServer, postgres_schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATKIT_DATABASE_URL", postgres.url)
    monkeypatch.setenv("CHATKIT_DATABASE_SCHEMA", postgres_schema)
    told = await found("Notifications")
    assert told is not None
    assert told.level == "good"
    assert await found("clock") is None


async def test_notifications_that_a_pool_loses_are_told(
    postgres: PostgresServer, postgres_schema: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with run_pgbouncer(tmp_path, postgres.port) as url:
        monkeypatch.setenv("CHATKIT_DATABASE_URL", url)
        monkeypatch.setenv("CHATKIT_DATABASE_SCHEMA", postgres_schema)
        told = await found("Notifications")
        assert told is not None
        assert told.level == "note"
        assert "PostgreSQL's own address" in (told.remedy or "")
        monkeypatch.setenv("CHATKIT_LIVE_URL", "redis://127.0.0.1:9/0")
        assert await found("Notifications") is None  # nobody needs them


@pytest.mark.parametrize(("ahead", "told"), [(3600.0, "3600 s ahead of"), (-60.0, "60 s behind"), (2.0, None)])
async def test_a_clock_that_differs_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ahead: float, told: str | None
) -> None:
    async def diagnose(_: SQLStore[object]) -> Diagnosis:
        return Diagnosis(hears=True, clock_ahead=ahead)

    monkeypatch.setattr(SQLStore, "diagnose", diagnose)
    monkeypatch.setenv("CHATKIT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/x.db")
    finding = await found("clock")
    assert (finding is not None) == (told is not None)
    if finding is not None and told is not None:
        assert told in finding.text
        assert (finding.level, finding.remedy is not None) == ("note", True)
