"""A SQLite database is its user's alone, whatever the umask; a file that is there keeps its mode."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from chatkit.stores import SQLStore
from chatkit.stores.sql import upgrade
from chatkit.testing.store_contract.base import thread


@pytest.fixture(params=[0o000, 0o022])
def lax_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.usefixtures("lax_umask")
@pytest.mark.parametrize("kind", ["url", "uri", "engine", "migrated"])
async def test_new_database_and_its_log_are_readable_by_their_user_alone(tmp_path: Path, kind: str) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}"
    if kind == "migrated":
        await upgrade(url)
        assert modes(tmp_path) == {"chat.db": 0o600}
    if kind == "uri":
        url = f"sqlite+aiosqlite:///file:{tmp_path / 'chat.db'}?uri=true"
    store = SQLStore(engine=create_async_engine(url)) if kind == "engine" else SQLStore(url)
    await store.save_thread(thread(), None)
    assert modes(tmp_path) == dict.fromkeys(["chat.db", "chat.db-shm", "chat.db-wal"], 0o600)
    await store._database.engine.dispose()


@pytest.mark.usefixtures("lax_umask")
async def test_file_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.touch()
    path.chmod(0o640)
    store = SQLStore(f"sqlite+aiosqlite:///{path}")
    await store.save_thread(thread(), None)
    assert modes(tmp_path)["chat.db"] == 0o640
    await store.close()


@pytest.mark.parametrize("database", [":memory:", "", "file:shared?mode=memory&cache=shared&uri=true"])
async def test_database_in_memory_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> None:
    monkeypatch.chdir(tmp_path)
    store = SQLStore(f"sqlite+aiosqlite:///{database}")
    await store.save_thread(thread(), None)
    assert modes(tmp_path) == {}
    await store.close()
