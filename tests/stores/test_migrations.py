"""The schema's history ends where the package's tables are, on both databases."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from chatkit.store import NotFoundError, StoreUnavailableError
from chatkit.stores import SQLStore
from chatkit.stores.sql import check, migration, sql_preview, upgrade
from chatkit.stores.sql.errors import SchemaError
from chatkit.stores.sql.schema import HEAD, VERSION_TABLE
from chatkit.testing.store_contract.base import thread
from chatkit.types import FileAttachment
from tests.support.postgres import PostgresServer

Run = Callable[[str], None]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str | None, Run]:
    """An empty database: its URL, its schema, and how to run SQL on it."""
    if request.param == "sqlite":
        path = tmp_path / "empty.db"

        def run_sqlite(sql: str) -> None:
            with sqlite3.connect(path) as connection:
                connection.executescript(sql)
            connection.close()

        return f"sqlite+aiosqlite:///{path}", None, run_sqlite
    server: PostgresServer = request.getfixturevalue("postgres")
    if not server.running:
        server.start()

    def run_postgres(sql: str) -> None:
        with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql.encode())

    schema = 'odd "schema" 100%'
    run_postgres('DROP SCHEMA IF EXISTS "odd ""schema"" 100%" CASCADE')
    return server.url, schema, run_postgres


def qualified(name: str, schema: str | None) -> str:
    return name if schema is None else '"' + schema.replace('"', '""') + '".' + name


async def test_migrations_and_tables_agree(database: tuple[str, str | None, Run]) -> None:
    url, schema, _ = database
    await upgrade(url, schema)
    state = await check(url, schema)
    assert (state.current, state.pending, state.differences) == (HEAD, [], [])


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migration.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_check_of_an_empty_database_lists_what_is_pending_and_changes_nothing(
    database: tuple[str, str | None, Run],
) -> None:
    url, schema, _ = database
    for _ in range(2):
        state = await check(url, schema)
        assert state.current is None
        assert state.pending[0].startswith("0001 ")
        assert not state.is_current


async def test_upgrading_twice_or_at_once_is_upgrading_once(database: tuple[str, str | None, Run]) -> None:
    url, schema, _ = database
    await asyncio.gather(*(upgrade(url, schema) for _ in range(5)))
    await upgrade(url, schema)
    assert (await check(url, schema)).is_current


async def test_previewed_sql_makes_the_same_schema(database: tuple[str, str | None, Run]) -> None:
    url, schema, run = database
    run(sql_preview(url, schema))
    assert (await check(url, schema)).is_current
    assert "CREATE TABLE" not in sql_preview(url, schema, since=HEAD)


async def test_check_tells_what_somebody_changed(database: tuple[str, str | None, Run]) -> None:
    url, schema, run = database
    await upgrade(url, schema)
    run(f"DROP INDEX {qualified('chatkit_items_by_place', schema)}")
    state = await check(url, schema)
    assert not state.is_current
    assert "chatkit_items_by_place" in state.differences[0]


async def test_tables_of_the_application_are_left_alone(database: tuple[str, str | None, Run]) -> None:
    url, schema, run = database
    await upgrade(url, schema)
    run(f"CREATE TABLE {qualified('threads', schema)} (id INTEGER PRIMARY KEY)")
    run("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))")
    assert (await check(url, schema)).is_current


async def test_database_of_a_newer_version_is_refused(database: tuple[str, str | None, Run]) -> None:
    url, schema, run = database
    await upgrade(url, schema)
    run(f"UPDATE {qualified(VERSION_TABLE, schema)} SET version_num = '9999'")  # noqa: S608
    store = SQLStore(url, schema_name=schema)
    for attempt in (upgrade(url, schema), check(url, schema), store.ping()):
        with pytest.raises(SchemaError, match=r"9999.*upgrade open-chatkit"):
            await attempt
    await store.close()


async def test_postgres_is_migrated_only_when_told(postgres: PostgresServer) -> None:
    if not postgres.running:
        postgres.start()
    store = SQLStore(postgres.url, schema_name="nobody_migrated_this")
    for attempt in (store.load_threads(1, None, "asc", None), store.ping()):
        with pytest.raises(StoreUnavailableError, match="chatkit migrate"):
            await attempt
    await upgrade(postgres.url, "nobody_migrated_this")
    await store.ping()
    assert (await store.load_threads(1, None, "asc", None)).data == []
    await store.close()


async def test_sqlite_has_no_schemas(tmp_path: Path) -> None:
    # A file there could not be opened: being asked with a schema is wrong before that.
    url = f"sqlite:///{tmp_path}/no-such-folder/chat.db"
    for attempt in (lambda: upgrade(url, "x"), lambda: check(url, "x")):
        with pytest.raises(ValueError, match="no schemas"):
            await attempt()
    with pytest.raises(ValueError, match="no schemas"):
        sql_preview(url, "x")
    with pytest.raises(ValueError, match="no schemas"):
        SQLStore(url, schema_name="x")


async def test_attachments_of_the_first_version_are_used_by_the_thread_that_they_name(
    database: tuple[str, str | None, Run],
) -> None:
    url, schema, run = database
    script = sql_preview(url, schema)
    until = script.index("CREATE TABLE", script.index("chatkit_attachments_by_thread"))
    run(script[:until].rpartition(";")[0] + ";")  # the first version's tables
    document = FileAttachment(id="atc_1", name="n", mime_type="m", thread_id="thr_1").model_dump_json()
    threads, attachments = qualified("chatkit_threads", schema), qualified("chatkit_attachments", schema)
    kept = thread(thread_id="thr_1").model_dump_json()
    run(f"INSERT INTO {threads} VALUES ('thr_1', '', '2026-03-01 08:30:00.000000', '{kept}')")  # noqa: S608
    run(f"INSERT INTO {attachments} VALUES ('atc_1', '', 'thr_1', '{document}')")  # noqa: S608
    run(f"INSERT INTO {attachments} VALUES ('atc_2', '', NULL, '{document}')")  # noqa: S608
    run(f"DELETE FROM {qualified(VERSION_TABLE, schema)}")  # noqa: S608
    run(f"INSERT INTO {qualified(VERSION_TABLE, schema)} VALUES ('0001')")  # noqa: S608
    state = await check(url, schema)
    assert (state.current, [step[:4] for step in state.pending]) == ("0001", ["0002", "0003", "0004"])
    await upgrade(url, schema)
    assert (await check(url, schema)).is_current
    store = SQLStore(url, schema_name=schema)
    assert await store.list_thread_attachment_ids("thr_1", None) == ["atc_1"]
    await store.delete_thread("thr_1", None)
    with pytest.raises(NotFoundError):
        await store.load_attachment("atc_1", None)
    await store.load_attachment("atc_2", None)
    await store.close()
