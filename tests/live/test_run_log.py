"""Every log keeps the contract."""

import pytest

from chatkit.live import MemoryRuns, memory_engine
from chatkit.testing import RunLogContract
from chatkit.testing.live_fixtures import Engines
from tests.live.conftest import Processes


class TestMemoryLog(RunLogContract):
    @pytest.fixture
    def engines(self) -> Engines:
        runs = MemoryRuns()
        return lambda: memory_engine(runs)


class TestSQLLog(RunLogContract):
    @pytest.fixture
    def engines(self, processes: Processes) -> Engines:
        return processes.engine
