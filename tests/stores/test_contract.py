"""Every store keeps the contract."""

from collections.abc import AsyncIterator

import pytest

from chatkit.store import Store
from chatkit.stores import MemoryStore, SQLStore
from chatkit.testing import StoreContract
from tests.support.postgres import PostgresServer


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


class TestSQLStoreOnSQLite(StoreContract):
    @pytest.fixture
    async def store(self, sqlite_url: str) -> AsyncIterator[Store]:
        store = SQLStore(sqlite_url)
        yield store
        await store.close()


class TestSQLStoreOnSQLiteInMemory(StoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        store = SQLStore("sqlite+aiosqlite:///:memory:")
        yield store
        await store.close()


class TestSQLStoreOnPostgres(StoreContract):
    @pytest.fixture
    async def store(self, postgres: PostgresServer, postgres_schema: str) -> AsyncIterator[Store]:
        store = SQLStore(postgres.url, schema_name=postgres_schema)
        yield store
        await store.close()
