"""All leases keep the contract."""

import pytest

from chatkit.live import LiveEngine, MemoryRuns, memory_engine
from chatkit.stores import MemoryStore
from chatkit.testing import LeasesContract
from chatkit.testing.live_fixtures import Engines, Write
from chatkit.testing.store_contract.base import thread
from tests.live.conftest import Processes


class TestMemoryLeases(LeasesContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()

    @pytest.fixture
    def engines(self, store: MemoryStore) -> Engines:
        runs: MemoryRuns = store._runs
        return lambda: memory_engine(runs)

    @pytest.fixture
    def write(self, store: MemoryStore) -> Write:
        async def write(_: LiveEngine) -> None:
            await store.save_thread(thread(), None)

        return write


class TestSQLLeases(LeasesContract):
    @pytest.fixture
    def engines(self, processes: Processes) -> Engines:
        return processes.engine

    @pytest.fixture
    def write(self, processes: Processes) -> Write:
        return processes.write
