"""Databases for tests: fixtures that a conftest imports."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from chatkit.stores.sql import upgrade
from tests.support.postgres import PostgresServer, find_binaries, run_postgres

__all__ = ["postgres", "postgres_schema", "sqlite_url"]

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
